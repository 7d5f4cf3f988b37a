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

package dev.ferrule.autoconfigure.engine;

import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;

import dev.ferrule.autoconfigure.properties.PropertyCheck;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.unit.DataSize;

/**
 * Budget of the memory that payloads may hold.
 *
 * @param total memory that the container allows or the machine has, in bytes
 */
public record MemoryBudget(long total) {

	private static final Logger logger = LoggerFactory.getLogger(MemoryBudget.class);

	private static final long DEFAULT = DataSize.ofMegabytes(256).toBytes();

	/**
	 * Returns the budget of this machine; the JDK takes limits of containers into
	 * account.
	 * @return the budget
	 */
	public static MemoryBudget detect() {
		OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
		return new MemoryBudget((system instanceof com.sun.management.OperatingSystemMXBean memory)
				? memory.getTotalMemorySize() : Long.MAX_VALUE);
	}

	/**
	 * Returns the bytes that payloads may hold.
	 * @param configured configured size, or {@code null} for the default
	 * @return bytes, at most a quarter of the memory
	 */
	long payloadBytes(@Nullable DataSize configured) {
		long most = Math.max(1, this.total / 4);
		if (configured == null) {
			return Math.min(DEFAULT, most);
		}
		if (configured.toBytes() > most) {
			logger.warn("Property 'ferrule.engine.max-payload-size' is " + PropertyCheck.text(configured)
					+ ", more than a quarter of the available memory; " + DataSize.ofBytes(most).toMegabytes()
					+ "MB apply");
		}
		return Math.min(configured.toBytes(), most);
	}

}
