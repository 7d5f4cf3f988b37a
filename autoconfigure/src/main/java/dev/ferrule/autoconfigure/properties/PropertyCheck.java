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
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/**
 * Checker of property values under one prefix.
 *
 * @param prefix prefix without a trailing dot
 */
public record PropertyCheck(String prefix) {

	private static final Pattern QUERY_OR_FRAGMENT = Pattern.compile("[?#]");

	public void between(String key, int value, int least, int most) {
		if (value < least || value > most) {
			throw refuse(key, value, "is not between " + least + " and " + most,
					"Set it to a whole number from " + least + " to " + most + ".");
		}
	}

	public void between(String key, DataSize value, DataSize least, DataSize most) {
		atLeast(key, value, least);
		if (value.compareTo(most) > 0) {
			throw refuse(key, value, "is more than " + text(most), "Set it to at most " + text(most) + ".");
		}
	}

	public void atLeast(String key, Duration value, Duration least) {
		if (value.compareTo(least) < 0) {
			throw refuse(key, value, "is less than " + text(least),
					"Set it to a duration of at least " + text(least) + ", such as 5s.");
		}
	}

	public void atLeast(String key, DataSize value, DataSize least) {
		if (value.compareTo(least) < 0) {
			throw refuse(key, value, "is less than " + text(least),
					"Set it to a size of at least " + text(least) + ", such as 64MB.");
		}
	}

	public FerruleConfigurationException refuse(String key, @Nullable Object value, String problem, String action) {
		return new FerruleConfigurationException(this.prefix + "." + key, (value != null) ? text(value) : null, problem,
				action);
	}

	public static String text(Object value) {
		if (value instanceof Duration duration) {
			boolean seconds = duration.toMillisPart() == 0 && !duration.isZero();
			return DurationStyle.SIMPLE.print(duration, seconds ? ChronoUnit.SECONDS : ChronoUnit.MILLIS);
		}
		if (value instanceof DataSize size) {
			boolean megabytes = size.toMegabytes() != 0 && DataSize.ofMegabytes(size.toMegabytes()).equals(size);
			return megabytes ? size.toMegabytes() + "MB" : size.toString();
		}
		return value.toString();
	}

	/**
	 * Cuts the parts of a URL, or of what is meant to be one, that may be credentials.
	 * @param endpoint text as it was configured
	 * @return text to print
	 */
	public static String hideCredentials(String endpoint) {
		Matcher query = QUERY_OR_FRAGMENT.matcher(endpoint);
		String hidden = query.find() ? endpoint.substring(0, query.start() + 1) + "***" : endpoint;
		int at = endpoint.lastIndexOf('@');
		// An unescaped '?' or '#' may be part of a password
		if (at >= hidden.length()) {
			return "***" + endpoint.charAt(at);
		}
		return (at >= 0) ? "***" + hidden.substring(at) : hidden;
	}

}
