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

import java.util.Set;
import java.util.regex.Pattern;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the engine logs of calls.
 *
 * @param followTraceIds Ids of the traces whose calls are followed step by step while the
 * logger dev.ferrule.native.call is at TRACE. All calls if empty.
 */
public record LoggingProperties(@DefaultValue Set<String> followTraceIds) {

	private static final Pattern TRACE_ID = Pattern.compile("(?!0{32})[0-9a-f]{32}");

	public void validate() {
		for (String id : this.followTraceIds) {
			if (!TRACE_ID.matcher(id).matches()) {
				throw new PropertyCheck("ferrule.logging").refuse("follow-trace-ids", id, "is not the id of a trace",
						"Set it to ids of 32 lower-case hexadecimal digits, separated by commas.");
			}
		}
	}

}
