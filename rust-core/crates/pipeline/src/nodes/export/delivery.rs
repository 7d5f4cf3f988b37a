// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The way of one message out of the process.

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ferrule_context::{Call, CancelCause, Ending, Error, ErrorKind, LogLevel, Success};
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio_util::sync::CancellationToken;

use super::client::{AttemptError, Client, Request};
use super::headers::headers_of;
use super::job::{ExportError, ExportJob, FinishedJob};
use super::metrics::ExporterMetrics;
use super::retry::RetrySettings;
use crate::engine::state::EngineState;
use crate::engine_api::SignalType;
use crate::error::operation::EXPORT;

/// Shorter timeouts are not worth an attempt, and have no form over HTTP.
const LEAST: Duration = Duration::from_millis(1);

/// At most one line of log in this time.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// The parts of an exporter, whatever its protocol.
pub(super) struct ExporterParts<C> {
    pub(super) engine: Arc<EngineState>,
    pub(super) client: C,
    /// Subscribed before the client was made, so that no renewal is missed.
    pub(super) renewed: watch::Receiver<()>,
    pub(super) retry: RetrySettings,
    /// Time that one attempt may take.
    pub(super) timeout: Option<Duration>,
    pub(super) max_in_flight: usize,
    pub(super) metrics: ExporterMetrics,
}

/// A running exporter, shared by all its messages.
pub(super) struct RunningExporter<C> {
    pub(super) parts: ExporterParts<C>,
    permits: Semaphore,
    /// Cancelled when the drain is over.
    pub(super) stop: CancellationToken,
    quiet_until: Cell<Option<Instant>>,
}

impl<C: Client> RunningExporter<C> {
    pub(super) fn new(parts: ExporterParts<C>) -> Rc<Self> {
        Rc::new(Self {
            permits: Semaphore::new(parts.max_in_flight),
            stop: CancellationToken::new(),
            quiet_until: Cell::new(None),
            parts,
        })
    }

    /// Delivers a message, until nobody waits for it any more.
    pub(super) async fn deliver(self: Rc<Self>, job: ExportJob) -> FinishedJob {
        let ExportJob {
            call,
            signal,
            content,
            permit: _permit,
            delivery,
        } = job;
        let bytes = content.len();
        let result = tokio::select! {
            biased;
            lost = call_ended(call.as_deref()) => Err(lost),
            () = self.stop.cancelled() => Err(Error::cancelled(CancelCause::Shutdown).into()),
            result = self.export(call.as_deref(), signal, content) => result.map_err(ExportError::Failed),
        };
        FinishedJob {
            call,
            signal,
            bytes,
            delivery,
            result,
        }
    }

    /// Sends until it works or is in vain.
    async fn export(
        &self,
        call: Option<&Call>,
        signal: SignalType,
        content: Bytes,
    ) -> Result<Success, Error> {
        let parts = &self.parts;
        let (headers, dropped) = call
            .map(|call| headers_of(&parts.client, call))
            .unwrap_or_default();
        if dropped > 0 {
            parts
                .engine
                .dropped_headers
                .fetch_add(dropped, Ordering::Relaxed);
        }
        let mut permit = self.permit().await;
        let body = parts.client.body(content)?;
        let request = Request {
            signal,
            body,
            headers,
        };
        let start = Instant::now();
        let mut attempts = 0;
        loop {
            attempts += 1;
            self.step(call, || format!("attempt {attempts} begins"));
            let failure = match self.attempt(call, attempts, request.clone()).await {
                Ok(success) => {
                    self.step(call, || format!("attempt {attempts} was accepted"));
                    return Ok(self.without_addresses(success));
                }
                Err(failure) => failure,
            };
            drop(permit);
            self.log(&failure);
            let now = Instant::now();
            let remaining = time_left(call, now);
            let elapsed = now.saturating_duration_since(start);
            let Some(wait) = parts
                .retry
                .wait(&failure.error, attempts, elapsed, remaining)
            else {
                self.step(call, || {
                    format!(
                        "attempt {attempts} failed and was the last: {}",
                        failure.error
                    )
                });
                return Err(self.finished(failure.error));
            };
            self.step(call, || {
                format!(
                    "attempt {attempts} failed, the next is in {wait:?}: {}",
                    failure.error
                )
            });
            tokio::time::sleep(wait).await;
            permit = self.permit().await;
        }
    }

    /// Makes one attempt; the first one has number 1.
    async fn attempt(
        &self,
        call: Option<&Call>,
        number: u32,
        request: Request,
    ) -> Result<Success, AttemptError> {
        let remaining = time_left(call, Instant::now());
        if remaining.is_some_and(|remaining| remaining < LEAST) {
            return Err(Error::timeout().into());
        }
        if let Some(call) = call {
            call.note_attempt();
        }
        self.parts.metrics.attempt(number);
        let timeout = self.parts.timeout;
        let limit = remaining.into_iter().chain(timeout).min();
        let send = self.parts.client.send(request, limit);
        let Some(limit) = limit else {
            return send.await;
        };
        match tokio::time::timeout(limit, send).await {
            Ok(result) => result,
            Err(_) if Some(limit) == remaining => Err(Error::timeout().into()),
            Err(_) => Err(Error {
                grpc_code: Some(4),
                delivery_unknown: true,
                ..Error::retryable("the downstream did not answer within the exporter's timeout")
            }
            .during(EXPORT)
            .into()),
        }
    }

    /// Requests under way.
    pub(super) fn in_flight(&self) -> usize {
        self.parts.max_in_flight - self.permits.available_permits()
    }

    async fn permit(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed, so there always is one.
        self.permits.acquire().await.ok()
    }

    /// Hides the downstream's addresses in its message.
    fn without_addresses(&self, mut success: Success) -> Success {
        let addresses = self.parts.client.addresses();
        if let Some(hidden) = success.message.as_deref().and_then(|it| addresses.hide(it)) {
            success.message = Some(hidden.into());
        }
        success
    }

    /// Hides them in the message of an error, and gives one of exhaustion a delay if the downstream
    /// named none.
    fn finished(&self, mut error: Error) -> Error {
        if let Cow::Owned(message) = &error.message
            && let Some(hidden) = self.parts.client.addresses().hide(message)
        {
            error.message = hidden.into();
        }
        if error.kind == ErrorKind::ResourceExhausted && error.retry_delay.is_none() {
            error.retry_delay = Some(self.parts.engine.config.retry_delay());
        }
        error
    }

    fn step(&self, call: Option<&Call>, text: impl FnOnce() -> String) {
        if let Some(call) = call {
            self.parts.engine.calls.step(call, text);
        }
    }

    fn log(&self, failure: &AttemptError) {
        let Some(detail) = &failure.detail else {
            return;
        };
        let now = Instant::now();
        if self.quiet_until.get().is_none_or(|until| until <= now) {
            self.quiet_until.set(Some(now + LOG_INTERVAL));
            let text = format!("{} ({detail})", failure.error.message);
            self.parts.engine.log(LogLevel::Warn, C::TARGET, text);
        }
    }
}

/// Time that a call has left; none if there is no limit. A call that succeeded already, because
/// a node keeps the data and answered early, has none any more.
fn time_left(call: Option<&Call>, now: Instant) -> Option<Duration> {
    let call = call.filter(|call| !call.is_finished())?;
    Some(call.time_left(now).unwrap_or_default())
}

/// Completes once a call failed or is overdue.
///
/// # Cancel safety
/// Safe: nothing is lost when the future is dropped.
async fn call_ended(call: Option<&Call>) -> ExportError {
    let Some(call) = call else {
        return std::future::pending().await;
    };
    tokio::select! {
        biased;
        () = call.finished() => {}
        () = tokio::time::sleep_until(call.deadline().into()) => {}
    }
    match call.ending() {
        None => ExportError::Failed(Error::timeout()),
        Some(Ending {
            failure: Some(kind),
            ..
        }) => ExportError::Ended(kind),
        Some(_) => std::future::pending().await,
    }
}
