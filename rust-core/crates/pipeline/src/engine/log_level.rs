// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Changes of what is logged.

use std::sync::atomic::Ordering;

use super::Engine;
use crate::config::log_threshold::LogThreshold;
use crate::logs::subscriber;

impl Engine {
    /// Sets which of the engine's own log lines go to the host. Lines of Ferrule itself are few and
    /// always go. Returns false if the engine is busy with a change of its configuration and must
    /// be asked again.
    pub fn set_log_level(&self, threshold: LogThreshold) -> bool {
        self.state
            .log_threshold
            .store(threshold as u8, Ordering::Relaxed);
        subscriber::refresh();
        self.runtime()
            .is_none_or(|runtime| runtime.set_log_level(threshold))
    }

    /// Sets whether each step of the calls that the configuration names is logged.
    pub fn follow_calls(&self, on: bool) {
        self.state.calls.follow().set(on);
    }
}
