// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The way in for payloads.

use std::sync::Arc;
use std::time::Duration;

use ferrule_context::{Admission, Attributes, Call, Error, Metadata, TraceContext};
use ferrule_otlp::Signal;

use super::Engine;
use crate::admission::budget::{Permit, budgeted};
use crate::admission::lane::{LanePlace, NoPlace, QueuedCall, Undelivered};
use crate::admission::refusal::{Reason, Refusal};
use crate::decode::coding::{ContentCoding, Encoding};
use crate::decode::pool::CodecJob;
use crate::decode::validate::check;

/// A call to be submitted.
#[derive(Debug)]
pub struct Submission {
    /// Id of the call, not zero, never reused.
    pub call_id: u64,
    /// Time until the deadline.
    pub time_left: Duration,
    /// What the payload holds.
    pub signal: Signal,
    /// How it is encoded.
    pub encoding: Encoding,
    /// How it is compressed.
    pub coding: ContentCoding,
    /// Captured request headers.
    pub metadata: Metadata,
    /// The trace that the call belongs to.
    pub trace: Option<TraceContext>,
    /// Application values as JSON.
    pub attributes: Attributes,
}

/// A place in a pipeline's lane, taken before the payload is copied.
pub struct Ticket {
    place: LanePlace,
}

impl Engine {
    /// Takes payload bytes out of the budget.
    ///
    /// # Errors
    /// `ByteBudget` or `MemoryPressure` with a delay, `PayloadTooLarge` for more than the whole
    /// budget, or `Stopping`.
    pub fn take_bytes(&self, bytes: usize) -> Result<Permit, Refusal> {
        self.check_open()?;
        if bytes > self.shared.config.max_payload_bytes {
            return Err(Refusal::of(Reason::PayloadTooLarge));
        }
        self.shared
            .budget
            .take(bytes)
            .ok_or_else(|| self.later(Reason::ByteBudget))
    }

    /// Takes a place in the lane of a pipeline.
    ///
    /// # Errors
    /// `TooManyCalls`, `LaneFull` or `NotReady` with a delay, `UnknownPipeline`, or `Stopping`.
    pub fn take_place(&self, pipeline: usize) -> Result<Ticket, Refusal> {
        self.check_open()?;
        if !self.shared.outbox.has_credit() {
            return Err(self.no_credit());
        }
        let pipeline = self
            .shared
            .pipelines
            .get(pipeline)
            .ok_or(Refusal::of(Reason::UnknownPipeline))?;
        match pipeline.lanes.reserve() {
            Ok(place) => Ok(Ticket { place }),
            Err(NoPlace::Full) => Err(self.later(Reason::LaneFull)),
            Err(NoPlace::NotReady) => Err(self.later(Reason::NotReady)),
        }
    }

    /// Submits a call. Once this returned `Ok`, exactly one outcome follows through `poll`.
    ///
    /// # Errors
    /// `TooManyCalls` or `Stopping` with a delay, `DuplicateCall`, or `Expired`.
    pub fn submit(
        &self,
        ticket: Ticket,
        submission: Submission,
        payload: impl AsRef<[u8]> + Send + 'static,
        permit: Permit,
    ) -> Result<(), Refusal> {
        if submission.time_left.is_zero() {
            return Err(Refusal::of(Reason::Expired));
        }
        let call = Call::new(
            submission.call_id,
            submission.time_left,
            submission.metadata,
            submission.trace,
            submission.attributes,
            ticket.place.owner(),
        );
        let call = match self.shared.calls.admit(call) {
            Admission::Admitted(call) => call,
            Admission::TooManyCalls => return Err(self.no_credit()),
            Admission::Duplicate => return Err(Refusal::of(Reason::DuplicateCall)),
        };
        let queued = QueuedCall {
            guard: Undelivered::new(Arc::clone(&self.shared.calls), call.id()),
            call,
            signal: submission.signal,
            payload: budgeted(payload, permit),
            place: ticket.place,
        };
        self.dispatch(queued, submission.encoding, submission.coding);
        // An end that is over looked for calls before this one was admitted.
        if self.shared.has_ended() {
            self.shared
                .calls
                .abort(submission.call_id, self.shared.end_error());
        }
        Ok(())
    }

    fn dispatch(&self, queued: QueuedCall, encoding: Encoding, coding: ContentCoding) {
        if (encoding, coding) == (Encoding::Protobuf, ContentCoding::Identity) {
            match check(queued.signal, &queued.payload) {
                Ok(()) => LanePlace::send(queued),
                Err(error) => {
                    self.shared
                        .calls
                        .finish_if_open(queued.call.id(), Err(error));
                }
            }
            return;
        }
        let job = CodecJob {
            queued,
            encoding,
            coding,
        };
        if let Err(job) = self.codec.submit(job) {
            let error = Error::exhausted(
                "too many payloads wait for decompression",
                self.shared.config.retry_delay(),
            );
            self.shared
                .calls
                .finish_if_open(job.queued.call.id(), Err(error));
        }
    }

    fn check_open(&self) -> Result<(), Refusal> {
        if self.shared.is_stopping() {
            return Err(self.later(self.closed()));
        }
        match self.shared.pressure_delay() {
            Some(retry_delay) => Err(Refusal {
                reason: Reason::MemoryPressure,
                retry_delay: Some(retry_delay),
            }),
            None => Ok(()),
        }
    }

    /// An engine that stops gives out no credits.
    fn no_credit(&self) -> Refusal {
        self.later(if self.shared.is_stopping() {
            self.closed()
        } else {
            Reason::TooManyCalls
        })
    }

    /// Why an engine that stops takes no calls.
    fn closed(&self) -> Reason {
        if self.shared.failure().is_some() {
            Reason::Ended
        } else {
            Reason::Stopping
        }
    }

    fn later(&self, reason: Reason) -> Refusal {
        Refusal {
            reason,
            retry_delay: Some(self.shared.config.retry_delay()),
        }
    }
}
