// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Reads OTLP requests without decoding them into objects: checks protobuf, turns JSON into
//! protobuf and describes a request in one line.
//!
//! All of it is driven by one table of the messages of OTLP 1.11 (`schema`). The crate knows
//! nothing of the engine.

#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(not(test), deny(clippy::unwrap_used))]

mod error;
mod json;
mod schema;
mod summary;
mod text;
mod validate;
mod wire;

pub use error::{Error, ErrorKind};
pub use json::{JsonMode, json_to_protobuf};
pub use summary::{Summary, summarize};
pub use validate::{Stats, validate};
pub use wire::is_whole;

/// Deepest nesting of messages below the request that is accepted, as in other protobuf
/// implementations.
pub const MAX_DEPTH: usize = 100;

/// The kind of telemetry that a request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Signal {
    /// Spans: `ExportTraceServiceRequest`.
    Traces = 1,
    /// Data points: `ExportMetricsServiceRequest`.
    Metrics = 2,
    /// Log records: `ExportLogsServiceRequest`.
    Logs = 3,
}

impl Signal {
    /// All signals, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Traces, Self::Metrics, Self::Logs];

    /// Returns the signal with this number, or nothing for a number that is not used.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Traces),
            2 => Some(Self::Metrics),
            3 => Some(Self::Logs),
            _ => None,
        }
    }

    /// Returns the name as used in paths and metrics, for example `traces`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Metrics => "metrics",
            Self::Logs => "logs",
        }
    }
}
