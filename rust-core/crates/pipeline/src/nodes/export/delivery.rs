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

use super::client::{Client, Failure, Request};
use super::headers::headers_of;
use super::job::{Done, Job, Lost};
use super::metrics::ExporterMetrics;
use super::retry::RetrySettings;
use crate::engine::state::Shared;
use crate::engine_api::SignalType;
use crate::error::operation::EXPORT;

/// Less is not worth an attempt, and cannot be told to a downstream over HTTP.
const LEAST: Duration = Duration::from_millis(1);

/// At most one line of log in this time.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// What both exporters are made of.
pub(super) struct Node<C> {
    pub(super) shared: Arc<Shared>,
    pub(super) client: C,
    /// Subscribed before the client was made, so that no renewal is missed.
    pub(super) renewed: watch::Receiver<()>,
    pub(super) retry: RetrySettings,
    /// Time that one attempt may take.
    pub(super) timeout: Option<Duration>,
    pub(super) max_in_flight: usize,
    pub(super) metrics: ExporterMetrics,
}

/// Shared by all messages of one running exporter.
pub(super) struct Running<C> {
    pub(super) node: Node<C>,
    places: Semaphore,
    /// Cancelled when the drain is over.
    pub(super) stop: CancellationToken,
    quiet_until: Cell<Option<Instant>>,
}

impl<C: Client> Running<C> {
    pub(super) fn new(node: Node<C>) -> Rc<Self> {
        Rc::new(Self {
            places: Semaphore::new(node.max_in_flight),
            stop: CancellationToken::new(),
            quiet_until: Cell::new(None),
            node,
        })
    }

    /// Delivers a message, or gives up once nobody waits for it any more.
    pub(super) async fn deliver(self: Rc<Self>, job: Job) -> Done {
        let Job {
            call,
            signal,
            content,
            delivery,
        } = job;
        let bytes = content.len();
        let result = tokio::select! {
            biased;
            lost = given_up(call.as_deref()) => Err(lost),
            () = self.stop.cancelled() => Err(Error::cancelled(CancelCause::Shutdown).into()),
            result = self.export(call.as_deref(), signal, content) => result.map_err(Lost::Failed),
        };
        Done {
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
        let node = &self.node;
        let (headers, dropped) = call
            .map(|call| headers_of(&node.client, call))
            .unwrap_or_default();
        if dropped > 0 {
            node.shared
                .dropped_headers
                .fetch_add(dropped, Ordering::Relaxed);
        }
        let mut place = self.place().await;
        let body = node.client.body(content)?;
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
            drop(place);
            self.log(&failure);
            let now = Instant::now();
            let remaining = time_left(call, now);
            let elapsed = now.saturating_duration_since(start);
            let Some(wait) = node
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
            place = self.place().await;
        }
    }

    /// Makes one attempt; the first one has number 1.
    async fn attempt(
        &self,
        call: Option<&Call>,
        number: u32,
        request: Request,
    ) -> Result<Success, Failure> {
        let remaining = time_left(call, Instant::now());
        if remaining.is_some_and(|remaining| remaining < LEAST) {
            return Err(Error::timeout().into());
        }
        if let Some(call) = call {
            call.note_attempt();
        }
        self.node.metrics.attempt(number);
        let timeout = self.node.timeout;
        let limit = remaining.into_iter().chain(timeout).min();
        let send = self.node.client.send(request, limit);
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
        self.node.max_in_flight - self.places.available_permits()
    }

    async fn place(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed, so there always is one.
        self.places.acquire().await.ok()
    }

    /// The message of a downstream must not tell where it is.
    fn without_addresses(&self, mut success: Success) -> Success {
        let addresses = self.node.client.addresses();
        if let Some(hidden) = success.message.as_deref().and_then(|it| addresses.hide(it)) {
            success.message = Some(hidden.into());
        }
        success
    }

    /// Nor must that of an error; and a downstream that is exhausted may not say for how long.
    fn finished(&self, mut error: Error) -> Error {
        if let Cow::Owned(message) = &error.message
            && let Some(hidden) = self.node.client.addresses().hide(message)
        {
            error.message = hidden.into();
        }
        if error.kind == ErrorKind::ResourceExhausted && error.retry_delay.is_none() {
            error.retry_delay = Some(self.node.shared.config.retry_delay());
        }
        error
    }

    fn step(&self, call: Option<&Call>, text: impl FnOnce() -> String) {
        if let Some(call) = call {
            self.node.shared.calls.step(call, text);
        }
    }

    fn log(&self, failure: &Failure) {
        let Some(detail) = &failure.detail else {
            return;
        };
        let now = Instant::now();
        if self.quiet_until.get().is_none_or(|until| until <= now) {
            self.quiet_until.set(Some(now + LOG_INTERVAL));
            let text = format!("{} ({detail})", failure.error.message);
            self.node.shared.log(LogLevel::Warn, C::TARGET, text);
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
async fn given_up(call: Option<&Call>) -> Lost {
    let Some(call) = call else {
        return std::future::pending().await;
    };
    tokio::select! {
        biased;
        () = call.finished() => {}
        () = tokio::time::sleep_until(call.deadline().into()) => {}
    }
    match call.ending() {
        None => Lost::Failed(Error::timeout()),
        Some(Ending {
            failure: Some(kind),
            ..
        }) => Lost::GivenUp(kind),
        Some(_) => std::future::pending().await,
    }
}
