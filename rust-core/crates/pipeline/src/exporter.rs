// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Exporters that obey the call: `otlp_grpc` and `otlp_http`.
//!
//! Both run the same [`Node`]; they differ in their [`Client`].

mod answer;
mod checked;
mod delivery;
mod factory;
mod grpc;
mod http;
mod metrics;
mod node;
mod retry;
mod retry_after;

use std::future::Future;
use std::time::Duration;

use ::http::{HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use ferrule_context::{Call, Error, Outbound, OutboundRules, Success};
use otel_arrow_dfe_config::SignalType;
use otel_arrow_dfe_config::error::Error as ConfigError;
use tokio::sync::Semaphore;

pub(crate) use self::answer::{REFUSED, of_grpc_code, of_status};
use self::retry::RetrySettings;
use crate::shared::{Shared, TRACE_PARENT, TRACE_STATE};
use crate::text::Addresses;

/// What we call ourselves, unless the configuration says otherwise.
const USER_AGENT: &str = concat!("ferrule/", env!("CARGO_PKG_VERSION"));

/// Longest `tracestate` that goes out; W3C asks for no more.
const MOST_TRACE_STATE: usize = 512;

/// Requests of one exporter that may be under way at once.
const fn default_max_in_flight() -> usize {
    128
}

/// The configuration of an exporter.
trait Settings: Sized + 'static {
    /// Reads and checks it.
    fn read(config: &serde_json::Value) -> Result<Self, ConfigError>;

    /// Headers that every request carries.
    fn header_names(&self) -> impl Iterator<Item = &str>;

    /// Time of one attempt, which from now on is the exporter's to watch.
    fn take_timeout(&mut self) -> Option<Duration>;

    fn retry(&self) -> &RetrySettings;

    /// Requests that may be under way at once.
    fn max_in_flight(&self) -> usize;
}

/// Whether a limit is one, else what is wrong with it.
fn check_limit(name: &str, value: usize) -> Result<(), String> {
    if value == 0 {
        return Err(format!("{name} must be at least 1"));
    }
    if value > Semaphore::MAX_PERMITS {
        return Err(format!("{name} must be at most {}", Semaphore::MAX_PERMITS));
    }
    Ok(())
}

/// What a protocol does for an exporter.
trait Client: Sized + 'static {
    /// Name in logs.
    const TARGET: &'static str;

    type Settings: Settings;
    type ConnectError: std::error::Error;

    /// Opens the connections.
    async fn connect(
        settings: Self::Settings,
        rules: OutboundRules,
        shared: &Shared,
    ) -> Result<Self, Self::ConnectError>;

    /// Opens new connections for what is sent from now on, if the host renewed what they are made
    /// with. After an error those of before are used.
    fn renew(&self, shared: &Shared) -> impl Future<Output = Result<(), String>>;

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
    ) -> impl Future<Output = Result<Success, Failure>>;
}

/// What is sent, again for each attempt.
#[derive(Clone)]
struct Request {
    signal: SignalType,
    body: Bytes,
    headers: HeaderMap,
}

/// A failed attempt.
#[derive(Debug)]
struct Failure {
    error: Error,
    /// What the transport says, for the log only: it may name addresses.
    detail: Option<String>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            error,
            detail: None,
        }
    }
}

impl Failure {
    /// There was no connection, so nothing was sent.
    fn unreachable(detail: &dyn std::error::Error) -> Self {
        Self {
            error: Error::retryable("the downstream cannot be reached").during(answer::EXPORT),
            detail: Some(chain(detail)),
        }
    }

    /// The connection broke, or was used for something else than the protocol.
    fn lost(detail: &dyn std::error::Error) -> Self {
        Self {
            error: Error {
                delivery_unknown: true,
                ..Error::retryable("the connection to the downstream was lost before its answer")
            }
            .during(answer::EXPORT),
            detail: Some(chain(detail)),
        }
    }
}

/// The downstream said that it has the data, but not in a way that can be read; sending it again
/// would duplicate it.
fn unreadable() -> Error {
    Error::permanent("the downstream took the data, but its answer cannot be read")
        .during(answer::EXPORT)
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    crate::text::clean(&text)
}

/// What goes out for a call: the headers that the context's settings let out, and its trace.
/// Headers of the configuration win. The second value counts what cannot be sent.
fn headers_of<C: Client>(client: &C, call: &Call) -> (HeaderMap, u64) {
    let outbound = client.outbound(call);
    let mut headers = HeaderMap::with_capacity(outbound.pairs.len() + 3);
    let mut dropped = outbound.dropped as u64;
    for (name, value) in &outbound.pairs {
        match (name.parse::<HeaderName>(), HeaderValue::from_bytes(value)) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(true);
                headers.append(name, value);
            }
            _ => dropped += 1,
        }
    }
    if let Some(trace) = call.trace()
        && !client.has_static(TRACE_PARENT)
    {
        put(&mut headers, TRACE_PARENT, &trace.traceparent());
        let state = trace.trace_state_within(MOST_TRACE_STATE);
        if !state.is_empty() {
            put(&mut headers, TRACE_STATE, &state);
        }
    }
    (headers, dropped)
}

/// The values are ours, or were checked when the call came.
fn put(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
