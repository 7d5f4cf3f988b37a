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

package dev.ferrule.sample;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.rpc.RetryInfo;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import org.jspecify.annotations.Nullable;

/**
 * A real OTLP server over gRPC that keeps what it receives.
 */
final class RecordingOtlpServer implements AutoCloseable {

	private static final Context.Key<Metadata> HEADERS = Context.key("headers");

	private final List<ExportTraceServiceRequest> traces = new CopyOnWriteArrayList<>();

	private final List<ExportMetricsServiceRequest> metrics = new CopyOnWriteArrayList<>();

	private final List<ExportLogsServiceRequest> logs = new CopyOnWriteArrayList<>();

	private final List<Metadata> headers = new CopyOnWriteArrayList<>();

	private final List<Received> received = new CopyOnWriteArrayList<>();

	private final List<Long> arrivals = new CopyOnWriteArrayList<>();

	private final Server server;

	private volatile @Nullable StatusRuntimeException answer;

	private volatile @Nullable PartialSuccess partialSuccess;

	private final List<Hold> holds = new CopyOnWriteArrayList<>();

	RecordingOtlpServer() {
		this.server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
			.maxInboundMessageSize(64 * 1024 * 1024)
			.addService(new Traces())
			.addService(new Metrics())
			.addService(new Logs())
			.intercept(new HeaderRecorder())
			.build();
		try {
			this.server.start();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	String endpoint() {
		return "http://127.0.0.1:" + this.server.getPort();
	}

	/**
	 * Answers all further requests with a failure.
	 * @param status the failure
	 */
	void answerWith(Status status) {
		this.answer = status.asRuntimeException();
	}

	/**
	 * Answers all further requests with a failure that asks for a delay.
	 * @param code code of the failure
	 * @param delayMillis what is asked for
	 */
	void answerWithDelay(Status.Code code, int delayMillis) {
		Duration delay = Duration.newBuilder()
			.setSeconds(delayMillis / 1000)
			.setNanos(delayMillis % 1000 * 1_000_000)
			.build();
		this.answer = StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
			.setCode(code.value())
			.setMessage("slow down")
			.addDetails(Any.pack(RetryInfo.newBuilder().setRetryDelay(delay).build()))
			.build());
	}

	/**
	 * Rejects a part of all further requests.
	 * @param rejected number of items
	 * @param message why
	 */
	void rejectPart(long rejected, String message) {
		this.partialSuccess = new PartialSuccess(rejected, message);
	}

	/**
	 * Keeps back the answers to all further requests.
	 * @param release opened to let them go
	 */
	void holdUntil(CountDownLatch release) {
		hold((request) -> true, release);
	}

	/**
	 * Keeps back the answers to some of all further requests.
	 * @param which tells which
	 * @param release opened to let them go
	 */
	void hold(Predicate<Message> which, CountDownLatch release) {
		this.holds.add(new Hold(which, release));
	}

	List<ExportTraceServiceRequest> traces() {
		return this.traces;
	}

	List<ExportMetricsServiceRequest> metrics() {
		return this.metrics;
	}

	List<ExportLogsServiceRequest> logs() {
		return this.logs;
	}

	/**
	 * Returns the headers of all calls, in the order of their arrival.
	 * @return the headers
	 */
	List<Metadata> headers() {
		return this.headers;
	}

	/**
	 * Returns all requests with the headers of their calls.
	 * @return the requests, in the order of their arrival
	 */
	List<Received> received() {
		return this.received;
	}

	/**
	 * Returns when the calls arrived, on the clock of {@link System#nanoTime()}.
	 * @return nanoseconds, in the order of arrival
	 */
	List<Long> arrivals() {
		return this.arrivals;
	}

	void reset() {
		this.answer = null;
		this.partialSuccess = null;
		this.arrivals.clear();
		this.holds.clear();
		this.traces.clear();
		this.metrics.clear();
		this.logs.clear();
		this.headers.clear();
		this.received.clear();
	}

	@Override
	public void close() {
		this.server.shutdownNow();
		try {
			this.server.awaitTermination(5, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private <Q extends Message, A> void receive(List<Q> received, Q request, A success, StreamObserver<A> observer) {
		received.add(request);
		this.received.add(new Received(HEADERS.get(), request));
		this.holds.stream().filter((hold) -> hold.which.test(request)).forEach((hold) -> await(hold.release));
		StatusRuntimeException failure = this.answer;
		if (failure != null) {
			observer.onError(failure);
			return;
		}
		observer.onNext(success);
		observer.onCompleted();
	}

	private static void await(CountDownLatch release) {
		try {
			release.await(30, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private final class HeaderRecorder implements ServerInterceptor {

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata metadata,
				ServerCallHandler<Q, A> next) {
			RecordingOtlpServer.this.arrivals.add(System.nanoTime());
			RecordingOtlpServer.this.headers.add(metadata);
			return Contexts.interceptCall(Context.current().withValue(HEADERS, metadata), call, metadata, next);
		}

	}

	private final class Traces extends TraceServiceGrpc.TraceServiceImplBase {

		@Override
		public void export(ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> observer) {
			ExportTraceServiceResponse.Builder response = ExportTraceServiceResponse.newBuilder();
			PartialSuccess partial = RecordingOtlpServer.this.partialSuccess;
			if (partial != null) {
				response.getPartialSuccessBuilder().setRejectedSpans(partial.rejected).setErrorMessage(partial.message);
			}
			receive(RecordingOtlpServer.this.traces, request, response.build(), observer);
		}

	}

	private final class Metrics extends MetricsServiceGrpc.MetricsServiceImplBase {

		@Override
		public void export(ExportMetricsServiceRequest request, StreamObserver<ExportMetricsServiceResponse> observer) {
			ExportMetricsServiceResponse.Builder response = ExportMetricsServiceResponse.newBuilder();
			PartialSuccess partial = RecordingOtlpServer.this.partialSuccess;
			if (partial != null) {
				response.getPartialSuccessBuilder()
					.setRejectedDataPoints(partial.rejected)
					.setErrorMessage(partial.message);
			}
			receive(RecordingOtlpServer.this.metrics, request, response.build(), observer);
		}

	}

	private final class Logs extends LogsServiceGrpc.LogsServiceImplBase {

		@Override
		public void export(ExportLogsServiceRequest request, StreamObserver<ExportLogsServiceResponse> observer) {
			ExportLogsServiceResponse.Builder response = ExportLogsServiceResponse.newBuilder();
			PartialSuccess partial = RecordingOtlpServer.this.partialSuccess;
			if (partial != null) {
				response.getPartialSuccessBuilder()
					.setRejectedLogRecords(partial.rejected)
					.setErrorMessage(partial.message);
			}
			receive(RecordingOtlpServer.this.logs, request, response.build(), observer);
		}

	}

	/**
	 * A request.
	 *
	 * @param headers headers of its call
	 * @param message what it holds
	 */
	record Received(Metadata headers, Message message) {

	}

	private record Hold(Predicate<Message> which, CountDownLatch release) {

	}

	private record PartialSuccess(long rejected, String message) {

	}

}
