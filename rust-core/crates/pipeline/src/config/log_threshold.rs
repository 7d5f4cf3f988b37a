// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The threshold of the engine's own log lines.

use serde::Deserialize;

/// Targets of the engine and its nodes start so. Libraries below it may log what they transport.
pub(crate) const ENGINE_TARGET: &str = "otel";

/// The least severe level of the engine's log lines that go to the host; numbers are those of the
/// host.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum LogThreshold {
    /// Nothing.
    Off = 0,
    /// Everything.
    Trace = 1,
    /// For those who look into the engine.
    Debug = 2,
    /// Normal events.
    Info = 3,
    /// What needs attention.
    #[default]
    Warn = 4,
    /// Failures.
    Error = 5,
}

impl LogThreshold {
    const ALL: [Self; 6] = [
        Self::Off,
        Self::Trace,
        Self::Debug,
        Self::Info,
        Self::Warn,
        Self::Error,
    ];

    /// The threshold of a number of the host.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?).copied()
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }

    /// The threshold as the engine's setting. Libraries stay at INFO at most, and those that log
    /// headers are off.
    pub(crate) fn directive(self) -> String {
        let others = if self == Self::Off {
            self
        } else {
            self.max(Self::Info)
        };
        format!(
            "{},h2=off,hyper=off,{ENGINE_TARGET}={}",
            others.name(),
            self.name()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_never_verbose() {
        assert_eq!(
            LogThreshold::Trace.directive(),
            "info,h2=off,hyper=off,otel=trace"
        );
        assert_eq!(
            LogThreshold::Error.directive(),
            "error,h2=off,hyper=off,otel=error"
        );
        assert_eq!(
            LogThreshold::Off.directive(),
            "off,h2=off,hyper=off,otel=off"
        );
    }

    #[test]
    fn numbers_are_those_of_the_host() {
        for threshold in LogThreshold::ALL {
            assert_eq!(
                LogThreshold::from_number(i32::from(threshold as u8)),
                Some(threshold)
            );
        }
        assert_eq!(LogThreshold::from_number(6), None);
        assert_eq!(LogThreshold::from_number(-1), None);
    }
}
