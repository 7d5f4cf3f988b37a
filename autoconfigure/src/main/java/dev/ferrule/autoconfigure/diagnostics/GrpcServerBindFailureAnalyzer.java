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

package dev.ferrule.autoconfigure.diagnostics;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Failure analyzer for a gRPC server that cannot listen, as Spring Boot has it for web
 * servers. Goes by messages, since neither gRPC nor Spring gRPC has an exception of its
 * own for that.
 */
class GrpcServerBindFailureAnalyzer extends AbstractFailureAnalyzer<IOException> {

	private static final Pattern MESSAGE = Pattern.compile("Failed to bind to address(?:es)? (.+)", Pattern.DOTALL);

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, IOException cause) {
		Matcher message = MESSAGE.matcher(String.valueOf(cause.getMessage()));
		if (!message.matches()) {
			return null;
		}
		Throwable reason = (cause.getCause() != null) ? cause.getCause() : cause;
		return new FailureAnalysis(
				"The gRPC server cannot listen on " + message.group(1) + ", which spring.grpc.server.port and"
						+ " spring.grpc.server.address name: " + reason.getMessage() + ".",
				"Stop what listens there, or set spring.grpc.server.port to a port that is free, or"
						+ " spring.grpc.server.address to an address of this machine.",
				cause);
	}

}
