// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Messages to the host.

use std::borrow::Cow;
use std::time::SystemTime;

use crate::call::{Outcome, Timings};

/// Level of a log line. The numbers cross to the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum LogLevel {
    /// Every step.
    Trace = 1,
    /// Detail for debugging.
    Debug = 2,
    /// Normal events.
    Info = 3,
    /// Something needs attention.
    Warn = 4,
    /// Something failed.
    Error = 5,
}

/// Line for the host's logging.
#[derive(Debug, Clone)]
pub struct LogLine {
    /// Level.
    pub level: LogLevel,
    /// Time of writing.
    pub time: SystemTime,
    /// Logger name.
    pub target: Cow<'static, str>,
    /// Text, without payloads or credentials.
    pub text: String,
}

/// Message to the host.
#[derive(Debug)]
pub enum Message {
    /// A call's outcome.
    Completion {
        /// Id of the call.
        call_id: u64,
        /// Its outcome.
        outcome: Outcome,
        /// Durations of its stages.
        timings: Timings,
    },
    /// A log line.
    Log(LogLine),
}
