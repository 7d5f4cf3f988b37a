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

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Deadlines of calls.
 *
 * @param defaultDeadline Time a call has if it brings no deadline.
 * @param maximumDeadline Time no call can exceed.
 */
record ContextProperties(@DefaultValue("30s") Duration defaultDeadline, @DefaultValue("60s") Duration maximumDeadline) {

	void validate() {
		PropertyCheck check = new PropertyCheck("ferrule.context");
		check.atLeast("default-deadline", this.defaultDeadline, Duration.ofMillis(1));
		check.atLeast("maximum-deadline", this.maximumDeadline, Duration.ofMillis(1));
		if (this.defaultDeadline.compareTo(this.maximumDeadline) > 0) {
			throw check.refuse(
					"default-deadline", this.defaultDeadline, "is longer than ferrule.context.maximum-deadline ("
							+ PropertyCheck.text(this.maximumDeadline) + ")",
					"Shorten it, or lengthen ferrule.context.maximum-deadline.");
		}
	}

}
