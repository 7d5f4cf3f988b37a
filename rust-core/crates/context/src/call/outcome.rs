// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Outcome of a call.

use crate::error::Error;

/// Answer of a call whose data was delivered, perhaps in part: `partial_success` of OTLP.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Success {
    /// Spans, data points or log records that the downstream rejected; 0 if all were taken.
    pub rejected_items: i64,
    /// Warning, or reason of the rejection, for people.
    pub message: Option<Box<str>>,
}

impl Success {
    pub(crate) fn about_a_batch(&self) -> Self {
        let said = self.message.as_deref().unwrap_or("no reason given");
        let rejected = self.rejected_items;
        let message = format!(
            "of the batch that the data was part of, {rejected} items were rejected: {said}"
        );
        Self {
            rejected_items: 0,
            message: Some(message.into()),
        }
    }
}

/// Outcome of a call: each gets exactly one.
pub type Outcome = Result<Success, Error>;

/// Durations of a call's stages in nanoseconds, and its export attempts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timings {
    /// Waiting for the pipeline.
    pub queued: u64,
    /// In the pipeline before export.
    pub processing: u64,
    /// Exporting, from the first attempt, with pauses between attempts.
    pub exporting: u64,
    /// Attempts to export.
    pub attempts: u32,
}
