// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The view of a message's call that nodes have.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use ferrule_context::deadline::deadline_in;
use ferrule_context::{Attributes, Call, CancelCause, Error, ErrorKind, Metadata, TraceContext};

use super::effects::SendMessages;
use crate::engine::state::{CallEnded, EngineState};
use crate::engine_api::{
    EncodePolicy, OtapPdata, PdataEffectHandlerExtension, PdataEncoding, PortName, SendError,
    TypedError,
};
use crate::error::nack;
use crate::text::clean;

/// How often a full channel is tried again.
const FIRST_WAIT: Duration = Duration::from_micros(100);
const LONGEST_WAIT: Duration = Duration::from_millis(5);

static NO_METADATA: LazyLock<Metadata> = LazyLock::new(Metadata::default);
static NO_ATTRIBUTES: LazyLock<Attributes> = LazyLock::new(Attributes::default);

/// A view of the call whose data a node has at hand, around the engine's handler of the node.
pub struct ContextEffectHandler<'a, H> {
    inner: &'a H,
    engine: &'a Arc<EngineState>,
    call: Option<Arc<Call>>,
}

/// The next step for data that was processed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// Send it to the default output.
    Send,
    /// Send it to this output.
    SendTo(PortName),
    /// Nothing: the data has been dealt with, and counts as delivered.
    Done,
}

/// The error of a send, with the data that comes back.
#[derive(Debug)]
pub struct Unsent {
    /// The error.
    pub error: Error,
    /// The data, with its way back.
    pub data: Box<OtapPdata>,
}

impl<'a, H> ContextEffectHandler<'a, H> {
    /// The handler for some data.
    ///
    /// # Errors
    /// The data comes back if nobody waits for it any more.
    pub fn new(
        inner: &'a H,
        engine: &'a Arc<EngineState>,
        data: &OtapPdata,
    ) -> Result<Self, Error> {
        let call = engine.call_of(data).map_err(|CallEnded(kind)| match kind {
            ErrorKind::Timeout => Error::timeout(),
            _ => ended(),
        })?;
        Ok(Self {
            inner,
            engine,
            call,
        })
    }

    /// The handler while no data is at hand.
    #[must_use]
    pub fn without_call(inner: &'a H, engine: &'a Arc<EngineState>) -> Self {
        Self {
            inner,
            engine,
            call: None,
        }
    }

    /// The engine's handler.
    #[must_use]
    pub fn inner(&self) -> &'a H {
        self.inner
    }

    /// The engine of the node, with its settings and its log.
    #[must_use]
    pub fn engine(&self) -> &'a Arc<EngineState> {
        self.engine
    }

    /// The call; none if the data belongs to no call. That of a merged batch stands for all its
    /// members.
    #[must_use]
    pub fn call(&self) -> Option<&Arc<Call>> {
        self.call.as_ref()
    }

    /// Checks that it is not in vain to work on.
    ///
    /// # Errors
    /// `Cancelled` with its cause, or `Timeout`.
    pub fn check_deadline(&self) -> Result<(), Error> {
        let Some(call) = &self.call else {
            return Ok(());
        };
        if let Some(ending) = call.ending() {
            return Err(match ending.failure {
                Some(ErrorKind::Timeout) => Error::timeout(),
                _ => ending.cause.map_or_else(ended, Error::cancelled),
            });
        }
        match call.time_left(Instant::now()) {
            Some(_) => Ok(()),
            None => Err(Error::timeout()),
        }
    }

    /// Completes once it is in vain to work on: the call was cancelled, its deadline has passed,
    /// or it has its outcome from elsewhere. Never if the data belongs to no call.
    ///
    /// # Cancel safety
    /// Safe: nothing is lost when the future is dropped.
    pub async fn cancelled(&self) {
        match &self.call {
            Some(call) => call.finished().await,
            None => std::future::pending().await,
        }
    }

    /// Time left; none if the data belongs to no call. Zero once the deadline has passed.
    #[must_use]
    pub fn time_left(&self) -> Option<Duration> {
        let call = self.call.as_ref()?;
        Some(call.time_left(Instant::now()).unwrap_or_default())
    }

    /// Captured request headers; those of a batch are what its members have in common.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        self.call.as_ref().map_or(&NO_METADATA, |it| it.metadata())
    }

    /// The trace that the call belongs to.
    #[must_use]
    pub fn trace(&self) -> Option<&TraceContext> {
        self.call.as_ref()?.trace()
    }

    /// Application values; a batch has none.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        let call = self.call.as_ref();
        call.map_or(&NO_ATTRIBUTES, |it| it.attributes())
    }
}

impl<H: PdataEffectHandlerExtension> ContextEffectHandler<'_, H> {
    /// The content of the data as an OTLP request in protobuf, whatever it is held as.
    ///
    /// # Errors
    /// `Permanent` if it cannot be encoded.
    pub async fn encode(&self, data: &OtapPdata) -> Result<Bytes, Error> {
        let failed = |text: &dyn std::fmt::Display| {
            let text = clean(&text.to_string());
            Error::permanent(format!("the data cannot be encoded: {text}"))
        };
        let plan = self
            .inner
            .resolve_encoding_plan(&PdataEncoding::OTLP, EncodePolicy::default())
            .map_err(|error| failed(&error))?;
        // Holds the same memory
        let mut content = data.payload_ref().clone();
        let encoded = self.inner.encode_owned(&mut content, &plan).await;
        encoded.map_err(|error| failed(&error))
    }
}

impl<H: SendMessages> ContextEffectHandler<'_, H> {
    /// Sends data to the default output, waiting for room no longer than `timeout` and than
    /// somebody waits for the data.
    ///
    /// # Errors
    /// The data comes back with `ResourceExhausted` if there was no room, with `Cancelled` or
    /// `Timeout` if its call ended meanwhile, or with `Retryable` if the next node has ended.
    ///
    /// # Cancel safety
    /// The data is dropped with the future, and so is its way back.
    pub async fn send_message_with_timeout(
        &self,
        data: OtapPdata,
        timeout: Duration,
    ) -> Result<(), Unsent> {
        self.send(None, data, timeout).await
    }

    /// Sends data to a named output, as [`ContextEffectHandler::send_message_with_timeout`] does.
    ///
    /// # Errors
    /// As there, and `Configuration` if there is no such output.
    ///
    /// # Cancel safety
    /// As there.
    pub async fn send_message_to_with_timeout(
        &self,
        port: PortName,
        data: OtapPdata,
        timeout: Duration,
    ) -> Result<(), Unsent> {
        self.send(Some(port), data, timeout).await
    }

    pub(super) async fn send(
        &self,
        port: Option<PortName>,
        mut data: OtapPdata,
        timeout: Duration,
    ) -> Result<(), Unsent> {
        let until = deadline_in(Instant::now(), timeout);
        let mut wait = FIRST_WAIT;
        loop {
            if let Err(error) = self.check_deadline() {
                return Err(Unsent::new(error, data));
            }
            // A send that waits cannot be cancelled without losing the data's way back
            data = match self.try_send(port.clone(), data) {
                SendAttempt::Sent => return Ok(()),
                SendAttempt::Full(back) => back,
                SendAttempt::Failed(unsent) => return Err(unsent),
            };
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let delay = self.engine.config.retry_delay();
                let error = Error::exhausted("the pipeline is full", delay);
                return Err(Unsent::new(error, data));
            }
            tokio::select! {
                biased;
                () = self.cancelled() => {}
                () = tokio::time::sleep(wait.min(left)) => {}
            }
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    pub(super) fn try_send(&self, port: Option<PortName>, data: OtapPdata) -> SendAttempt {
        if !self.inner.has_output(port.as_ref()) {
            let error = Error::new(ErrorKind::Configuration, "the node has no such output");
            return SendAttempt::Failed(Unsent::new(error, data));
        }
        match self.inner.try_send(port, data) {
            Err(TypedError::ChannelSendError(SendError::Full(data))) => SendAttempt::Full(data),
            Err(TypedError::ChannelSendError(SendError::Closed(data))) => {
                SendAttempt::Failed(Unsent::new(nack::closed(), data))
            }
            // Other errors are about outputs that do not exist, which was looked at
            Ok(()) | Err(_) => SendAttempt::Sent,
        }
    }
}

/// The result of one attempt to send.
pub(super) enum SendAttempt {
    Sent,
    Full(OtapPdata),
    Failed(Unsent),
}

impl Unsent {
    fn new(error: Error, data: OtapPdata) -> Self {
        Self {
            error,
            data: Box::new(data),
        }
    }
}

fn ended() -> Error {
    Error::cancelled(CancelCause::Application)
}

#[cfg(test)]
mod tests;
