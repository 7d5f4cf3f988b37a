// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Preparation of the process.

use std::sync::Once;

use super::{panics, subscriber};
use crate::engine_api::{OutputService, OutputServiceConfig};

/// Prepares this process, once: panics and threads of no pipeline log to the host, and what the
/// engine would print to standard error on top of logging is dropped.
pub(crate) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        panics::install_hook();
        // The first initialisation counts, and no line fits into one byte.
        let _ = OutputService::init(OutputServiceConfig {
            stderr_byte_capacity: 1,
            ..OutputServiceConfig::default()
        });
        subscriber::install();
    });
}
