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

package dev.ferrule.otlp.grpc;

import java.util.List;
import java.util.function.Function;

import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.RequestCallContext;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.grpc.TelemetryContextServerInterceptor;
import dev.ferrule.otlp.OtlpSignal;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;

/**
 * gRPC service of OTLP for one signal. Messages are not parsed here: the engine takes the
 * bytes as they are and says what is wrong with them.
 */
public final class OtlpGrpcService implements BindableService {

	private static final String METHOD = "Export";

	private final OtlpSignal signal;

	private final TelemetryEngine engine;

	private final GrpcFailureMapper failures;

	private final OtlpGrpcOptions options;

	private final GrpcCallContextFactory contexts;

	/**
	 * Creates the service of a signal.
	 * @param signal what is served
	 * @param engine the engine, or the view of one of its pipelines, that takes the
	 * signal
	 * @param translator decides what failures become
	 * @param options what is accepted
	 * @param contexts builds the context of each call
	 */
	public OtlpGrpcService(Signal signal, TelemetryEngine engine, ErrorTranslator translator, OtlpGrpcOptions options,
			GrpcCallContextFactory contexts) {
		this.signal = OtlpSignal.of(signal);
		this.engine = engine;
		this.failures = new GrpcFailureMapper(translator);
		this.options = options;
		this.contexts = contexts;
	}

	/**
	 * Creates the services of all signals that the options name, with contexts that have
	 * the deadline of the client.
	 * @param engines the engine, or the view of one of its pipelines, that takes a signal
	 * @param translator decides what failures become
	 * @param options what is accepted
	 * @return the services
	 */
	public static List<OtlpGrpcService> forSignals(Function<Signal, TelemetryEngine> engines,
			ErrorTranslator translator, OtlpGrpcOptions options) {
		return forSignals(engines, translator, options,
				GrpcCallContextFactory.withDeadline(options.defaultDeadline(), options.maxDeadline()));
	}

	/**
	 * Creates the services of all signals that the options name.
	 * @param engines the engine, or the view of one of its pipelines, that takes a signal
	 * @param translator decides what failures become
	 * @param options what is accepted
	 * @param contexts builds the context of each call
	 * @return the services
	 */
	public static List<OtlpGrpcService> forSignals(Function<Signal, TelemetryEngine> engines,
			ErrorTranslator translator, OtlpGrpcOptions options, GrpcCallContextFactory contexts) {
		return options.signals()
			.stream()
			.sorted()
			.map((signal) -> new OtlpGrpcService(signal, engines.apply(signal), translator, options, contexts))
			.toList();
	}

	@Override
	public ServerServiceDefinition bindService() {
		MethodDescriptor<GrpcMessage, byte[]> method = MethodDescriptor
			.newBuilder(new GrpcMessageMarshaller(this.engine, this.options.maxMessageBytes()),
					(MethodDescriptor.Marshaller<byte[]>) GrpcResponseMarshaller.INSTANCE)
			.setType(MethodType.UNARY)
			.setFullMethodName(MethodDescriptor.generateFullMethodName(this.signal.serviceName(), METHOD))
			.build();
		return ServerServiceDefinition.builder(this.signal.serviceName()).addMethod(method, this::start).build();
	}

	private ServerCall.Listener<GrpcMessage> start(ServerCall<GrpcMessage, byte[]> call, Metadata headers) {
		RequestCallContext intercepted = TelemetryContextServerInterceptor.current();
		CancellationSource cancellation = (intercepted != null) ? intercepted.cancellation() : new CancellationSource();
		CallContext context;
		try {
			context = this.contexts.create(call, headers, cancellation.token());
		}
		catch (RuntimeException ex) {
			StatusRuntimeException status = this.failures.translate(ex);
			Metadata trailers = status.getTrailers();
			call.close(status.getStatus(), (trailers != null) ? trailers : new Metadata());
			return new ServerCall.Listener<>() {
			};
		}
		// Two, to see a second message, which is an error.
		call.request(2);
		return new GrpcExport(call, this.signal, this.engine, this.failures, cancellation, context);
	}

}
