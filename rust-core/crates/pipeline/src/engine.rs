// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! One engine: its start, its end, and the way out for outcomes.

mod log_level;
mod metrics;
pub(crate) mod registry;
mod runtime;
pub(crate) mod state;
mod status;
pub(crate) mod submit;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use ferrule_context::{CancelCause, Error, Fetched, Message, Phase};
use parking_lot::Mutex;

use self::runtime::Runtime;
use self::state::{DRAIN_MARGIN, EngineState, next_id};
use crate::config::start::StartConfig;
use crate::config::tls::TlsBundle;
use crate::decode::payload::DecodeLimits;
use crate::decode::pool::DecodePool;
use crate::logs::{install, subscriber};
use crate::spec;

/// How long a poll waits at most before it looks for overdue calls.
const SWEEP_INTERVAL: Duration = Duration::from_millis(100);

/// Time for the engine's threads to end after the drain.
const JOIN_MARGIN: Duration = Duration::from_secs(2);

/// A running engine. All methods may be called from any thread; none but `start`, `poll` and
/// `stop` waits.
pub struct Engine {
    pub(crate) state: Arc<EngineState>,
    codec: DecodePool,
    /// The running controller; none once the stop began.
    runtime: ArcSwapOption<Runtime>,
    last_sweep: Mutex<Instant>,
    /// Held while stopping; then whether the threads ended in time.
    stopped: Mutex<Option<bool>>,
}

impl Engine {
    /// Starts an engine and waits until its pipelines are ready.
    ///
    /// # Errors
    /// `Configuration` if the configuration is refused or the pipelines do not become ready.
    pub fn start(json: &[u8]) -> Result<Self, Error> {
        install::install();
        let mut config = StartConfig::from_json(json)?;
        // TLS needs one process-wide provider; a second installation is harmless.
        let _ = crate::engine_api::install_crypto_provider();
        let id = next_id();
        let prepared = spec::prepare(&config, id)?;
        config.forget_spec();
        let traces = config.follow_traces()?;
        let tls_bundles = std::mem::take(&mut config.tls_bundles);
        let state = EngineState::register(
            id,
            config,
            prepared.outbound,
            tls_bundles,
            prepared.pipelines,
        );
        state.calls.follow().only(&traces);
        subscriber::refresh();
        let config = &state.config;
        let limits = DecodeLimits {
            budget: Arc::clone(&state.budget),
            max_decoded: config.max_decoded_bytes,
            retry_delay: config.retry_delay(),
        };
        let codec = DecodePool::start(
            &config.name,
            config.codec_threads,
            config.codec_queue_capacity,
            &state.calls,
            &limits,
        )
        .map_err(|error| Error {
            message: format!("codec threads cannot be started: {error}").into(),
            ..Error::from(&error)
        })?;
        let runtime = Runtime::start(&state, prepared.spec)?;
        Ok(Self {
            state,
            codec,
            runtime: ArcSwapOption::from_pointee(runtime),
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
        self.state.tls_bundles.replace(TlsBundle::read_all(json)?)
    }

    /// Names of the pipelines that can be submitted to, by index.
    pub fn pipelines(&self) -> impl Iterator<Item = &str> {
        self.state
            .pipelines
            .iter()
            .map(|pipeline| pipeline.name.as_str())
    }

    /// How far a call has come; none if it is not in flight.
    #[must_use]
    pub fn phase(&self, call_id: u64) -> Option<Phase> {
        self.state.calls.get(call_id).map(|call| call.phase())
    }

    /// Cancels a call; false if it has its outcome already.
    pub fn cancel(&self, call_id: u64, cause: CancelCause) -> bool {
        self.state.calls.cancel(call_id, cause)
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
            let fetched = self.state.outbox.fetch(left, &mut accept);
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
            self.state.calls.sweep(now);
        }
    }

    /// Makes a waiting `poll` return.
    pub fn wake(&self) {
        self.state.outbox.wake();
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
        *self.state.drain_deadline.lock() = Some(deadline);
        self.state.begin_stop();
        let Some(runtime) = self.runtime.swap(None) else {
            return true;
        };
        let clean = match runtime.shut_down(drain) {
            Ok(()) => runtime.join(drain + JOIN_MARGIN),
            // Already on its way down, as after a fatal error of the engine.
            Err(_) => runtime.join(JOIN_MARGIN),
        };
        self.state.end();
        clean
    }

    /// The running controller, which others may stop meanwhile; none once the stop began.
    pub(crate) fn runtime(&self) -> Option<Arc<Runtime>> {
        self.runtime.load_full()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop(Duration::ZERO);
    }
}
