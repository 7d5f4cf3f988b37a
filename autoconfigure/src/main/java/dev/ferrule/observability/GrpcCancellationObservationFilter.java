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

package dev.ferrule.observability;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationContext;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;

/**
 * Observation filter that counts gRPC calls that ended without an answer as what they
 * are: {@code CANCELLED}, or {@code DEADLINE_EXCEEDED} if there was no time left.
 * Micrometer knows the status that the service gave, which is none ({@code UNKNOWN}), or
 * one that the client did not wait for. A convention could not tell, because it is asked
 * at the start as well.
 */
public final class GrpcCancellationObservationFilter implements ObservationFilter {

	private static final String STATUS_CODE = "grpc.status_code";

	@Override
	public Observation.Context map(Observation.Context context) {
		if (context instanceof GrpcServerObservationContext call && isCancelled(call)
				&& call.getLowCardinalityKeyValue(STATUS_CODE) != null) {
			call.addLowCardinalityKeyValue(KeyValue.of(STATUS_CODE, status().name()));
		}
		return context;
	}

	private static boolean isCancelled(GrpcServerObservationContext call) {
		return call.isCancelled() || (call.getStatusCode() == null && call.getError() == null);
	}

	private static Status.Code status() {
		Deadline deadline = Context.current().getDeadline();
		return (deadline != null && deadline.isExpired()) ? Status.Code.DEADLINE_EXCEEDED : Status.Code.CANCELLED;
	}

}
