// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Panics go to the host's logging instead of its standard error.

use std::panic::PanicHookInfo;

use ferrule_context::LogLevel;

use super::hosts::log_to_all;

const TARGET: &str = "panic";
const MOST_CHARS: usize = 200;

/// Installs the hook; to be called once.
pub(super) fn install_hook() {
    std::panic::set_hook(Box::new(report));
}

fn report(info: &PanicHookInfo<'_>) {
    let text: String = info
        .payload_as_str()
        .unwrap_or("no message")
        .chars()
        .take(MOST_CHARS)
        .collect();
    let thread = std::thread::current();
    let location = info.location().map(ToString::to_string).unwrap_or_default();
    let name = thread.name().unwrap_or("unnamed");
    log_to_all(
        LogLevel::Error,
        TARGET,
        &format!("thread {name} panicked at {location}: {text}"),
    );
}
