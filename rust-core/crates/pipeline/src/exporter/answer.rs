// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What the answer of a downstream means.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ferrule_context::{Error, ErrorKind, Success};
use prost::Message;
use serde_json::{Map, Value, json};

use crate::text::clean;

const RETRY_INFO: &str = "google.rpc.RetryInfo";

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, Message)]
struct RpcStatus {
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<prost_types::Any>,
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

/// What a downstream says beside code and status.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) message: String,
    pub(super) retry_delay: Option<Duration>,
    details: Vec<Value>,
}

impl Said {
    /// Reads a `google.rpc.Status`; what cannot be read says nothing.
    pub(super) fn from_protobuf(bytes: &[u8]) -> Self {
        let Ok(status) = RpcStatus::decode(bytes) else {
            return Self::default();
        };
        let mut said = Self {
            message: status.message,
            ..Self::default()
        };
        for detail in status.details {
            if detail.type_url.ends_with(RETRY_INFO) {
                said.retry_delay = RetryInfo::decode(&*detail.value)
                    .ok()
                    .and_then(|info| info.retry_delay)
                    .map(|delay| duration(delay.seconds, delay.nanos));
            } else {
                said.details.push(json!({
                    "@type": clean(&detail.type_url),
                    "value": STANDARD.encode(&detail.value),
                }));
            }
        }
        said
    }

    /// Reads a `google.rpc.Status` in JSON.
    pub(super) fn from_json(bytes: &[u8]) -> Self {
        let status: Value = serde_json::from_slice(bytes).unwrap_or_default();
        let mut said = Self {
            message: status["message"].as_str().unwrap_or_default().to_owned(),
            ..Self::default()
        };
        for detail in status["details"].as_array().into_iter().flatten() {
            let is_retry_info = detail["@type"]
                .as_str()
                .is_some_and(|name| name.ends_with(RETRY_INFO));
            if is_retry_info {
                said.retry_delay = detail["retryDelay"].as_str().and_then(json_duration);
            } else {
                said.details.push(detail.clone());
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

    fn message(&self) -> String {
        clean(&self.message)
    }

    fn details(&self) -> Option<Box<str>> {
        (!self.details.is_empty()).then(|| json!({"details": self.details}).to_string().into())
    }
}

/// The error that a code of a downstream stands for. Its own deadline and its own cancellation
/// are not ours, so they may be retried; exhaustion only if it says when.
pub(crate) fn of_grpc_code(code: u8, message: String, retry_delay: Option<Duration>) -> Error {
    let grpc_code = Some(code);
    match (code, retry_delay) {
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
    }
}

/// The error that a gRPC status stands for.
pub(super) fn of_grpc(code: u8, message: &str, details: &[u8]) -> Error {
    let said = Said::from_protobuf(details);
    Error {
        details: said.details(),
        ..of_grpc_code(code, clean(message), said.retry_delay)
    }
}

/// The error that an HTTP status other than a success stands for. Where none is named, the delay
/// of a 429 is left open: a retry of ours then follows its own pace.
pub(super) fn of_http(status: u16, said: &Said) -> Error {
    let message = match said.message() {
        empty if empty.trim().is_empty() => {
            format!("the downstream answered with HTTP status {status}")
        }
        message => message,
    };
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
    let error = Error::new(kind, message);
    Error {
        grpc_code: (grpc_code != kind.grpc_code()).then_some(grpc_code),
        downstream_http_status: Some(status),
        retry_delay: said.retry_delay.filter(|_| !error.is_permanent()),
        details: said.details(),
        ..error
    }
}

/// A success, with what the downstream did not take of it.
pub(super) fn success(rejected_items: i64, message: &str) -> Success {
    Success {
        rejected_items,
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
        .sum();
    let message = partial.get("errorMessage").and_then(Value::as_str);
    Some(success(rejected, message.unwrap_or_default()))
}

/// Negative delays are none at all.
fn duration(seconds: i64, nanos: i32) -> Duration {
    match (u64::try_from(seconds), u32::try_from(nanos)) {
        (Ok(seconds), Ok(nanos)) if nanos < 1_000_000_000 => Duration::new(seconds, nanos),
        _ => Duration::ZERO,
    }
}

/// `google.protobuf.Duration` in JSON: seconds with at most nine digits behind the point.
fn json_duration(text: &str) -> Option<Duration> {
    let seconds: f64 = text.strip_suffix('s')?.parse().ok()?;
    Duration::try_from_secs_f64(seconds.max(0.0)).ok()
}

#[cfg(test)]
mod tests;
