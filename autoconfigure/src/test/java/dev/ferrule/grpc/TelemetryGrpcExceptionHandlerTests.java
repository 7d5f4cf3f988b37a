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

package dev.ferrule.grpc;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import com.google.protobuf.StringValue;
import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TelemetryEngineException.Failure;
import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.server.exception.GrpcExceptionHandler;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link TelemetryGrpcExceptionHandler} with a client of gRPC.
 */
class TelemetryGrpcExceptionHandlerTests {

	private static final MethodDescriptor<StringValue, Empty> METHOD = MethodDescriptor
		.newBuilder(ProtoUtils.marshaller(StringValue.getDefaultInstance()),
				ProtoUtils.marshaller(Empty.getDefaultInstance()))
		.setType(MethodDescriptor.MethodType.UNARY)
		.setFullMethodName("test.Failing/Fail")
		.build();

	private static final TelemetryEngineException THROTTLED = TelemetryEngineException.of(new Failure(
			ErrorKind.RESOURCE_EXHAUSTED, 8, 0, 0, false, Duration.ofMillis(1500), null, false, "too many", """
					{"details": [
						{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"subject": "acme"}]},
						{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "QUOTA", "domain": "x.org"}
					]}"""));

	private static final TelemetryEngineException MUCH = TelemetryEngineException
		.of(new Failure(ErrorKind.PERMANENT, 3, 0, 0, true, null, null, false, "\u00e9".repeat(5000),
				"{\"details\": [" + String.join(",",
						Collections.nCopies(50,
								"{\"@type\": \"type.googleapis.com/google.rpc.LocalizedMessage\", \"message\": \""
										+ "x".repeat(200) + "\"}"))
						+ "]}"));

	@ParameterizedTest
	@ValueSource(strings = { "throw", "error", "wrapped" })
	void clientLearnsCodeDelayAndDetails(String outcome) throws Exception {
		try (ConfigurableApplicationContext context = start()) {
			StatusRuntimeException failure = call(context, outcome);
			assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			assertThat(failure.getStatus().getDescription()).isEqualTo("too many");
			com.google.rpc.Status status = StatusProto.fromThrowable(failure);
			assertThat(status).isNotNull();
			List<Any> details = status.getDetailsList();
			assertThat(details).hasSize(3);
			assertThat(details.get(0).unpack(RetryInfo.class).getRetryDelay().getNanos()).isEqualTo(500_000_000);
			assertThat(details.get(1).unpack(ErrorInfo.class).getReason()).isEqualTo("QUOTA");
			assertThat(details.get(2).unpack(QuotaFailure.class).getViolations(0).getSubject()).isEqualTo("acme");
		}
	}

	@Test
	void muchToTellStillReachesTheClient() throws Exception {
		try (ConfigurableApplicationContext context = start()) {
			StatusRuntimeException failure = call(context, "much");
			assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
			com.google.rpc.Status status = StatusProto.fromThrowable(failure);
			assertThat(status).isNotNull();
			assertThat(status.getDetailsList()).hasSizeGreaterThan(1);
			assertThat(status.getMessage()).hasSize(512);
		}
	}

	@Test
	void otherFailuresAreLeftToOthers() {
		try (ConfigurableApplicationContext context = start()) {
			assertThat(call(context, "status").getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
			assertThat(call(context, "cause").getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
		}
	}

	@Test
	void handlerOfTheApplicationWins() {
		try (ConfigurableApplicationContext context = start(OwnHandler.class)) {
			assertThat(call(context, "throw").getStatus().getCode()).isEqualTo(Status.Code.DATA_LOSS);
		}
	}

	@Test
	void switchedOffTheClientLearnsNothing() {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.properties(properties("ferrule.errors.grpc.enabled=false"))
			.run()) {
			assertThat(call(context, "throw").getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
		}
	}

	@Test
	void translatorThatThrowsLeavesTheFailureToOthers() {
		TelemetryGrpcExceptionHandler handler = new TelemetryGrpcExceptionHandler((failure) -> {
			throw new LinkageError("bug");
		});
		assertThat(handler.handleException(THROTTLED)).isNull();
	}

	private static ConfigurableApplicationContext start(Class<?>... sources) {
		return new SpringApplicationBuilder(sources).sources(Application.class)
			.web(WebApplicationType.NONE)
			.properties(properties())
			.run();
	}

	private static String[] properties(String... more) {
		return Stream
			.of(new String[] { "spring.main.banner-mode=off", "spring.grpc.server.enabled=true",
					"spring.grpc.server.port=0", "spring.grpc.server.address=127.0.0.1" }, more)
			.flatMap(Stream::of)
			.toArray(String[]::new);
	}

	private static StatusRuntimeException call(ConfigurableApplicationContext context, String outcome) {
		int port = context.getBean(GrpcServerLifecycle.class).getPort();
		ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
		try {
			return catchThrowableOfType(StatusRuntimeException.class,
					() -> ClientCalls.blockingUnaryCall(channel, METHOD, CallOptions.DEFAULT, StringValue.of(outcome)));
		}
		finally {
			channel.shutdownNow();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		TelemetryEngine engine() {
			return mock(TelemetryEngine.class);
		}

		@Bean
		BindableService service() {
			return () -> ServerServiceDefinition.builder("test.Failing")
				.addMethod(METHOD, ServerCalls.asyncUnaryCall((request, observer) -> {
					switch (request.getValue()) {
						case "throw" -> throw THROTTLED;
						case "much" -> throw MUCH;
						case "error" -> observer.onError(THROTTLED);
						case "wrapped" -> observer.onError(new CompletionException(THROTTLED));
						case "cause" -> throw new IllegalStateException(THROTTLED);
						default -> observer.onError(Status.NOT_FOUND.asRuntimeException());
					}
				}))
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnHandler {

		@Bean
		GrpcExceptionHandler ownHandler() {
			return (failure) -> (failure instanceof TelemetryEngineException)
					? new StatusException(Status.DATA_LOSS, new Metadata()) : null;
		}

	}

}
