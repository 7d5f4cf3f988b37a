// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Log of the steps of calls through all stages.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::call::Call;
use crate::outbox::{LogLevel, Outbox};

/// Logger of the steps.
const TARGET: &str = "call";

/// Switch and filter of the log of calls' steps. Costs one relaxed load for each step while it is
/// off.
#[derive(Debug, Default)]
pub struct Follow {
    on: AtomicBool,
    /// Empty for all.
    traces: OnceLock<Box<[[u8; 16]]>>,
}

impl Follow {
    /// Switches the log on or off.
    pub fn set(&self, on: bool) {
        self.on.store(on, Ordering::Relaxed);
    }

    /// Logs only calls of these traces, by their ids in W3C order; all if there are none. The first
    /// invocation counts.
    pub fn only(&self, traces: &[[u8; 16]]) {
        let _ = self.traces.set(traces.into());
    }

    /// Writes a line for the call, or for each member of a batch, if it is followed.
    pub(crate) fn step(&self, outbox: &Outbox, call: &Call, text: impl FnOnce() -> String) {
        if self.on.load(Ordering::Relaxed) {
            self.write(outbox, call, &text());
        }
    }

    #[cold]
    fn write(&self, outbox: &Outbox, call: &Call, text: &str) {
        if call.is_group() {
            for member in call.members() {
                self.write(outbox, member, text);
            }
            return;
        }
        let trace = call.trace();
        let wanted = self.traces.get().is_none_or(|traces| {
            traces.is_empty() || trace.is_some_and(|trace| traces.contains(&trace.trace_id))
        });
        if wanted {
            let trace = trace.map_or_else(|| "-".to_owned(), |trace| hex::encode(trace.trace_id));
            let text = format!("call={} trace={trace} {text}", call.id());
            outbox.log(LogLevel::Trace, TARGET, text);
        }
    }
}
