// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Events of the engine that say more to us than to the host.

use super::hosts::engines_of_thread;
use crate::urns::NO_ADMIN;

/// The engine gives up; the message says why. Its threads work for no engine that we know of.
pub(super) const ABORT: &str = "otelcol.pipeline.recovery.abort";

/// The admin server has no address.
const NO_ADDRESS: &str = "endpoint.parse_address_failed";

/// Keeps why an engine gives up. If it is not known which one, those that run on ignore it.
pub(super) fn aborted(message: &str) {
    for engine in engines_of_thread() {
        engine.note_abort(message);
    }
}

/// Whether an event only says that there is no admin server, as we want it.
pub(super) fn is_expected(event: &str, mut field: impl FnMut(&str) -> Option<String>) -> bool {
    event == NO_ADDRESS && field("bind_address").as_deref() == Some(NO_ADMIN)
}
