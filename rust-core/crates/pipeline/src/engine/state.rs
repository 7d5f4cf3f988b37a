// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The state that the parts of one engine share, and how nodes find it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use ferrule_context::{
    Call, CallTable, CancelCause, Error, ErrorKind, Found, LogLevel, OutboundRules, Outbox,
};
use parking_lot::Mutex;
use serde::Deserialize;
use tokio::sync::Notify;

use super::registry::Registry;
use crate::admission::budget::ByteBudget;
use crate::admission::lane::Lanes;
use crate::config::context::ContextSettings;
use crate::config::start::StartConfig;
use crate::config::tls::{TlsBundle, TlsBundles};
use crate::engine_api::{ConfigError, MemoryPressureState, NackMsg, OtapPdata};
use crate::error::nack::{NackTemplate, error_of};
use crate::error::slab::{ErrorSlab, without_markers};
use crate::headers::call_id::call_id_of;
use crate::text::clean;

/// Time between the end of the host receiver's drain and the engine's, so that the calls that are
/// left over have their outcome from the receiver.
pub(crate) const DRAIN_MARGIN: Duration = Duration::from_millis(100);

/// Time between the end of an exporter's drain and the receiver's, so that the Nacks still get
/// through.
pub(crate) const EXPORTER_DRAIN_MARGIN: Duration = Duration::from_millis(50);

/// The state of one engine, which its nodes share with the host's side.
#[derive(Debug)]
pub struct EngineState {
    pub(crate) id: u64,
    pub(crate) config: StartConfig,
    pub(crate) outbound: OutboundRules,
    pub(crate) tls_bundles: TlsBundles,
    pub(crate) outbox: Arc<Outbox>,
    /// A `LogThreshold` as its number.
    pub(crate) log_threshold: AtomicU8,
    pub(crate) calls: Arc<CallTable>,
    pub(crate) errors: ErrorSlab,
    pub(crate) budget: Arc<ByteBudget>,
    pub(crate) pipelines: Vec<Pipeline>,
    /// Calls whose data was held longer than the grace after their outcome.
    pub(crate) lingering: AtomicU64,
    /// Values for the downstream that gRPC cannot carry.
    pub(crate) dropped_headers: AtomicU64,
    /// Parts of downstreams' answers that could not be passed on.
    pub(crate) dropped_details: AtomicU64,
    stopping: AtomicBool,
    stop_began: Notify,
    /// Why the engine ended by itself.
    failure: Mutex<Option<String>>,
    /// What the engine said when it gave up.
    abort: Mutex<Option<String>>,
    ended: AtomicBool,
    pub(crate) drain_deadline: Mutex<Option<Instant>>,
    pub(crate) pressure: OnceLock<Pressure>,
}

/// The error for data that nobody waits for any more: its call was cancelled or has expired, as the
/// kind says.
#[derive(Debug)]
pub(crate) struct CallEnded(pub(crate) ErrorKind);

/// A pipeline that the host can submit to.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) name: String,
    pub(crate) lanes: Arc<Lanes>,
    /// How often an instance started.
    pub(crate) starts: AtomicU64,
}

/// The engine's memory pressure, which has no `Debug` of its own.
pub(crate) struct Pressure(pub(crate) MemoryPressureState);

impl std::fmt::Debug for Pressure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pressure")
    }
}

static ENGINES: Registry<EngineState> = Registry::new();

/// An id for a new engine, never used again.
pub(crate) fn next_id() -> u64 {
    ENGINES.next_id()
}

/// All running engines.
pub(crate) fn engines() -> Vec<Arc<EngineState>> {
    ENGINES.all()
}

impl EngineState {
    pub(crate) fn register(
        id: u64,
        config: StartConfig,
        outbound: OutboundRules,
        tls_bundles: BTreeMap<String, TlsBundle>,
        pipelines: Vec<String>,
    ) -> Arc<Self> {
        let outbox = Arc::new(Outbox::new(config.max_in_flight));
        let state = Arc::new(Self {
            id,
            calls: Arc::new(CallTable::new(Arc::clone(&outbox))),
            errors: ErrorSlab::new(config.max_in_flight),
            budget: ByteBudget::new(config.max_payload_bytes),
            pipelines: pipelines
                .into_iter()
                .map(|name| Pipeline {
                    name,
                    lanes: Arc::default(),
                    starts: AtomicU64::new(0),
                })
                .collect(),
            lingering: AtomicU64::new(0),
            dropped_headers: AtomicU64::new(0),
            dropped_details: AtomicU64::new(0),
            log_threshold: AtomicU8::new(config.log_level as u8),
            stopping: AtomicBool::new(false),
            stop_began: Notify::new(),
            failure: Mutex::new(None),
            abort: Mutex::new(None),
            ended: AtomicBool::new(false),
            drain_deadline: Mutex::new(None),
            pressure: OnceLock::new(),
            outbox,
            outbound,
            tls_bundles: TlsBundles::new(tls_bundles),
            config,
        });
        ENGINES.insert(id, &state);
        state
    }

    /// The engine of a node, from the `engine` number that every `urn:ferrule` node's
    /// configuration gets at start.
    ///
    /// # Errors
    /// If the node was not started by Ferrule.
    pub fn of_node(config: &serde_json::Value) -> Result<Arc<Self>, ConfigError> {
        #[derive(Deserialize)]
        struct WithEngine {
            engine: u64,
        }
        let found = WithEngine::deserialize(config)
            .ok()
            .and_then(|config| ENGINES.get(config.engine));
        found.ok_or_else(|| ConfigError::InvalidUserConfig {
            error: "this node runs only in an engine that Ferrule started".to_owned(),
        })
    }

    /// Calls in flight.
    #[must_use]
    pub fn calls(&self) -> &CallTable {
        &self.calls
    }

    /// The call that data belongs to; none if it belongs to no call, or to one that was answered
    /// before its data went on, as by a node that keeps data.
    ///
    /// # Errors
    /// `CallEnded` if nobody waits for the data any more.
    pub(crate) fn call_of(&self, data: &OtapPdata) -> Result<Option<Arc<Call>>, CallEnded> {
        match call_id_of(data).map(|id| self.calls.find(id)) {
            Some(Found::Open(call)) if !call.is_finished() => Ok(Some(call)),
            Some(Found::Open(call)) => Err(CallEnded(
                call.ending()
                    .and_then(|it| it.failure)
                    .unwrap_or(ErrorKind::Cancelled),
            )),
            Some(Found::GivenUp(kind)) => Err(CallEnded(kind)),
            Some(Found::Unknown) | None => Ok(None),
        }
    }

    /// Settings of call contexts, as checked at start.
    #[must_use]
    pub fn context_settings(&self) -> &ContextSettings {
        &self.config.context
    }

    /// Which captured headers go to the downstream.
    #[must_use]
    pub fn outbound_rules(&self) -> &OutboundRules {
        &self.outbound
    }

    /// Sends a line to the host's logging; never waits. `text` must hold no payload and no
    /// credentials.
    pub fn log(&self, level: LogLevel, target: impl Into<Cow<'static, str>>, text: String) {
        self.outbox.log(level, target, text);
    }

    /// The error that a Nack stands for: the one that our exporter stored, or what the Nack itself
    /// says. A batch asks once for all its members.
    #[must_use]
    pub fn error_of(&self, nack: &NackMsg<OtapPdata>) -> Error {
        self.errors.resolve(&nack.reason).unwrap_or_else(|| {
            let reason = without_markers(&nack.reason);
            error_of(
                &reason,
                nack.permanent,
                nack.cause,
                self.config.retry_delay(),
            )
        })
    }

    /// The reason for a Nack that stands for `error`. Whoever receives the Nack gets the error
    /// from [`EngineState::error_of`].
    #[must_use]
    pub fn reason_of(&self, error: Error) -> String {
        let left_out = u64::from(error.left_out());
        self.dropped_details.fetch_add(left_out, Ordering::Relaxed);
        self.errors.reason(error)
    }

    /// The Nack that stands for `error`, without the data that it is for.
    pub(crate) fn nack_of(&self, error: Error) -> NackTemplate {
        let permanent = error.is_permanent();
        NackTemplate::new(self.reason_of(error), permanent)
    }

    /// The delay to come back after while memory is short; none while it is not.
    pub(crate) fn pressure_delay(&self) -> Option<Duration> {
        let pressure = &self.pressure.get()?.0;
        pressure
            .should_shed_ingress()
            .then(|| Duration::from_secs(u64::from(pressure.retry_after_secs())))
    }

    /// The end of a node's drain if the host named one, at most the engine's `deadline`.
    pub(crate) fn drain_until(&self, deadline: Instant) -> Option<Instant> {
        let own = *self.drain_deadline.lock();
        own.map(|own| own.min(deadline))
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// From now on no call is accepted, and nodes must not hold back what they have.
    pub(crate) fn begin_stop(&self) {
        self.stopping.store(true, Ordering::Release);
        self.stop_began.notify_waiters();
    }

    /// Records a reason of the engine's end, which counts only if nobody stopped it. The last one
    /// counts.
    pub(crate) fn fail(&self, reason: &str) {
        let mut failure = self.failure.lock();
        if failure.is_some() || !self.is_stopping() {
            *failure = Some(clean(reason));
            drop(failure);
            self.begin_stop();
        }
    }

    /// Records why an engine gives up, which may be another one of this process. It does not matter
    /// to one that runs on or is stopped.
    pub(crate) fn note_abort(&self, reason: &str) {
        if !self.is_stopping() {
            *self.abort.lock() = Some(reason.to_owned());
        }
    }

    /// Why the engine gave up.
    pub(crate) fn take_abort(&self) -> Option<String> {
        self.abort.lock().take()
    }

    /// Why the engine ended, or is about to, if nobody stopped it.
    pub(crate) fn failure(&self) -> Option<String> {
        self.failure.lock().clone()
    }

    /// To be called when no answer can come any more: finishes what is left.
    pub(crate) fn end(&self) {
        // First, so that a call that is admitted too late to be found finds this
        self.ended.store(true, Ordering::Release);
        self.calls.abort_all(&self.end_error());
        self.outbox.close();
    }

    /// Whether no answer can come any more.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// How calls end that the engine's end leaves over.
    pub(crate) fn end_error(&self) -> Error {
        match self.failure.lock().as_deref() {
            Some(_) => Error {
                delivery_unknown: true,
                ..Error::retryable("the engine ended by itself")
            },
            None => Error::cancelled(CancelCause::Shutdown),
        }
    }

    /// Completes once the engine is being stopped.
    ///
    /// # Cancel safety
    /// Safe: nothing is lost when the future is dropped.
    pub(crate) async fn stopping(&self) {
        let began = self.stop_began.notified();
        if !self.is_stopping() {
            began.await;
        }
    }
}

impl Drop for EngineState {
    fn drop(&mut self) {
        ENGINES.remove(self.id);
    }
}
