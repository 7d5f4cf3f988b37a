// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Signals of OTLP.

/// Kind of telemetry that a request carries. The numbers cross to the host.
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

    /// Returns the signal with this number, 1 to 3; nothing for another number.
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
