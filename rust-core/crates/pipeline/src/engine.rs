// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! One engine: the way in for payloads and the way out for outcomes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ferrule_context::{
    Admission, Attributes, Call, CancelCause, Error, Fetched, Message, Metadata, Phase,
    TraceContext,
};
use ferrule_otlp::Signal;
use parking_lot::Mutex;

use crate::budget::{Permit, budgeted};
use crate::codec::{self, CodecJob, CodecPool, ContentCoding, Encoding, Limits};
use crate::config::StartConfig;
use crate::lane::{LanePlace, NoPlace, QueuedCall, Undelivered};
use crate::refusal::{Reason, Refusal};
use crate::runtime::Runtime;
use crate::shared::{Shared, next_id};
use crate::tls_bundle::TlsBundle;
use crate::{logs, panics, spec};

/// How long a poll waits at most before it looks for overdue calls.
const SWEEP_INTERVAL: Duration = Duration::from_millis(100);

/// Time for the engine's threads to end after the drain.
const JOIN_MARGIN: Duration = Duration::from_secs(2);

/// The part of the drain after which the receiver gives up, so that it does before the engine.
pub(crate) const DRAIN_MARGIN: Duration = Duration::from_millis(100);

/// A running engine. All methods may be called from any thread; none but `start`, `poll` and
/// `stop` waits.
pub struct Engine {
    pub(crate) shared: Arc<Shared>,
    codec: CodecPool,
    runtime: Mutex<Option<Arc<Runtime>>>,
    last_sweep: Mutex<Instant>,
    /// Held while stopping; then whether the threads ended in time.
    stopped: Mutex<Option<bool>>,
}

/// A call to be submitted.
#[derive(Debug)]
pub struct Submission {
    /// Id of the call, not zero, never reused.
    pub call_id: u64,
    /// Time until the deadline.
    pub time_left: Duration,
    /// What the payload holds.
    pub signal: Signal,
    /// How it is encoded.
    pub encoding: Encoding,
    /// How it is compressed.
    pub coding: ContentCoding,
    /// Captured request headers.
    pub metadata: Metadata,
    /// The trace that the call belongs to.
    pub trace: Option<TraceContext>,
    /// Application values as JSON.
    pub attributes: Attributes,
}

/// A place in a pipeline's lane, taken before the payload is copied.
pub struct Ticket {
    place: LanePlace,
}

impl Engine {
    /// Starts an engine and waits until its pipelines are ready.
    ///
    /// # Errors
    /// `Configuration` if the configuration is refused or the pipelines do not become ready.
    pub fn start(json: &[u8]) -> Result<Self, Error> {
        panics::install_hook();
        logs::install();
        let mut config = StartConfig::from_json(json)?;
        // TLS needs one process-wide provider; a second installation is harmless.
        let _ = otel_arrow_dfe_otap::crypto::install_crypto_provider();
        let id = next_id();
        let prepared = spec::prepare(&config, id)?;
        config.forget_spec();
        let traces = config.follow_traces()?;
        let tls_bundles = std::mem::take(&mut config.tls_bundles);
        let shared = Shared::register(
            id,
            config,
            prepared.outbound,
            tls_bundles,
            prepared.pipelines,
        );
        shared.calls.follow().only(&traces);
        logs::changed();
        let config = &shared.config;
        let limits = Limits {
            budget: Arc::clone(&shared.budget),
            max_decoded: config.max_decoded_bytes,
            retry_delay: config.retry_delay(),
        };
        let codec = CodecPool::start(
            &config.name,
            config.codec_threads,
            config.codec_queue_capacity,
            &shared.calls,
            &limits,
        )
        .map_err(|error| Error {
            message: format!("codec threads cannot be started: {error}").into(),
            ..Error::from(&error)
        })?;
        let runtime = Runtime::start(&shared, prepared.spec)?;
        Ok(Self {
            shared,
            codec,
            runtime: Mutex::new(Some(Arc::new(runtime))),
            last_sweep: Mutex::new(Instant::now()),
            stopped: Mutex::new(None),
        })
    }

    /// Checks a start configuration without starting anything.
    ///
    /// # Errors
    /// `Configuration`, as `start` would report it.
    pub fn validate(json: &[u8]) -> Result<(), Error> {
        spec::prepare(&StartConfig::from_json(json)?, 0).map(|_| ())
    }

    /// Replaces TLS bundles, from JSON as in `tlsBundles` of the start configuration. Requests
    /// that start from now on use them, on new connections.
    ///
    /// # Errors
    /// `Configuration` if a bundle is unknown or cannot be used; then none is replaced.
    pub fn update_tls_bundles(&self, json: &[u8]) -> Result<(), Error> {
        self.shared.tls_bundles.replace(TlsBundle::read_all(json)?)
    }

    /// Names of the pipelines that can be submitted to, by index.
    pub fn pipelines(&self) -> impl Iterator<Item = &str> {
        self.shared
            .pipelines
            .iter()
            .map(|pipeline| pipeline.name.as_str())
    }

    /// Takes payload bytes out of the budget.
    ///
    /// # Errors
    /// `ByteBudget` or `MemoryPressure` with a delay, `PayloadTooLarge` for more than the whole
    /// budget, or `Stopping`.
    pub fn take_bytes(&self, bytes: usize) -> Result<Permit, Refusal> {
        self.check_open()?;
        if bytes > self.shared.config.max_payload_bytes {
            return Err(Refusal::of(Reason::PayloadTooLarge));
        }
        self.shared
            .budget
            .take(bytes)
            .ok_or_else(|| self.later(Reason::ByteBudget))
    }

    /// Takes a place in the lane of a pipeline.
    ///
    /// # Errors
    /// `TooManyCalls`, `LaneFull` or `NotReady` with a delay, `UnknownPipeline`, or `Stopping`.
    pub fn take_place(&self, pipeline: usize) -> Result<Ticket, Refusal> {
        self.check_open()?;
        if !self.shared.outbox.has_credit() {
            return Err(self.no_credit());
        }
        let pipeline = self
            .shared
            .pipelines
            .get(pipeline)
            .ok_or(Refusal::of(Reason::UnknownPipeline))?;
        match pipeline.lanes.reserve() {
            Ok(place) => Ok(Ticket { place }),
            Err(NoPlace::Full) => Err(self.later(Reason::LaneFull)),
            Err(NoPlace::NotReady) => Err(self.later(Reason::NotReady)),
        }
    }

    /// Submits a call. Once this returned `Ok`, exactly one outcome follows through `poll`.
    ///
    /// # Errors
    /// `TooManyCalls` or `Stopping` with a delay, `DuplicateCall`, or `Expired`.
    pub fn submit(
        &self,
        ticket: Ticket,
        submission: Submission,
        payload: impl AsRef<[u8]> + Send + 'static,
        permit: Permit,
    ) -> Result<(), Refusal> {
        if submission.time_left.is_zero() {
            return Err(Refusal::of(Reason::Expired));
        }
        let call = Call::new(
            submission.call_id,
            submission.time_left,
            submission.metadata,
            submission.trace,
            submission.attributes,
            ticket.place.owner(),
        );
        let call = match self.shared.calls.admit(call) {
            Admission::Admitted(call) => call,
            Admission::TooManyCalls => return Err(self.no_credit()),
            Admission::Duplicate => return Err(Refusal::of(Reason::DuplicateCall)),
        };
        let queued = QueuedCall {
            guard: Undelivered::new(Arc::clone(&self.shared.calls), call.id()),
            call,
            signal: submission.signal,
            payload: budgeted(payload, permit),
            place: ticket.place,
        };
        self.dispatch(queued, submission.encoding, submission.coding);
        // An end that is over looked for calls before this one was admitted.
        if self.shared.has_ended() {
            self.shared
                .calls
                .abort(submission.call_id, self.shared.end_error());
        }
        Ok(())
    }

    fn dispatch(&self, queued: QueuedCall, encoding: Encoding, coding: ContentCoding) {
        if (encoding, coding) == (Encoding::Protobuf, ContentCoding::Identity) {
            match codec::check(queued.signal, &queued.payload) {
                Ok(()) => LanePlace::send(queued),
                Err(error) => {
                    self.shared
                        .calls
                        .finish_if_open(queued.call.id(), Err(error));
                }
            }
            return;
        }
        let job = CodecJob {
            queued,
            encoding,
            coding,
        };
        if let Err(job) = self.codec.submit(job) {
            let error = Error::exhausted(
                "too many payloads wait for decompression",
                self.shared.config.retry_delay(),
            );
            self.shared
                .calls
                .finish_if_open(job.queued.call.id(), Err(error));
        }
    }

    /// How far a call has come; none if it is not in flight.
    #[must_use]
    pub fn phase(&self, call_id: u64) -> Option<Phase> {
        self.shared.calls.get(call_id).map(|call| call.phase())
    }

    /// Cancels a call; false if it has its outcome already.
    pub fn cancel(&self, call_id: u64, cause: CancelCause) -> bool {
        self.shared.calls.cancel(call_id, cause)
    }

    /// Waits for messages to the host and offers them to `accept`, as [`Outbox::fetch`] does.
    /// Finishes overdue calls by the way. Returns false once the engine has stopped and nothing
    /// waits.
    ///
    /// [`Outbox::fetch`]: ferrule_context::Outbox::fetch
    pub fn poll(&self, timeout: Duration, mut accept: impl FnMut(&Message) -> bool) -> bool {
        let until = Instant::now().checked_add(timeout);
        loop {
            let left = until.map_or(SWEEP_INTERVAL, |until| {
                until
                    .saturating_duration_since(Instant::now())
                    .min(SWEEP_INTERVAL)
            });
            let fetched = self.shared.outbox.fetch(left, &mut accept);
            self.sweep();
            match fetched {
                Fetched::Closed => return false,
                Fetched::Messages | Fetched::Woken => return true,
                Fetched::Nothing if until.is_some_and(|until| until <= Instant::now()) => {
                    return true;
                }
                Fetched::Nothing => {}
            }
        }
    }

    /// Finishes overdue calls, so that a node that hogs its core cannot hold up deadlines.
    fn sweep(&self) {
        let now = Instant::now();
        let mut last = self.last_sweep.lock();
        if now.duration_since(*last) >= SWEEP_INTERVAL {
            *last = now;
            drop(last);
            self.shared.calls.sweep(now);
        }
    }

    /// Makes a waiting `poll` return.
    pub fn wake(&self) {
        self.shared.outbox.wake();
    }

    /// Stops the engine: no new calls, `drain` for those in flight, then the rest is finished as
    /// shut down. Returns whether the engine's threads ended in time. A second caller waits for
    /// the first and gets its result.
    pub fn stop(&self, drain: Duration) -> bool {
        let mut stopped = self.stopped.lock();
        *stopped.get_or_insert_with(|| self.stop_once(drain))
    }

    fn stop_once(&self, drain: Duration) -> bool {
        let deadline = Instant::now() + drain.saturating_sub(DRAIN_MARGIN);
        *self.shared.drain_deadline.lock() = Some(deadline);
        self.shared.begin_stop();
        let Some(runtime) = self.runtime.lock().take() else {
            return true;
        };
        let clean = match runtime.shut_down(drain) {
            Ok(()) => runtime.join(drain + JOIN_MARGIN),
            // Already on its way down, as after a fatal error of the engine.
            Err(_) => runtime.join(JOIN_MARGIN),
        };
        self.shared.end();
        clean
    }

    fn check_open(&self) -> Result<(), Refusal> {
        if self.shared.is_stopping() {
            return Err(self.later(self.closed()));
        }
        match self.retry_for_pressure() {
            Some(retry_delay) => Err(Refusal {
                reason: Reason::MemoryPressure,
                retry_delay: Some(retry_delay),
            }),
            None => Ok(()),
        }
    }

    pub(crate) fn retry_for_pressure(&self) -> Option<Duration> {
        let pressure = &self.shared.pressure.get()?.0;
        pressure
            .should_shed_ingress()
            .then(|| Duration::from_secs(u64::from(pressure.retry_after_secs())))
    }

    /// An engine that stops gives out no credits.
    fn no_credit(&self) -> Refusal {
        self.later(if self.shared.is_stopping() {
            self.closed()
        } else {
            Reason::TooManyCalls
        })
    }

    /// Why an engine that stops takes no calls.
    fn closed(&self) -> Reason {
        if self.shared.failure().is_some() {
            Reason::Ended
        } else {
            Reason::Stopping
        }
    }

    /// The running controller, which others may stop meanwhile; none once the stop began.
    pub(crate) fn runtime(&self) -> Option<Arc<Runtime>> {
        self.runtime.lock().clone()
    }

    fn later(&self, reason: Reason) -> Refusal {
        Refusal {
            reason,
            retry_delay: Some(self.shared.config.retry_delay()),
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop(Duration::ZERO);
    }
}
