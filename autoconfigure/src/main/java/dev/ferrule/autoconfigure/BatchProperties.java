/*
 * Copyright 2026 the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package dev.ferrule.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Merging of small requests.
 *
 * @param enabled Whether to merge requests before they are exported.
 * @param maxDuration Time a request waits for others.
 * @param minSize Size at which what has gathered is sent at once.
 * @param maxSize Size above which requests are split. Without it nothing is split.
 */
record BatchProperties(@DefaultValue("false") boolean enabled, @DefaultValue("200ms") Duration maxDuration,
		@DefaultValue("256KB") DataSize minSize, @Nullable DataSize maxSize) {

	void validate(String prefix) {
		PropertyCheck check = new PropertyCheck(prefix);
		check.atLeast("max-duration", this.maxDuration, Duration.ofMillis(1));
		check.atLeast("min-size", this.minSize, DataSize.ofBytes(1));
		if (this.maxSize != null) {
			check.atLeast("max-size", this.maxSize, DataSize.ofBytes(1));
			if (this.maxSize.compareTo(this.minSize) < 0) {
				throw check.refuse("max-size", this.maxSize,
						"is smaller than " + prefix + ".min-size (" + this.minSize + ")",
						"Make it at least as large as " + prefix + ".min-size.");
			}
		}
	}

}
