// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What the configurations of the exporters have in common.

use std::time::Duration;

use tokio::sync::Semaphore;

use super::retry::RetrySettings;
use crate::engine_api::ConfigError;

/// Requests of one exporter that may be under way at once.
pub(super) const fn default_max_in_flight() -> usize {
    128
}

/// A configuration of an exporter, whatever its protocol.
pub(super) trait ExporterSettings: Sized + 'static {
    /// Reads and checks it.
    fn read(config: &serde_json::Value) -> Result<Self, ConfigError>;

    /// Headers that every request carries.
    fn header_names(&self) -> impl Iterator<Item = &str>;

    /// Takes out the timeout of one attempt, which the exporter watches from now on.
    fn take_timeout(&mut self) -> Option<Duration>;

    fn retry(&self) -> &RetrySettings;

    /// Requests that may be under way at once.
    fn max_in_flight(&self) -> usize;
}

/// Checks a limit, and says what is wrong with it.
pub(super) fn check_limit(name: &str, value: usize) -> Result<(), String> {
    if value == 0 {
        return Err(format!("{name} must be at least 1"));
    }
    if value > Semaphore::MAX_PERMITS {
        return Err(format!("{name} must be at most {}", Semaphore::MAX_PERMITS));
    }
    Ok(())
}
