// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The error of a call.

mod convert;
mod details;
mod kind;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

pub use self::details::Details;
pub use self::kind::{CancelCause, ErrorKind};

const INVALID_ARGUMENT: u8 = 3;
const PERMISSION_DENIED: u8 = 7;
const RESOURCE_EXHAUSTED: u8 = 8;
const UNIMPLEMENTED: u8 = 12;
const UNAUTHENTICATED: u8 = 16;

/// What a gRPC code beyond 16 stands for (gRPC, "Status codes and their use").
const UNKNOWN: u8 = 2;

/// Failure of a call: its kind, the codes for gRPC and HTTP, and a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// Kind of the failure.
    pub kind: ErrorKind,
    /// Specific gRPC code, if it differs from the kind's; 0 counts as none, one beyond 16 as
    /// `UNKNOWN`. Kinds that take none keep it for the record only.
    pub grpc_code: Option<u8>,
    /// HTTP status of the answer, if it differs from the kind's.
    pub http_status: Option<u16>,
    /// HTTP status that a downstream answered with.
    pub downstream_http_status: Option<u16>,
    /// Delay before a retry: `RetryInfo` of gRPC, `Retry-After` of HTTP.
    pub retry_delay: Option<Duration>,
    /// Why the call was cancelled.
    pub cause: Option<CancelCause>,
    /// Whether the data may have been delivered all the same.
    pub delivery_unknown: bool,
    /// Message for the caller, without payloads and credentials.
    pub message: Cow<'static, str>,
    /// What was being done, as `export`, `batch` or `decode`; a short name, or empty.
    pub operation: &'static str,
    /// Where code and message come from if not from Ferrule, as `grpc` or `http` for the answer of
    /// a downstream; a short name, or empty.
    pub origin: &'static str,
    /// Details of the downstream's answer.
    pub details: Option<Arc<Details>>,
}

impl Error {
    /// Longest delay: 2^31 - 1 seconds, some 68 years. Longer ones mean the same to a client (RFC
    /// 9111, section 1.2.2).
    pub const LONGEST_DELAY: Duration = Duration::from_secs(0x7fff_ffff);

    /// An error with the defaults of its kind.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            grpc_code: None,
            http_status: None,
            downstream_http_status: None,
            retry_delay: None,
            cause: None,
            delivery_unknown: false,
            message: message.into(),
            operation: "",
            origin: "",
            details: None,
        }
    }

    /// A failure that retrying cannot help: `INTERNAL`, 500.
    pub fn permanent(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Permanent, message)
    }

    /// A payload that is not what it says it is: `INVALID_ARGUMENT`, 400.
    pub fn invalid_payload(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            grpc_code: Some(INVALID_ARGUMENT),
            http_status: Some(400),
            ..Self::permanent(message)
        }
    }

    /// A payload that is larger than allowed: `RESOURCE_EXHAUSTED` for good, 413.
    pub fn payload_too_large(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            grpc_code: Some(RESOURCE_EXHAUSTED),
            http_status: Some(413),
            ..Self::permanent(message)
        }
    }

    /// A caller that is not known: `UNAUTHENTICATED`, 401.
    pub fn unauthenticated(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            grpc_code: Some(UNAUTHENTICATED),
            ..Self::permanent(message)
        }
    }

    /// A caller that may not do this: `PERMISSION_DENIED`, 403.
    pub fn denied(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            grpc_code: Some(PERMISSION_DENIED),
            ..Self::permanent(message)
        }
    }

    /// A request for what is not offered: `UNIMPLEMENTED`, 404.
    pub fn unsupported(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            grpc_code: Some(UNIMPLEMENTED),
            ..Self::permanent(message)
        }
    }

    /// A request that cannot be served as configured: `INVALID_ARGUMENT`, 400.
    pub fn configuration(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Configuration, message)
    }

    /// A panic that was caught: a bug, which retrying does not mend. Its text is for the log alone,
    /// because it may hold anything.
    #[must_use]
    pub fn panicked() -> Self {
        Self {
            origin: "panic",
            ..Self::permanent("an internal error occurred; the log tells more")
        }
    }

    /// A failure that retrying may help: `UNAVAILABLE`, 503.
    pub fn retryable(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Retryable, message)
    }

    /// A limit that was reached, and when to try again: `RESOURCE_EXHAUSTED`, 429.
    pub fn exhausted(message: impl Into<Cow<'static, str>>, retry_delay: Duration) -> Self {
        Self {
            retry_delay: Some(retry_delay),
            ..Self::new(ErrorKind::ResourceExhausted, message)
        }
    }

    /// A deadline that passed: `DEADLINE_EXCEEDED`, 504.
    #[must_use]
    pub fn timeout() -> Self {
        Self::new(ErrorKind::Timeout, "the deadline has passed")
    }

    /// A cancellation: `CANCELLED`, 499.
    #[must_use]
    pub fn cancelled(cause: CancelCause) -> Self {
        Self {
            cause: Some(cause),
            ..Self::new(ErrorKind::Cancelled, cause.text())
        }
    }

    /// The loss of a call whose pipeline ended while it had the data: `UNAVAILABLE`, 503.
    #[must_use]
    pub fn lost() -> Self {
        Self {
            delivery_unknown: true,
            ..Self::retryable(
                "the pipeline was restarted; whether the data was delivered is unknown",
            )
        }
    }

    /// Tells what was being done, unless that is known already.
    #[must_use]
    pub fn during(mut self, operation: &'static str) -> Self {
        if self.operation.is_empty() {
            self.operation = operation;
        }
        self
    }

    /// Whether retrying cannot help. The gRPC codes 3, 7, 12 and 16, which OTLP/gRPC ("Failures")
    /// does not let clients retry, are always permanent.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        self.kind.is_permanent()
            || matches!(
                self.specific_code(),
                Some(INVALID_ARGUMENT | PERMISSION_DENIED | UNIMPLEMENTED | UNAUTHENTICATED)
            )
    }

    /// The gRPC code: the specific one where the kind takes one, else the kind's.
    #[must_use]
    pub fn effective_grpc_code(&self) -> u8 {
        self.specific_code().unwrap_or(self.kind.grpc_code())
    }

    /// The HTTP status: the specific one, else the kind's. The host may answer with another, where
    /// it knows one that says more and means the same.
    #[must_use]
    pub fn effective_http_status(&self) -> u16 {
        self.http_status.unwrap_or(self.kind.http_status())
    }

    /// Operation, origin and details as a JSON object: `{"details":[...],"source":"...",
    /// "operation":"..."}`, without what is not known; none if nothing is.
    #[must_use]
    pub fn details_json(&self) -> Option<String> {
        let elements = self.details.as_deref().map_or("", Details::elements);
        if elements.is_empty() && self.origin.is_empty() && self.operation.is_empty() {
            return None;
        }
        // Not with serde_json, because the elements are JSON already
        let mut json =
            String::with_capacity(elements.len() + self.origin.len() + self.operation.len() + 48);
        json.push('{');
        if !elements.is_empty() {
            json.extend(["\"details\":[", elements, "]"]);
        }
        for (key, name) in [("source", self.origin), ("operation", self.operation)] {
            if !name.is_empty() {
                let comma = if json.len() == 1 { "" } else { "," };
                json.extend([comma, "\"", key, "\":\""]);
                json.extend(name.split(|c: char| matches!(c, '"' | '\\' | '\0'..='\x1f')));
                json.push('"');
            }
        }
        json.push('}');
        Some(json)
    }

    /// How many parts of the downstream's answer could not be passed on.
    #[must_use]
    pub fn left_out(&self) -> u32 {
        self.details.as_deref().map_or(0, Details::left_out)
    }

    /// The specific code, if it is one and the kind takes one.
    fn specific_code(&self) -> Option<u8> {
        match self.grpc_code? {
            0 => None,
            _ if !self.kind.takes_code() => None,
            code @ 1..=16 => Some(code),
            _ => Some(UNKNOWN),
        }
    }
}

#[cfg(test)]
mod tests;
