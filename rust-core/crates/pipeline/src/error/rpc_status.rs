// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! `google.rpc.Status`, in which downstreams answer, in protobuf and in JSON.

use std::sync::Arc;
use std::time::Duration;

use ferrule_context::{Details, Error};
use prost::Message;
use serde_json::Value;

use crate::text::{clean, digits};

pub(super) const RETRY_INFO: &str = "google.rpc.RetryInfo";

/// `google.rpc.Status`. Texts and details are bytes, so that one that is malformed does not take
/// the others with it.
#[derive(Clone, PartialEq, Message)]
pub(super) struct RpcStatus {
    #[prost(bytes = "vec", tag = "2")]
    pub(super) message: Vec<u8>,
    #[prost(bytes = "vec", repeated, tag = "3")]
    pub(super) details: Vec<Vec<u8>>,
}

/// `google.rpc.RetryInfo`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    pub(super) retry_delay: Option<prost_types::Duration>,
}

/// Message, delay and details of a downstream's answer, beside its code. What cannot be read is
/// left out, and counted.
#[derive(Debug, Default)]
pub(crate) struct DownstreamStatus {
    pub(crate) message: String,
    pub(crate) retry_delay: Option<Duration>,
    /// Whether there was a `RetryInfo`, whose delay may have been none.
    pub(super) throttles: bool,
    details: Details,
}

impl DownstreamStatus {
    /// Reads a `google.rpc.Status`.
    pub(crate) fn from_protobuf(bytes: &[u8]) -> Self {
        let mut read = Self::default();
        let Ok(status) = RpcStatus::decode(bytes) else {
            read.leave_out();
            return read;
        };
        read.message = String::from_utf8_lossy(&status.message).into_owned();
        for detail in &status.details {
            match prost_types::Any::decode(&**detail) {
                Ok(any) if is_retry_info(&any.type_url) => {
                    read.throttle(RetryInfo::decode(&*any.value).ok().and_then(|info| {
                        let delay = info.retry_delay.unwrap_or_default();
                        duration(delay.seconds, delay.nanos)
                    }));
                }
                Ok(any) => read
                    .details
                    .push_protobuf(&clean(&any.type_url), &any.value),
                Err(_) => read.leave_out(),
            }
        }
        read
    }

    /// Reads a `google.rpc.Status` in JSON.
    pub(crate) fn from_json(bytes: &[u8]) -> Self {
        let mut read = Self::default();
        let Ok(status) = serde_json::from_str::<Value>(&String::from_utf8_lossy(bytes)) else {
            if !bytes.is_empty() {
                read.leave_out();
            }
            return read;
        };
        read.message = status["message"].as_str().unwrap_or_default().to_owned();
        for detail in status["details"].as_array().into_iter().flatten() {
            if detail["@type"].as_str().is_some_and(is_retry_info) {
                read.throttle(match &detail["retryDelay"] {
                    Value::Null => Some(Duration::ZERO),
                    delay => delay.as_str().and_then(json_duration),
                });
            } else {
                read.details.push_json(detail);
            }
        }
        read
    }

    /// Takes text as it is.
    pub(crate) fn from_text(bytes: &[u8]) -> Self {
        Self {
            message: String::from_utf8_lossy(bytes).trim().to_owned(),
            ..Self::default()
        }
    }

    /// Counts a part of the answer that cannot be read.
    pub(crate) fn leave_out(&mut self) {
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

    pub(super) fn details(self) -> Option<Arc<Details>> {
        (self.details != Details::default()).then(|| Arc::new(self.details))
    }
}

fn is_retry_info(type_url: &str) -> bool {
    type_url.rsplit('/').next() == Some(RETRY_INFO)
}

/// Negative delays, and those that are none by `google.protobuf.Duration`, are none at all.
fn duration(seconds: i64, nanos: i32) -> Option<Duration> {
    let seconds = u64::try_from(seconds).ok()?;
    let nanos = u32::try_from(nanos).ok().filter(|it| *it < 1_000_000_000)?;
    Some(Duration::new(seconds, nanos).min(Error::LONGEST_DELAY))
}

/// `google.protobuf.Duration` in JSON: seconds with at most nine digits behind the point. By hand,
/// because `prost_types::Duration` takes more of them, and refuses seconds beyond 64 bits, which
/// are a long delay here.
pub(super) fn json_duration(text: &str) -> Option<Duration> {
    let text = text.strip_suffix('s')?;
    let (seconds, nanos) = text.split_once('.').unwrap_or((text, "0"));
    let scale = 9_u32.checked_sub(u32::try_from(nanos.len()).ok()?)?;
    let nanos = digits(nanos)? * 10_u64.pow(scale);
    let seconds = i64::try_from(digits(seconds)?).unwrap_or(i64::MAX);
    duration(seconds, i32::try_from(nanos).ok()?)
}
