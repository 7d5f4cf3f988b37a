// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The engine's own logs on their way to the host's logging.
//!
//! The engine gives most of its threads a dispatcher of their own, which ends in its observability
//! pipeline and there in [`exporter`]. Threads without one end in [`subscriber`].

mod exporter;
mod line;
mod subscriber;

use std::cell::Cell;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Once, Weak};

use ferrule_context::LogLevel;
use otel_arrow_dfe_telemetry::output_service::{OutputService, OutputServiceConfig};
use serde::Deserialize;

pub(crate) use self::exporter::LOG_EXPORTER;
use crate::engine::Engine;
use crate::shared::{ENGINES, Shared};

/// Targets of the engine and its nodes start so. Libraries below it may log what they transport.
const ENGINE_TARGET: &str = "otel";

/// The least severe of the engine's log lines that go to the host; numbers are those of the host.
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

impl Engine {
    /// Sets which of the engine's own log lines go to the host. Lines of Ferrule itself are few and
    /// always go. Returns false if the engine is busy with a change of its configuration and must
    /// be asked again.
    pub fn set_log_level(&self, threshold: LogThreshold) -> bool {
        self.shared
            .log_threshold
            .store(threshold as u8, Ordering::Relaxed);
        changed();
        self.runtime()
            .is_none_or(|runtime| runtime.set_log_level(threshold))
    }

    /// Sets whether each step of the calls that the configuration names is logged.
    pub fn follow_calls(&self, on: bool) {
        self.shared.calls.follow().set(on);
    }
}

thread_local! {
    /// The engine that a thread works for; 0 for none or several.
    static OWNER: Cell<u64> = const { Cell::new(0) };
}

/// Lines of this thread go to one engine from now on.
pub(crate) fn own_thread(engine_id: u64) {
    OWNER.set(engine_id);
}

/// Prepares this process, once: threads of no pipeline log to the host, and what the engine would
/// print to standard error on top of logging is dropped.
pub(crate) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // The first initialisation counts, and no line fits into one byte.
        let _ = OutputService::init(OutputServiceConfig {
            stderr_byte_capacity: 1,
            ..OutputServiceConfig::default()
        });
        subscriber::install();
    });
}

/// To be called after a threshold changed.
pub(crate) fn changed() {
    subscriber::refresh();
}

/// Sends a line to the host of the engine that this thread works for, else to all hosts.
pub(crate) fn log_from_thread(level: LogLevel, target: &'static str, text: &str) {
    let owner = OWNER.get();
    for shared in engines() {
        if owner == 0 || owner == shared.id {
            shared.log(level, target, text.to_owned());
        }
    }
}

/// As [`log_from_thread`], but only to hosts that want lines of the level.
fn log_if_wanted(level: LogLevel, target: &'static str, text: &str) {
    let owner = OWNER.get();
    for shared in engines() {
        let threshold = shared.log_threshold.load(Ordering::Relaxed);
        let wanted = threshold != LogThreshold::Off as u8 && threshold <= level as u8;
        if wanted && (owner == 0 || owner == shared.id) {
            shared.log(level, target, text.to_owned());
        }
    }
}

/// Sends a line to the logging of all hosts, for what belongs to no single engine.
pub(crate) fn log_to_all(level: LogLevel, target: &'static str, text: &str) {
    for shared in engines() {
        shared.log(level, target, text.to_owned());
    }
}

/// All engines; none if they cannot be looked at now.
fn engines() -> Vec<Arc<Shared>> {
    // A panic while the lock is held must not dead-lock the hook that reports it. The lock is
    // released before the engines are, because the last owner of one takes it to remove it.
    ENGINES.try_read().map_or_else(Vec::new, |engines| {
        engines.values().filter_map(Weak::upgrade).collect()
    })
}

/// The most verbose threshold of all engines.
fn most_verbose() -> LogThreshold {
    engines()
        .iter()
        .filter_map(|shared| {
            LogThreshold::from_number(shared.log_threshold.load(Ordering::Relaxed).into())
        })
        .filter(|threshold| *threshold != LogThreshold::Off)
        .min()
        .unwrap_or(LogThreshold::Off)
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
