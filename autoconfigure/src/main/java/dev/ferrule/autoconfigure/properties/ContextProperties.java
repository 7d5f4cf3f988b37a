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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.ferrule.context.ClientMetadata;
import dev.ferrule.context.header.DeadlineFormat;
import dev.ferrule.context.header.DeadlineSettings;
import dev.ferrule.context.header.MetadataSettings;
import dev.ferrule.context.header.OutboundSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Deadlines and metadata of calls.
 *
 * @param defaultDeadline Time a call has if it brings no deadline; 0 for no limit.
 * @param maximumDeadline Time no call can exceed; 0 for no limit.
 * @param strictDeadlineHeaders Whether to refuse requests with a malformed deadline
 * header instead of counting and ignoring it.
 * @param deadlineHeaders Formats of headers that bring a deadline, by header name. Adds
 * to grpc-timeout, connect-timeout-ms, x-envoy-expected-rq-timeout-ms and
 * x-request-timeout, each of which can be switched off.
 * @param metadata Capture of request headers.
 * @param outbound Captured headers that exporters send on.
 */
public record ContextProperties(@DefaultValue("30s") Duration defaultDeadline,
		@DefaultValue("60s") Duration maximumDeadline, @DefaultValue("false") boolean strictDeadlineHeaders,
		@DefaultValue Map<String, DeadlineHeader> deadlineHeaders, @DefaultValue Metadata metadata,
		@DefaultValue Outbound outbound) {

	private static final Duration LONGEST = Duration.ofDays(36_500);

	/** Of the text of a frame, which takes headers, attributes and trace state. */
	private static final DataSize LARGEST = DataSize.ofKilobytes(512);

	public void validate() {
		PropertyCheck check = new PropertyCheck("ferrule.context");
		checkDeadline(check, "default-deadline", this.defaultDeadline);
		checkDeadline(check, "maximum-deadline", this.maximumDeadline);
		Duration maximum = maximumTime();
		if (maximum != null && this.defaultDeadline.compareTo(maximum) > 0) {
			throw check.refuse("default-deadline", this.defaultDeadline,
					"is longer than ferrule.context.maximum-deadline (" + PropertyCheck.text(maximum) + ")",
					"Shorten it, or lengthen ferrule.context.maximum-deadline.");
		}
		Map<String, String> spellings = new HashMap<>();
		this.deadlineHeaders.forEach((name, format) -> {
			if (!ClientMetadata.isLegalName(name)) {
				throw check.refuse("deadline-headers", name, "is not a legal header name",
						"Use letters, digits and dashes.");
			}
			String other = spellings.put(name.toLowerCase(Locale.ROOT), name);
			if (other != null) {
				throw check.refuse("deadline-headers", name, "is the same header as '" + other + "'", "Keep one.");
			}
		});
		this.metadata.validate();
		this.outbound.validate();
		refuseStaleDeadlines();
	}

	private void refuseStaleDeadlines() {
		for (String name : this.outbound.headers) {
			if (formats().containsKey(name.toLowerCase(Locale.ROOT))) {
				throw new PropertyCheck("ferrule.context.outbound").refuse("headers", name,
						"brings a deadline according to ferrule.context.deadline-headers, and would go on with a time"
								+ " that is over",
						"Remove it from the list, or set ferrule.context.deadline-headers." + name
								+ " to off if it is no deadline.");
			}
		}
	}

	private static void checkDeadline(PropertyCheck check, String key, Duration value) {
		if (!value.isZero()) {
			check.atLeast(key, value, Duration.ofMillis(1));
		}
		if (value.compareTo(LONGEST) > 0) {
			throw check.refuse(key, value, "is more than 100 years", "Shorten it, or set it to 0 for no limit.");
		}
	}

	/**
	 * Returns the time of a call without deadline.
	 * @return the time, or {@code null} if there is no limit
	 */
	public @Nullable Duration defaultTime() {
		return this.defaultDeadline.isZero() ? null : this.defaultDeadline;
	}

	/**
	 * Returns the longest time of any call.
	 * @return the time, or {@code null} if there is no limit
	 */
	public @Nullable Duration maximumTime() {
		return this.maximumDeadline.isZero() ? null : this.maximumDeadline;
	}

	public DeadlineSettings deadlineSettings() {
		validate();
		return new DeadlineSettings(defaultTime(), maximumTime(), this.strictDeadlineHeaders, formats());
	}

	private Map<String, DeadlineFormat> formats() {
		Map<String, DeadlineFormat> formats = new LinkedHashMap<>(DeadlineSettings.standardHeaders());
		this.deadlineHeaders.forEach((name, header) -> {
			String key = name.toLowerCase(Locale.ROOT);
			if (header == DeadlineHeader.OFF) {
				formats.remove(key);
			}
			else {
				formats.put(key, DeadlineFormat.valueOf(header.name()));
			}
		});
		return formats;
	}

	/**
	 * Returns the part of the engine's start configuration.
	 * @return modifiable maps and lists
	 */
	public Map<String, Object> toMap() {
		DeadlineSettings deadlines = deadlineSettings();
		MetadataSettings limits = this.metadata.settings();
		Map<String, Object> formats = new LinkedHashMap<>();
		deadlines.headers().forEach((name, format) -> formats.put(name, format.name().toLowerCase(Locale.ROOT)));
		Map<String, Object> capture = new LinkedHashMap<>();
		capture.put("capture", limits.capture());
		capture.put("maxEntries", limits.maximumEntries());
		capture.put("maxNameBytes", limits.maximumNameBytes());
		capture.put("maxValueBytes", limits.maximumValueBytes());
		capture.put("maxTotalBytes", limits.maximumTotalBytes());
		Map<String, Object> sent = new LinkedHashMap<>();
		sent.put("headers", new OutboundSettings(this.outbound.headers, this.outbound.allowCredentials).headers());
		sent.put("allowCredentials", this.outbound.allowCredentials);
		Map<String, Object> map = new LinkedHashMap<>();
		map.put("defaultDeadlineMillis", this.defaultDeadline.toMillis());
		map.put("maximumDeadlineMillis", this.maximumDeadline.toMillis());
		map.put("deadlineHeaders", formats);
		map.put("strictDeadlineHeaders", this.strictDeadlineHeaders);
		map.put("metadata", capture);
		map.put("outbound", sent);
		return map;
	}

	/**
	 * How a header spells a deadline.
	 */
	enum DeadlineHeader {

		/** As in grpc-timeout: up to 8 digits and one of H, M, S, m, u, n. */
		GRPC,

		/** As in connect-timeout-ms: milliseconds. */
		CONNECT,

		/** As in x-envoy-expected-rq-timeout-ms: milliseconds, 0 for no deadline. */
		ENVOY,

		/** As in x-request-timeout: a number with ns, us, ms, s, m or h. */
		DURATION,

		/** The header is not read. */
		OFF

	}

	/**
	 * Capture of request headers.
	 *
	 * @param capture Whether to capture request headers, so that applications and the
	 * engine can read them. Those of the connection, the framing and gRPC itself are left
	 * out.
	 * @param maxEntries Header values of one request; more are dropped and counted.
	 * @param maxNameSize Size of one name; headers with longer ones are dropped.
	 * @param maxValueSize Size of one value; longer ones are dropped.
	 * @param maxTotalSize Size of all names and values of one request; what goes beyond
	 * is dropped.
	 */
	public record Metadata(@DefaultValue("false") boolean capture, @DefaultValue("32") int maxEntries,
			@DefaultValue("128B") DataSize maxNameSize, @DefaultValue("4096B") DataSize maxValueSize,
			@DefaultValue("16384B") DataSize maxTotalSize) {

		public void validate() {
			PropertyCheck check = new PropertyCheck("ferrule.context.metadata");
			DataSize least = DataSize.ofBytes(1);
			check.between("max-entries", this.maxEntries, 1, 1024);
			check.between("max-name-size", this.maxNameSize, least, DataSize.ofBytes(65_535));
			check.between("max-value-size", this.maxValueSize, least, LARGEST);
			check.between("max-total-size", this.maxTotalSize, least, LARGEST);
		}

		public MetadataSettings settings() {
			validate();
			return new MetadataSettings(this.capture, this.maxEntries, (int) this.maxNameSize.toBytes(),
					(int) this.maxValueSize.toBytes(), (int) this.maxTotalSize.toBytes());
		}

	}

	/**
	 * Captured headers that exporters send on.
	 *
	 * @param headers Names of captured headers that exporters send on; none are sent
	 * unless named.
	 * @param allowCredentials Whether the names may include credentials such as
	 * authorization.
	 */
	record Outbound(@DefaultValue List<String> headers, @DefaultValue("false") boolean allowCredentials) {

		public void validate() {
			PropertyCheck check = new PropertyCheck("ferrule.context.outbound");
			for (String name : this.headers) {
				OutboundSettings.Problem problem = OutboundSettings.problem(name, this.allowCredentials);
				if (problem != null) {
					throw refuse(check, name, problem);
				}
			}
		}

		private static FerruleConfigurationException refuse(PropertyCheck check, String name,
				OutboundSettings.Problem problem) {
			return switch (problem) {
				case ILLEGAL ->
					check.refuse("headers", name, "is not a legal header name", "Use letters, digits and dashes.");
				case RESERVED -> check.refuse("headers", name,
						"belongs to the transport, the deadline or the trace and cannot be forwarded",
						"Remove it from the list.");
				case CREDENTIAL -> check.refuse("headers", name, "is a credential, which is not forwarded by accident",
						"Set ferrule.context.outbound.allow-credentials to true if the downstream is to see the"
								+ " credentials of clients, or remove it from the list.");
			};
		}

	}

}
