// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Kinds of failures, and causes of cancellations.

/// Kind of a failure, which decides about retries and the default codes. The numbers cross to the
/// host.
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

    /// The number that crosses to the host, 1 to 6.
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

    /// The default HTTP status.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::Permanent => 500,
            Self::Retryable => 503,
            Self::Cancelled => 499,
            Self::Timeout => 504,
            Self::ResourceExhausted => 429,
            Self::Configuration => 400,
        }
    }

    /// Whether an error of this kind may have another gRPC code than the default.
    #[must_use]
    pub const fn takes_code(self) -> bool {
        matches!(self, Self::Permanent | Self::Retryable)
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

/// Cause of a cancellation. The numbers cross to the host.
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
    /// The cause with this number, 1 to 5; other numbers are the application's.
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

    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Client => "the client left",
            Self::Application => "cancelled by the application",
            Self::Shutdown => "the engine is shutting down",
            Self::BatchPeer => "all other members of the batch are gone",
            Self::Downstream => "cancelled by the downstream",
        }
    }
}
