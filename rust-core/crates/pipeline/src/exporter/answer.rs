// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What the answer of a downstream means.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use ferrule_context::{Details, Error, ErrorKind, Success};
use prost::Message;
use serde_json::{Map, Value};
use tonic::Status;

use crate::text::{clean, digits};

const RETRY_INFO: &str = "google.rpc.RetryInfo";

/// What was being done, as errors tell.
pub(super) const EXPORT: &str = "export";

/// What a refusal without a message says.
pub(crate) const REFUSED: &str = "the downstream refused the data";

/// `google.rpc.Status`. Texts and details are bytes, so that one that is malformed does not take
/// the others with it.
#[derive(Clone, PartialEq, Message)]
struct RpcStatus {
    #[prost(bytes = "vec", tag = "2")]
    message: Vec<u8>,
    #[prost(bytes = "vec", repeated, tag = "3")]
    details: Vec<Vec<u8>>,
}

/// `google.rpc.RetryInfo`.
#[derive(Clone, PartialEq, Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    retry_delay: Option<prost_types::Duration>,
}

/// The answer to any signal; the fields have the same numbers in all three.
#[derive(Clone, PartialEq, Message)]
struct ExportResponse {
    #[prost(message, optional, tag = "1")]
    partial_success: Option<PartialSuccess>,
}

/// Which part the downstream did not take.
#[derive(Clone, PartialEq, Message)]
struct PartialSuccess {
    #[prost(int64, tag = "1")]
    rejected: i64,
    #[prost(string, tag = "2")]
    error_message: String,
}

/// What a downstream says beside code and status. What cannot be read says nothing, and is counted.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) message: String,
    pub(super) retry_delay: Option<Duration>,
    /// Whether there was a `RetryInfo`, whose delay may have been none.
    throttles: bool,
    details: Details,
}

impl Said {
    /// Reads a `google.rpc.Status`.
    pub(super) fn from_protobuf(bytes: &[u8]) -> Self {
        let mut said = Self::default();
        let Ok(status) = RpcStatus::decode(bytes) else {
            said.leave_out();
            return said;
        };
        said.message = String::from_utf8_lossy(&status.message).into_owned();
        for detail in &status.details {
            match prost_types::Any::decode(&**detail) {
                Ok(any) if is_retry_info(&any.type_url) => {
                    said.throttle(RetryInfo::decode(&*any.value).ok().and_then(|info| {
                        let delay = info.retry_delay.unwrap_or_default();
                        duration(delay.seconds, delay.nanos)
                    }));
                }
                Ok(any) => said
                    .details
                    .push_protobuf(&clean(&any.type_url), &any.value),
                Err(_) => said.leave_out(),
            }
        }
        said
    }

    /// Reads a `google.rpc.Status` in JSON.
    pub(super) fn from_json(bytes: &[u8]) -> Self {
        let mut said = Self::default();
        let Ok(status) = serde_json::from_str::<Value>(&String::from_utf8_lossy(bytes)) else {
            if !bytes.is_empty() {
                said.leave_out();
            }
            return said;
        };
        said.message = status["message"].as_str().unwrap_or_default().to_owned();
        for detail in status["details"].as_array().into_iter().flatten() {
            if detail["@type"].as_str().is_some_and(is_retry_info) {
                said.throttle(match &detail["retryDelay"] {
                    Value::Null => Some(Duration::ZERO),
                    delay => delay.as_str().and_then(json_duration),
                });
            } else {
                said.details.push_json(detail);
            }
        }
        said
    }

    /// Takes text as it is.
    pub(super) fn from_text(bytes: &[u8]) -> Self {
        Self {
            message: String::from_utf8_lossy(bytes).trim().to_owned(),
            ..Self::default()
        }
    }

    /// Counts a part of the answer that cannot be read.
    pub(super) fn leave_out(&mut self) {
        self.details.leave_out();
    }

    /// A delay that cannot be read is none at all. The first one counts.
    fn throttle(&mut self, delay: Option<Duration>) {
        self.throttles = true;
        if delay.is_none() {
            self.leave_out();
        }
        self.retry_delay = self.retry_delay.or(delay);
    }

    fn details(self) -> Option<Arc<Details>> {
        (self.details != Details::default()).then(|| Arc::new(self.details))
    }
}

fn is_retry_info(type_url: &str) -> bool {
    type_url.rsplit('/').next() == Some(RETRY_INFO)
}

/// The error that a code of a downstream stands for. Its own deadline and its own cancellation
/// are not ours, so they may be retried; exhaustion only if it says when.
pub(crate) fn of_grpc_code(code: u8, message: String, retry_delay: Option<Duration>) -> Error {
    let grpc_code = Some(code);
    let message: Cow<'static, str> = if message.trim().is_empty() {
        REFUSED.into()
    } else {
        message.into()
    };
    let error = match (code, retry_delay) {
        (8, Some(delay)) => Error::exhausted(message, delay),
        (1 | 4 | 10 | 11 | 14 | 15, retry_delay) => Error {
            grpc_code,
            retry_delay,
            ..Error::retryable(message)
        },
        _ => Error {
            grpc_code,
            ..Error::permanent(message)
        },
    };
    error.during(EXPORT)
}

/// The error that a gRPC status stands for, as an answer of a downstream.
pub(crate) fn of_status(status: &Status) -> Error {
    // tonic takes codes that it does not know for UNKNOWN
    let code = u8::try_from(i32::from(status.code())).unwrap_or(2);
    of_grpc(code, status.message(), status.details())
}

fn of_grpc(code: u8, message: &str, details: &[u8]) -> Error {
    let said = Said::from_protobuf(details);
    let retry_delay = said
        .retry_delay
        .or(said.throttles.then_some(Duration::ZERO));
    let error = of_grpc_code(code, clean(message), retry_delay);
    Error {
        retry_delay: error.retry_delay.and(said.retry_delay),
        origin: "grpc",
        details: said.details(),
        ..error
    }
}

/// The error that an HTTP status other than a success stands for. Where none is named, the delay
/// of a 429 is left open: a retry of ours then follows its own pace.
pub(super) fn of_http(status: u16, said: Said) -> Error {
    let grpc_code = match status {
        400 => 3,
        401 => 16,
        403 => 7,
        404 => 12,
        413 | 429 => 8,
        502..=504 => 14,
        _ => 2,
    };
    let kind = match status {
        429 => ErrorKind::ResourceExhausted,
        502..=504 => ErrorKind::Retryable,
        _ => ErrorKind::Permanent,
    };
    let message = match clean(&said.message) {
        empty if empty.trim().is_empty() => status_message(status),
        message => message.into(),
    };
    let error = Error::new(kind, message);
    Error {
        grpc_code: (grpc_code != kind.grpc_code()).then_some(grpc_code),
        // What is no status means nothing to the next client
        downstream_http_status: (100..600).contains(&status).then_some(status),
        retry_delay: said.retry_delay.filter(|_| !error.is_permanent()),
        origin: "http",
        details: said.details(),
        ..error
    }
    .during(EXPORT)
}

/// Those that come in masses cost nothing.
fn status_message(status: u16) -> Cow<'static, str> {
    match status {
        429 => "the downstream answered with HTTP status 429".into(),
        502 => "the downstream answered with HTTP status 502".into(),
        503 => "the downstream answered with HTTP status 503".into(),
        504 => "the downstream answered with HTTP status 504".into(),
        _ => format!("the downstream answered with HTTP status {status}").into(),
    }
}

/// A success, with what the downstream did not take of it.
pub(super) fn success(rejected_items: i64, message: &str) -> Success {
    Success {
        rejected_items: rejected_items.max(0),
        message: (!message.is_empty()).then(|| clean(message).into()),
    }
}

/// Reads the answer to an export; none if it is no such answer.
pub(super) fn success_from_protobuf(bytes: &[u8]) -> Option<Success> {
    let response = ExportResponse::decode(bytes).ok()?;
    let partial = response.partial_success.unwrap_or_default();
    Some(success(partial.rejected, &partial.error_message))
}

/// As [`success_from_protobuf`], in JSON.
pub(super) fn success_from_json(bytes: &[u8]) -> Option<Success> {
    let response: Map<String, Value> = serde_json::from_slice(bytes).ok()?;
    let Some(partial) = response.get("partialSuccess") else {
        return Some(Success::default());
    };
    // 64-bit numbers are strings in JSON, but not everybody knows
    let rejected = ["rejectedSpans", "rejectedDataPoints", "rejectedLogRecords"]
        .into_iter()
        .filter_map(|name| match partial.get(name)? {
            Value::String(text) => text.parse().ok(),
            number => number.as_i64(),
        })
        .fold(0, i64::saturating_add);
    let message = partial.get("errorMessage").and_then(Value::as_str);
    Some(success(rejected, message.unwrap_or_default()))
}

/// Negative delays, and those that are none by `google.protobuf.Duration`, are none at all.
fn duration(seconds: i64, nanos: i32) -> Option<Duration> {
    let seconds = u64::try_from(seconds).ok()?;
    let nanos = u32::try_from(nanos).ok().filter(|it| *it < 1_000_000_000)?;
    Some(Duration::new(seconds, nanos).min(Error::LONGEST_DELAY))
}

/// `google.protobuf.Duration` in JSON: seconds with at most nine digits behind the point.
fn json_duration(text: &str) -> Option<Duration> {
    let text = text.strip_suffix('s')?;
    let (seconds, nanos) = text.split_once('.').unwrap_or((text, "0"));
    let scale = 9_u32.checked_sub(u32::try_from(nanos.len()).ok()?)?;
    let nanos = digits(nanos)? * 10_u64.pow(scale);
    let seconds = i64::try_from(digits(seconds)?).unwrap_or(i64::MAX);
    duration(seconds, i32::try_from(nanos).ok()?)
}

#[cfg(test)]
mod tests;
