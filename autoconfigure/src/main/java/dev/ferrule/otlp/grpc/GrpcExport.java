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

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.context.CallContext;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.grpc.GrpcStatusRenderer;
import dev.ferrule.otlp.EdgeRefusals;
import dev.ferrule.otlp.ExportResponseEncoder;
import dev.ferrule.otlp.OtlpEncoding;
import dev.ferrule.otlp.OtlpSignal;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handler of one {@code Export} call. Events of the call come one after the other, the
 * outcome from any thread; whoever takes the answer closes the call.
 */
final class GrpcExport extends ServerCall.Listener<GrpcMessage> {

	private static final Logger logger = LoggerFactory.getLogger(GrpcExport.class);

	private final ServerCall<GrpcMessage, byte[]> call;

	private final OtlpSignal signal;

	private final TelemetryEngine engine;

	private final GrpcFailureMapper failures;

	private final CancellationSource cancellation;

	private final CallContext context;

	private final @Nullable Deadline clientDeadline = Context.current().getDeadline();

	private final AtomicBoolean answered = new AtomicBoolean();

	private @Nullable GrpcMessage message;

	GrpcExport(ServerCall<GrpcMessage, byte[]> call, OtlpSignal signal, TelemetryEngine engine,
			GrpcFailureMapper failures, CancellationSource cancellation, CallContext context) {
		this.call = call;
		this.signal = signal;
		this.engine = engine;
		this.failures = failures;
		this.cancellation = cancellation;
		this.context = context;
	}

	@Override
	public void onMessage(GrpcMessage message) {
		if (this.message != null) {
			message.close();
			this.message.close();
			close(Status.INTERNAL.withDescription("More than one request message"), new Metadata());
			return;
		}
		this.message = message;
		RuntimeException refusal = message.refusal();
		if (refusal != null) {
			fail(refusal);
		}
	}

	@Override
	public void onHalfClose() {
		GrpcMessage message = this.message;
		if (message == null) {
			close(Status.INTERNAL.withDescription("No request message"), new Metadata());
			return;
		}
		PayloadBuffer memory = message.take();
		if (memory != null) {
			submit(memory);
		}
	}

	private void submit(PayloadBuffer memory) {
		dev.ferrule.context.Deadline deadline = this.context.deadline();
		if (deadline != null && deadline.isExpired()) {
			memory.close();
			fail(GrpcStatusRenderer.toException(EdgeRefusals.DEADLINE));
			return;
		}
		if (memory.buffer().position() == 0) {
			memory.close();
			succeed(ExportResponseEncoder.empty(OtlpEncoding.PROTOBUF));
			return;
		}
		CompletableFuture<ExportResult> outcome;
		try {
			outcome = this.engine.submit(TelemetryPayload.of(this.signal.signal(), memory), this.context);
		}
		catch (RuntimeException ex) {
			memory.close();
			fail(ex);
			return;
		}
		outcome.whenComplete(this::onOutcome);
	}

	private void onOutcome(@Nullable ExportResult result, @Nullable Throwable failure) {
		if (result == null) {
			fail((failure != null) ? failure : new IllegalStateException("Neither a result nor a failure"));
			return;
		}
		byte[] response;
		try {
			response = ExportResponseEncoder.encode(OtlpEncoding.PROTOBUF, this.signal, result);
		}
		catch (RuntimeException | Error ex) {
			fail(ex);
			return;
		}
		succeed(response);
	}

	private void succeed(byte[] response) {
		if (this.answered.compareAndSet(false, true)) {
			answer(() -> {
				this.call.sendHeaders(new Metadata());
				this.call.sendMessage(response);
				this.call.close(Status.OK, new Metadata());
			});
		}
	}

	// Translates before it takes the answer: the translator belongs to the application.
	private void fail(Throwable failure) {
		if (!this.answered.get()) {
			StatusRuntimeException status = this.failures.status(failure);
			Metadata trailers = status.getTrailers();
			close(status.getStatus(), (trailers != null) ? trailers : new Metadata());
		}
	}

	private void close(Status status, Metadata trailers) {
		if (this.answered.compareAndSet(false, true)) {
			answer(() -> this.call.close(status, trailers));
		}
	}

	private void answer(Runnable answer) {
		try {
			answer.run();
		}
		catch (IllegalStateException | StatusRuntimeException ex) {
			logger.debug("Client left before the answer was sent", ex);
			closeAnyway();
		}
		catch (RuntimeException ex) {
			logger.error("Answer could not be sent", ex);
			closeAnyway();
		}
	}

	private void closeAnyway() {
		try {
			this.call.close(Status.INTERNAL.withDescription("Internal error"), new Metadata());
		}
		catch (RuntimeException ex) {
			logger.trace("Call is closed already", ex);
		}
	}

	/**
	 * Called when the client left and when its deadline passed; in the latter case the
	 * engine ends the call at the same time, with the right cause.
	 */
	@Override
	public void onCancel() {
		this.answered.set(true);
		if (this.message != null) {
			this.message.close();
		}
		if (this.clientDeadline == null || !this.clientDeadline.isExpired()) {
			this.cancellation.cancel(CancellationCause.CLIENT);
		}
	}

	@Override
	public void onComplete() {
		if (this.message != null) {
			this.message.close();
		}
	}

}
