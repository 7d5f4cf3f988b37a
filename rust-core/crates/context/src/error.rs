// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The one error of the native side.

use std::borrow::Cow;
use std::time::Duration;

/// The six kinds of failure; numbers and default codes are those of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum ErrorKind {
    /// Retrying cannot help.
    Permanent = 1,
    /// Retrying may help.
    Retryable = 2,
    /// The call was cancelled.
    Cancelled = 3,
    /// The deadline passed.
    Timeout = 4,
    /// A limit was reached; retrying later may help.
    ResourceExhausted = 5,
    /// The request cannot be served as configured.
    Configuration = 6,
}

impl ErrorKind {
    /// All kinds, in the order of their numbers.
    pub const ALL: [Self; 6] = [
        Self::Permanent,
        Self::Retryable,
        Self::Cancelled,
        Self::Timeout,
        Self::ResourceExhausted,
        Self::Configuration,
    ];

    /// The number that crosses to the host.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The default gRPC code.
    #[must_use]
    pub const fn grpc_code(self) -> u8 {
        match self {
            Self::Permanent => 13,
            Self::Retryable => 14,
            Self::Cancelled => 1,
            Self::Timeout => 4,
            Self::ResourceExhausted => 8,
            Self::Configuration => 3,
        }
    }

    /// Whether retrying cannot help.
    #[must_use]
    pub const fn is_permanent(self) -> bool {
        matches!(self, Self::Permanent | Self::Configuration)
    }

    /// The kind's name in metrics and logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Permanent => "permanent",
            Self::Retryable => "retryable",
            Self::Cancelled => "cancelled",
            Self::Timeout => "timeout",
            Self::ResourceExhausted => "resource_exhausted",
            Self::Configuration => "configuration",
        }
    }
}

/// Why a call was cancelled; numbers are those of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum CancelCause {
    /// The client that made the request left.
    Client = 1,
    /// The application cancelled.
    Application = 2,
    /// The engine is stopping.
    Shutdown = 3,
    /// All other members of the batch are gone.
    BatchPeer = 4,
    /// The downstream cancelled.
    Downstream = 5,
}

impl CancelCause {
    /// The cause with a number; unknown numbers are the application's.
    #[must_use]
    pub const fn from_number(number: i32) -> Self {
        match number {
            1 => Self::Client,
            3 => Self::Shutdown,
            4 => Self::BatchPeer,
            5 => Self::Downstream,
            _ => Self::Application,
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Client => "the client left",
            Self::Application => "cancelled by the application",
            Self::Shutdown => "the engine is shutting down",
            Self::BatchPeer => "all other members of the batch are gone",
            Self::Downstream => "cancelled by the downstream",
        }
    }
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// Kind of the failure.
    pub kind: ErrorKind,
    /// Specific gRPC code, 1 to 16, if it differs from the kind's.
    pub grpc_code: Option<u8>,
    /// HTTP status of the answer, if it differs from the kind's.
    pub http_status: Option<u16>,
    /// Status of a downstream that spoke HTTP.
    pub downstream_http_status: Option<u16>,
    /// Delay before a retry.
    pub retry_delay: Option<Duration>,
    /// Why the call was cancelled.
    pub cause: Option<CancelCause>,
    /// Whether the data may have been delivered all the same.
    pub delivery_unknown: bool,
    /// Message for the caller.
    pub message: Cow<'static, str>,
    /// What else the downstream said, as a JSON object.
    pub details: Option<Box<str>>,
}

impl Error {
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
            details: None,
        }
    }

    /// Retrying cannot help.
    pub fn permanent(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Permanent, message)
    }

    /// The payload is not what it says it is: `INVALID_ARGUMENT`, 400.
    pub fn invalid_payload(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            grpc_code: Some(3),
            http_status: Some(400),
            ..Self::permanent(message)
        }
    }

    /// The payload is larger than allowed: `RESOURCE_EXHAUSTED` for good, 413.
    pub fn payload_too_large(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            grpc_code: Some(8),
            http_status: Some(413),
            ..Self::permanent(message)
        }
    }

    /// Retrying may help.
    pub fn retryable(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Retryable, message)
    }

    /// A limit was reached.
    pub fn exhausted(message: impl Into<Cow<'static, str>>, retry_delay: Duration) -> Self {
        Self {
            retry_delay: Some(retry_delay),
            ..Self::new(ErrorKind::ResourceExhausted, message)
        }
    }

    /// The deadline passed.
    #[must_use]
    pub fn timeout() -> Self {
        Self::new(ErrorKind::Timeout, "the deadline has passed")
    }

    /// The call was cancelled.
    #[must_use]
    pub fn cancelled(cause: CancelCause) -> Self {
        Self {
            cause: Some(cause),
            ..Self::new(ErrorKind::Cancelled, cause.text())
        }
    }

    /// The pipeline ended while it had the data.
    #[must_use]
    pub fn lost() -> Self {
        Self {
            delivery_unknown: true,
            ..Self::retryable(
                "the pipeline was restarted; whether the data was delivered is unknown",
            )
        }
    }

    /// Whether retrying cannot help. Codes 3, 7, 12 and 16 are always permanent.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        self.kind.is_permanent() || matches!(self.specific_code(), Some(3 | 7 | 12 | 16))
    }

    /// The gRPC code: the specific one where the kind takes one, else the kind's.
    #[must_use]
    pub fn effective_grpc_code(&self) -> u8 {
        self.specific_code().unwrap_or(self.kind.grpc_code())
    }

    /// Only `Permanent` and `Retryable` take a specific code.
    fn specific_code(&self) -> Option<u8> {
        match self.kind {
            ErrorKind::Permanent | ErrorKind::Retryable => self.grpc_code,
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_codes_are_those_of_the_contract() {
        let table: Vec<_> = ErrorKind::ALL
            .iter()
            .map(|kind| (kind.number(), kind.grpc_code(), kind.is_permanent()))
            .collect();
        assert_eq!(
            table,
            [
                (1, 13, true),
                (2, 14, false),
                (3, 1, false),
                (4, 4, false),
                (5, 8, false),
                (6, 3, true)
            ]
        );
    }

    #[test]
    fn invalid_argument_is_permanent_even_if_retryable() {
        let error = Error {
            grpc_code: Some(3),
            ..Error::retryable("no")
        };
        assert!(error.is_permanent());
        assert_eq!(error.effective_grpc_code(), 3);
    }

    #[test]
    fn timeout_takes_no_specific_code() {
        let error = Error {
            grpc_code: Some(3),
            ..Error::timeout()
        };
        assert_eq!(error.effective_grpc_code(), 4);
        assert!(!error.is_permanent());
    }
}
