// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The protocol of an exporter, as a strategy.

use std::future::Future;
use std::time::Duration;

use ::http::HeaderMap;
use bytes::Bytes;
use ferrule_context::{Call, Error, Outbound, OutboundRules, Success};

use super::settings::ExporterSettings;
use crate::engine::state::EngineState;
use crate::engine_api::SignalType;
use crate::error::operation::EXPORT;
use crate::text::{Addresses, clean};

/// The user agent, unless the configuration names one.
pub(super) const USER_AGENT: &str = concat!("ferrule/", env!("CARGO_PKG_VERSION"));

/// A strategy for one protocol: connections, headers, and one attempt to send.
pub(super) trait Client: Sized + 'static {
    /// Name in logs.
    const TARGET: &'static str;

    type Settings: ExporterSettings;
    type ConnectError: std::error::Error;

    /// Opens the connections.
    async fn connect(
        settings: Self::Settings,
        rules: OutboundRules,
        engine: &EngineState,
    ) -> Result<Self, Self::ConnectError>;

    /// Opens new connections for what is sent from now on, if the host renewed what they are made
    /// with. After an error those of before are used.
    fn renew(&self, engine: &EngineState) -> impl Future<Output = Result<(), String>>;

    /// Headers of a call that go out, and how many values the protocol cannot carry.
    fn outbound<'a>(&'a self, call: &'a Call) -> Outbound<'a>;

    /// Whether every request carries this header, so that none of a call may replace it.
    fn has_static(&self, name: &str) -> bool;

    /// Where it sends to.
    fn addresses(&self) -> &Addresses;

    /// The body of a request with this content.
    fn body(&self, content: Bytes) -> Result<Bytes, Error>;

    /// Sends a request once, within `limit` if there is one.
    ///
    /// # Cancel safety
    /// Dropping the future ends the request on the wire.
    fn send(
        &self,
        request: Request,
        limit: Option<Duration>,
    ) -> impl Future<Output = Result<Success, AttemptError>>;
}

/// A request, which is sent again for each attempt.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) signal: SignalType,
    pub(super) body: Bytes,
    pub(super) headers: HeaderMap,
}

/// The error of one attempt.
#[derive(Debug)]
pub(super) struct AttemptError {
    pub(super) error: Error,
    /// What the transport says, for the log only: it may name addresses.
    pub(super) detail: Option<String>,
}

impl From<Error> for AttemptError {
    fn from(error: Error) -> Self {
        Self {
            error,
            detail: None,
        }
    }
}

impl AttemptError {
    /// There was no connection, so nothing was sent.
    pub(super) fn unreachable(detail: &dyn std::error::Error) -> Self {
        Self {
            error: Error::retryable("the downstream cannot be reached").during(EXPORT),
            detail: Some(chain(detail)),
        }
    }

    /// The connection broke, or was used for something else than the protocol.
    pub(super) fn lost(detail: &dyn std::error::Error) -> Self {
        Self {
            error: Error {
                delivery_unknown: true,
                ..Error::retryable("the connection to the downstream was lost before its answer")
            }
            .during(EXPORT),
            detail: Some(chain(detail)),
        }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    clean(&text)
}
