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

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
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

	private final List<ExportTraceServiceRequest> traces = new CopyOnWriteArrayList<>();

	private final List<ExportMetricsServiceRequest> metrics = new CopyOnWriteArrayList<>();

	private final List<ExportLogsServiceRequest> logs = new CopyOnWriteArrayList<>();

	private final List<Metadata> headers = new CopyOnWriteArrayList<>();

	private final Server server;

	private volatile @Nullable Status answer;

	private volatile @Nullable CountDownLatch hold;

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
	 * @param status the failure, or {@code null} for success
	 */
	void answerWith(@Nullable Status status) {
		this.answer = status;
	}

	/**
	 * Keeps back the answers to all further requests.
	 * @param release opened to let them go
	 */
	void holdUntil(CountDownLatch release) {
		this.hold = release;
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

	void reset() {
		this.answer = null;
		this.hold = null;
		this.traces.clear();
		this.metrics.clear();
		this.logs.clear();
		this.headers.clear();
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

	private <Q, A> void receive(List<Q> received, Q request, A success, StreamObserver<A> observer) {
		received.add(request);
		await(this.hold);
		Status status = this.answer;
		if (status != null) {
			observer.onError(status.asRuntimeException());
			return;
		}
		observer.onNext(success);
		observer.onCompleted();
	}

	private static void await(@Nullable CountDownLatch hold) {
		try {
			if (hold != null) {
				hold.await(30, TimeUnit.SECONDS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private final class HeaderRecorder implements ServerInterceptor {

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata metadata,
				ServerCallHandler<Q, A> next) {
			RecordingOtlpServer.this.headers.add(metadata);
			return next.startCall(call, metadata);
		}

	}

	private final class Traces extends TraceServiceGrpc.TraceServiceImplBase {

		@Override
		public void export(ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> observer) {
			receive(RecordingOtlpServer.this.traces, request, ExportTraceServiceResponse.getDefaultInstance(),
					observer);
		}

	}

	private final class Metrics extends MetricsServiceGrpc.MetricsServiceImplBase {

		@Override
		public void export(ExportMetricsServiceRequest request, StreamObserver<ExportMetricsServiceResponse> observer) {
			receive(RecordingOtlpServer.this.metrics, request, ExportMetricsServiceResponse.getDefaultInstance(),
					observer);
		}

	}

	private final class Logs extends LogsServiceGrpc.LogsServiceImplBase {

		@Override
		public void export(ExportLogsServiceRequest request, StreamObserver<ExportLogsServiceResponse> observer) {
			receive(RecordingOtlpServer.this.logs, request, ExportLogsServiceResponse.getDefaultInstance(), observer);
		}

	}

}
