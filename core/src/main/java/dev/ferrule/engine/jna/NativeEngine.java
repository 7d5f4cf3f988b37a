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

package dev.ferrule.engine.jna;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import dev.ferrule.SafeLog;
import dev.ferrule.cancellation.CancellationCause;
import dev.ferrule.context.CallContext;
import dev.ferrule.engine.EngineInspector;
import dev.ferrule.engine.ExportResult;
import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.engine.TelemetryCallListener;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.engine.jna.abi.EngineHandle;
import dev.ferrule.engine.jna.abi.EngineThreadFactory;
import dev.ferrule.engine.jna.abi.NativeApi;
import dev.ferrule.engine.jna.abi.TimeLimits;
import dev.ferrule.engine.jna.call.CallGate;
import dev.ferrule.engine.jna.call.CallListeners;
import dev.ferrule.engine.jna.call.CallStatistics;
import dev.ferrule.engine.jna.call.CallSubmitter;
import dev.ferrule.engine.jna.call.CallTable;
import dev.ferrule.engine.jna.call.CancellationSender;
import dev.ferrule.engine.jna.call.EngineCall;
import dev.ferrule.engine.jna.call.NativePayloadBuffer;
import dev.ferrule.engine.jna.call.OutcomeDelivery;
import dev.ferrule.engine.jna.call.OverdueSweep;
import dev.ferrule.engine.jna.call.PollLoop;
import dev.ferrule.engine.jna.call.RecordDispatcher;
import dev.ferrule.engine.jna.call.RefusalReason;
import dev.ferrule.engine.jna.library.NativeLibraryException;
import dev.ferrule.engine.jna.library.NativeLibraryLoader;
import dev.ferrule.engine.jna.library.NativeLibraryOptions;
import dev.ferrule.error.TelemetryEngineException;

/**
 * Telemetry engine that runs in this process. Runs from
 * {@link #start(String, NativeEngineOptions)} to {@link #close()}.
 *
 * <p>
 * Stopping has two phases, so that answers still reach those who wait: first
 * {@link #stopAccepting()}, and {@link #cancelAll(CancellationCause)} for what does not
 * end in time; later {@link #close()}.
 */
public final class NativeEngine implements TelemetryEngine, AutoCloseable {

	private static final SafeLog log = SafeLog.of(NativeEngine.class);

	private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(5);

	private static final Duration CANCELLED_DRAIN = Duration.ofMillis(500);

	private final EngineHandle handle;

	private final PipelineIndex pipelines;

	private final CallTable calls;

	private final CallGate admission = new CallGate();

	private final CallStatistics statistics = new CallStatistics();

	private final CallListeners listeners;

	private final OutcomeDelivery delivery;

	private final LogRelay logRelay;

	private final CallSubmitter submitter;

	final OverdueSweep sweep;

	private final EngineInspector inspector;

	private final Thread pollThread;

	private final Duration drainTimeout;

	private final ReentrantLock closeLock = new ReentrantLock();

	private boolean closed;

	private NativeEngine(EngineHandle handle, PipelineIndex pipelines, StartConfiguration configuration,
			NativeEngineOptions options, LongSupplier ticker) {
		this.handle = handle;
		this.pipelines = pipelines;
		this.drainTimeout = options.drainTimeout();
		this.logRelay = new LogRelay(this.statistics, new EngineLogLevel(handle)::update);
		this.calls = new CallTable(options.maximumInFlight());
		this.delivery = new OutcomeDelivery(options.executor(), options.name(), this.statistics);
		this.listeners = new CallListeners(pipelines.names(), this.statistics);
		CancellationSender cancellations = new CancellationSender(handle, ticker);
		this.submitter = new CallSubmitter(handle, this.calls, this.admission, this.statistics, this.listeners,
				cancellations, TimeLimits.of(options.defaultDeadline(), options.maximumDeadline()), ticker);
		this.sweep = new OverdueSweep(this.calls, this::endOverdue, this.delivery::rescue, options.grace(),
				options.name(), ticker);
		this.inspector = new NativeEngineInspector(handle, this.calls, pipelines, this.admission, this.statistics,
				configuration, ticker);
		RecordDispatcher dispatcher = new RecordDispatcher(this.calls, this.delivery, this.logRelay, cancellations,
				this.statistics);
		this.pollThread = EngineThreadFactory.create(options.name() + "-poll",
				new PollLoop(handle.api(), handle.value(), dispatcher, this.statistics, this::pollEnded));
		this.logRelay.start(options.name());
		this.pollThread.start();
		this.sweep.start();
	}

	/**
	 * Loads the native library and starts an engine.
	 * @param configJson configuration of the engine
	 * @param options options of this side
	 * @return the running engine
	 * @throws NativeLibraryException if there is no usable library
	 * @throws TelemetryEngineException if the engine did not start
	 * @throws IllegalArgumentException if a route names an unknown pipeline
	 */
	public static NativeEngine start(String configJson, NativeEngineOptions options) {
		return start(NativeLibraryLoader.load(options.library()), configJson, options, System::nanoTime);
	}

	static NativeEngine start(NativeApi api, String configJson, NativeEngineOptions options, LongSupplier ticker) {
		EngineStart started = EngineStart.start(api, configJson);
		EngineHandle handle = new EngineHandle(api, started.handle());
		try {
			PipelineIndex pipelines = new PipelineIndex(started.pipelines(), options.routes());
			return new NativeEngine(handle, pipelines, StartConfiguration.read(configJson), options, ticker);
		}
		catch (Throwable ex) {
			api.engineStop(handle.value(), 0);
			handle.release();
			throw ex;
		}
	}

	/**
	 * Checks a configuration without starting an engine.
	 * @param configJson configuration of an engine
	 * @param library where the native library comes from
	 * @throws NativeLibraryException if there is no usable library
	 * @throws TelemetryEngineException if an engine would not start with it
	 */
	public static void validate(String configJson, NativeLibraryOptions library) {
		EngineStart.validate(NativeLibraryLoader.load(library), configJson);
	}

	@Override
	public CompletableFuture<ExportResult> submit(TelemetryPayload payload, CallContext context) {
		return this.submitter.submit(payload, context, this.pipelines.index(payload.signal()));
	}

	@Override
	public PayloadBuffer reserve(int size) {
		return NativePayloadBuffer.reserve(this.submitter, size);
	}

	@Override
	public TelemetryEngine pipeline(String name) {
		return new PipelineView(this, this.submitter, this.pipelines.index(name));
	}

	/**
	 * Returns the names of the pipelines that take calls.
	 * @return names in the order of the engine
	 */
	public List<String> pipelineNames() {
		return this.pipelines.names();
	}

	/**
	 * Replaces those who are told of the ends of calls.
	 * @param listeners told in this order
	 */
	public void setCallListeners(List<TelemetryCallListener> listeners) {
		this.listeners.set(listeners);
	}

	/**
	 * Returns the view of state, counters, pipelines and calls in flight.
	 * @return a view that stays current, also after the end
	 */
	public EngineInspector inspector() {
		return this.inspector;
	}

	/**
	 * Replaces certificates and keys for new requests of exporters.
	 * @param secretsJson bundles by name, as {@code tlsBundles} of the configuration
	 * @throws TelemetryEngineException if all were refused, or the engine is not running
	 */
	public void updateSecrets(String secretsJson) {
		EngineStart.updateSecrets(this.handle, secretsJson);
	}

	/**
	 * Lets no more calls enter; those in flight go on. New calls fail as unavailable.
	 */
	public void stopAccepting() {
		this.admission.pause();
	}

	/**
	 * Lets calls enter again after {@link #stopAccepting()} and
	 * {@link #cancelAll(CancellationCause)}. Does nothing once the engine is stopped.
	 */
	public void resumeAccepting() {
		this.admission.resume();
	}

	/**
	 * Cancels all calls in flight, and those that enter before the next
	 * {@link #resumeAccepting()}.
	 * @param cause why
	 */
	public void cancelAll(CancellationCause cause) {
		this.submitter.cancelAll(cause);
	}

	/**
	 * Stops with the configured time for calls in flight, as {@link #stop(Duration)}.
	 */
	@Override
	public void close() {
		stop(this.drainTimeout);
	}

	/**
	 * Lets no more calls enter, waits for those in flight, cancels the rest and frees the
	 * engine. The executor has every call's outcome then. Later invocations do nothing.
	 * @param drain time for calls in flight, zero or more
	 */
	public void stop(Duration drain) {
		this.admission.closeWith(RefusalReason.STOPPING);
		this.closeLock.lock();
		try {
			if (!this.closed) {
				this.closed = true;
				stopEngine(drain);
			}
		}
		finally {
			this.closeLock.unlock();
		}
	}

	private void stopEngine(Duration time) {
		// Nobody waits any more for what the engine does for cancelled calls
		boolean cut = this.admission.cancelAll() != null && time.compareTo(CANCELLED_DRAIN) > 0;
		Duration drain = cut ? CANCELLED_DRAIN : time;
		if (this.handle.api().engineStop(this.handle.value(), drain.toMillis()) == 1) {
			log.warn("The engine did not stop within " + drain + " and was stopped by force", null);
		}
		if (!EngineThreadFactory.join(this.pollThread, JOIN_TIMEOUT)) {
			log.warn("The engine stopped but did not deliver all outcomes within " + JOIN_TIMEOUT, null);
			this.handle.api().engineWake(this.handle.value());
		}
		this.sweep.close();
		this.calls.takeAll((call) -> this.delivery.fail(call, TelemetryEngineException.of(OutcomeDelivery.SHUT_DOWN)));
		this.logRelay.close();
		this.handle.release();
	}

	private void pollEnded() {
		// On the poll thread, at its end. Whoever stops the engine closed the door before
		if (this.admission.closeWith(RefusalReason.ENDED)) {
			this.calls.takeAll((call) -> this.delivery.fail(call, TelemetryEngineException.of(OutcomeDelivery.LOST)));
			log.error("The engine ended unexpectedly and takes no calls until the application is restarted", null);
		}
	}

	private void endOverdue(EngineCall call) {
		this.statistics.lastNetFired();
		this.delivery.fail(call, TelemetryEngineException.of(OverdueSweep.FAILURE));
		this.submitter.cancel(call, CancellationCause.APPLICATION);
	}

}
