// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The way in for payloads.

use std::sync::Arc;
use std::time::Duration;

use ferrule_context::{Admission, Attributes, Call, Error, Metadata, TraceContext};
use ferrule_otlp::Signal;

use super::Engine;
use crate::admission::budget::{Permit, budgeted};
use crate::admission::lane::{LaneError, LanePermit, QueuedCall, Undelivered};
use crate::admission::refusal::{Reason, Refusal};
use crate::decode::coding::{ContentCoding, Encoding};
use crate::decode::pool::DecodeJob;
use crate::decode::validate::check;

/// A call with its context, to be submitted.
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

/// A reservation in a pipeline's lane, made before context and payload are copied.
pub struct Ticket {
    permit: LanePermit,
    context: Option<Permit>,
}

impl Ticket {
    /// Adds the permit for the bytes of the call's context, which is given back when the last node
    /// lets go of the call.
    pub fn with_context(&mut self, permit: Permit) {
        self.context = Some(permit);
    }
}

impl Engine {
    /// Takes bytes of payload and context out of the budget.
    ///
    /// # Errors
    /// `ByteBudget` or `MemoryPressure` with a delay, `PayloadTooLarge` for more than the whole
    /// budget, or `Stopping`.
    pub fn take_bytes(&self, bytes: usize) -> Result<Permit, Refusal> {
        self.take(bytes, 0)
    }

    /// Takes bytes for the same call as `permit`.
    ///
    /// # Errors
    /// As [`Engine::take_bytes`], for what the call holds in all.
    pub fn take_more_bytes(&self, permit: &Permit, bytes: usize) -> Result<Permit, Refusal> {
        self.take(bytes, permit.bytes())
    }

    fn take(&self, bytes: usize, held: usize) -> Result<Permit, Refusal> {
        self.check_open()?;
        if bytes.saturating_add(held) > self.state.config.max_payload_bytes {
            return Err(Refusal::of(Reason::PayloadTooLarge));
        }
        self.state
            .budget
            .take(bytes)
            .ok_or_else(|| self.later(Reason::ByteBudget))
    }

    /// Reserves room for one call in the lane of a pipeline.
    ///
    /// # Errors
    /// `TooManyCalls`, `LaneFull` or `NotReady` with a delay, `UnknownPipeline`, or `Stopping`.
    pub fn reserve_lane(&self, pipeline: usize) -> Result<Ticket, Refusal> {
        self.check_open()?;
        if !self.state.outbox.has_credit() {
            return Err(self.no_credit());
        }
        let pipeline = self
            .state
            .pipelines
            .get(pipeline)
            .ok_or(Refusal::of(Reason::UnknownPipeline))?;
        match pipeline.lanes.reserve() {
            Ok(permit) => Ok(Ticket {
                permit,
                context: None,
            }),
            Err(LaneError::Full) => Err(self.later(Reason::LaneFull)),
            Err(LaneError::NotReady) => Err(self.later(Reason::NotReady)),
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
        let mut call = Call::new(
            submission.call_id,
            submission.time_left,
            submission.metadata,
            submission.trace,
            submission.attributes,
            ticket.permit.owner(),
        );
        if let Some(permit) = ticket.context {
            call = call.holding(permit);
        }
        let call = match self.state.calls.admit(call) {
            Admission::Admitted(call) => call,
            Admission::TooManyCalls => return Err(self.no_credit()),
            Admission::Duplicate => return Err(Refusal::of(Reason::DuplicateCall)),
        };
        let queued = QueuedCall {
            guard: Undelivered::new(Arc::clone(&self.state.calls), call.id()),
            call,
            signal: submission.signal,
            payload: budgeted(payload, permit),
            permit: ticket.permit,
        };
        self.dispatch(queued, submission.encoding, submission.coding);
        // An end that is over looked for calls before this one was admitted.
        if self.state.has_ended() {
            self.state
                .calls
                .abort(submission.call_id, self.state.end_error());
        }
        Ok(())
    }

    fn dispatch(&self, queued: QueuedCall, encoding: Encoding, coding: ContentCoding) {
        if (encoding, coding) == (Encoding::Protobuf, ContentCoding::Identity) {
            match check(queued.signal, &queued.payload) {
                Ok(()) => LanePermit::send(queued),
                Err(error) => {
                    self.state
                        .calls
                        .finish_if_open(queued.call.id(), Err(error));
                }
            }
            return;
        }
        let job = DecodeJob {
            queued,
            encoding,
            coding,
        };
        if let Err(job) = self.codec.submit(job) {
            let error = Error::exhausted(
                "too many payloads wait for decompression",
                self.state.config.retry_delay(),
            );
            self.state
                .calls
                .finish_if_open(job.queued.call.id(), Err(error));
        }
    }

    fn check_open(&self) -> Result<(), Refusal> {
        if self.state.is_stopping() {
            return Err(self.later(self.closed()));
        }
        match self.state.pressure_delay() {
            Some(retry_delay) => Err(Refusal {
                reason: Reason::MemoryPressure,
                retry_delay: Some(retry_delay),
            }),
            None => Ok(()),
        }
    }

    /// The refusal of what could not be allocated.
    #[must_use]
    pub fn no_memory(&self) -> Refusal {
        self.later(Reason::MemoryPressure)
    }

    /// An engine that stops gives out no credits.
    fn no_credit(&self) -> Refusal {
        self.later(if self.state.is_stopping() {
            self.closed()
        } else {
            Reason::TooManyCalls
        })
    }

    /// Why an engine that stops takes no calls.
    fn closed(&self) -> Reason {
        if self.state.failure().is_some() {
            Reason::Ended
        } else {
            Reason::Stopping
        }
    }

    fn later(&self, reason: Reason) -> Refusal {
        Refusal {
            reason,
            retry_delay: Some(self.state.config.retry_delay()),
        }
    }
}
