// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The way of log lines to the hosts of the engines.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use ferrule_context::LogLevel;

use crate::config::log_threshold::LogThreshold;
use crate::engine::state::{EngineState, engines};

thread_local! {
    /// The engine that a thread works for; 0 for none or several.
    static OWNER: Cell<u64> = const { Cell::new(0) };
}

/// Lines of this thread go to one engine from now on.
pub(crate) fn own_thread(engine_id: u64) {
    OWNER.set(engine_id);
}

/// Sends a line to the host of the engine that this thread works for, else to all hosts.
pub(crate) fn log_from_thread(level: LogLevel, target: &'static str, text: &str) {
    for engine in engines_of_thread() {
        engine.log(level, target, text.to_owned());
    }
}

/// The engine that this thread works for, else all.
pub(super) fn engines_of_thread() -> impl Iterator<Item = Arc<EngineState>> {
    let owner = OWNER.get();
    engines()
        .into_iter()
        .filter(move |engine| owner == 0 || owner == engine.id)
}

/// As [`log_from_thread`], but only to hosts that want lines of the level.
pub(super) fn log_if_wanted(level: LogLevel, target: &'static str, text: &str) {
    for engine in engines_of_thread() {
        let threshold = engine.log_threshold.load(Ordering::Relaxed);
        let wanted = threshold != LogThreshold::Off as u8 && threshold <= level as u8;
        if wanted {
            engine.log(level, target, text.to_owned());
        }
    }
}

/// Sends a line to the logging of all hosts, for what belongs to no single engine.
pub(crate) fn log_to_all(level: LogLevel, target: &'static str, text: &str) {
    for engine in engines() {
        engine.log(level, target, text.to_owned());
    }
}

/// The most verbose threshold of all engines.
pub(super) fn most_verbose() -> LogThreshold {
    engines()
        .iter()
        .filter_map(|engine| {
            LogThreshold::from_number(engine.log_threshold.load(Ordering::Relaxed).into())
        })
        .filter(|threshold| *threshold != LogThreshold::Off)
        .min()
        .unwrap_or(LogThreshold::Off)
}
