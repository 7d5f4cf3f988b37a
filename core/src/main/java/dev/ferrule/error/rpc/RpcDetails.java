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

package dev.ferrule.error.rpc;

import java.util.List;
import java.util.Objects;

import com.google.protobuf.Message;
import dev.ferrule.error.TelemetryEngineException;

/**
 * Reader of what a downstream told beside code, message and delay, as messages of
 * google.rpc. Needs {@code proto-google-common-protos}.
 */
public final class RpcDetails {

	private RpcDetails() {
	}

	/**
	 * Returns the details of a failure, whether the downstream spoke protobuf or JSON.
	 * @param exception the failure
	 * @return messages such as {@code com.google.rpc.QuotaFailure} in their order; others
	 * than google.rpc's, and malformed ones, are left out
	 */
	public static List<Message> of(TelemetryEngineException exception) {
		return exception.rpcDetails()
			.stream()
			.map(RpcDetail::of)
			.filter(Objects::nonNull)
			.map(RpcDetail::message)
			.filter(Objects::nonNull)
			.toList();
	}

}
