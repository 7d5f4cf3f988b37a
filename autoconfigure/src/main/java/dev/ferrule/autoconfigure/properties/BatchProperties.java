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

package dev.ferrule.autoconfigure.properties;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

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
 * @param deadlineMargin Time before the earliest deadline of gathered requests at which
 * they are sent.
 * @param partitionBy Names of captured headers. Only requests with equal values share a
 * batch, and only these headers stay with it.
 * @param partitionLimit Number of batches of one signal that gather at once. Further
 * values of the headers are refused for the moment.
 */
public record BatchProperties(@DefaultValue("false") boolean enabled, @DefaultValue("200ms") Duration maxDuration,
		@DefaultValue("256KB") DataSize minSize, @Nullable DataSize maxSize,
		@DefaultValue("50ms") Duration deadlineMargin, @DefaultValue List<String> partitionBy,
		@DefaultValue("1000") int partitionLimit) {

	private static final int MOST_PARTITIONS = 1_000_000;

	private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

	public void validate(String prefix) {
		PropertyCheck check = new PropertyCheck(prefix);
		check.atLeast("max-duration", this.maxDuration, Duration.ofMillis(1));
		check.atLeast("min-size", this.minSize, DataSize.ofBytes(1));
		check.atLeast("deadline-margin", this.deadlineMargin, Duration.ZERO);
		check.between("partition-limit", this.partitionLimit, 1, MOST_PARTITIONS);
		for (String name : this.partitionBy) {
			if (!HEADER_NAME.matcher(name).matches()) {
				throw check.refuse("partition-by", name, "is not a header name", "Use letters, digits and dashes.");
			}
		}
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
