// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! One call, from submission to outcome.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use crate::deadline::{deadline_in, remaining};
use crate::export::Export;
use crate::group::{Members, Nobody};
use crate::sync::{AtomicU8, AtomicU64, Notify, Ordering};
use crate::{
    Attributes, CancelCause, ErrorKind, Metadata, Outcome, Success, Timings, TraceContext,
};

/// How a call ended, for those who still work on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// Kind of the failure; absent if the call succeeded.
    pub failure: Option<ErrorKind>,
    /// Why the call was cancelled.
    pub cause: Option<CancelCause>,
}

/// How far a call has come; numbers are those of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Phase {
    /// It waits for the pipeline.
    Queued = 1,
    /// Its payload is decompressed or read as JSON, or waits for that.
    Decoding = 2,
    /// It is in the pipeline before export, which may be a batch.
    Pipeline = 3,
    /// An exporter of ours sends it, or waits to do so again.
    Export = 4,
}

/// Whoever works on a call and must let go of it when somebody else finished it.
pub trait CallOwner: Send + Sync {
    /// The call has its outcome; what is kept for it can go. Must not block.
    fn released(&self, call_id: u64);
}

/// A call and its context. Shared by the table, the pipeline and the nodes.
pub struct Call {
    id: u64,
    submitted: Instant,
    deadline: Instant,
    metadata: Metadata,
    trace: Option<TraceContext>,
    attributes: Attributes,
    owner: Arc<dyn CallOwner>,
    /// `OPEN`, or how the call ended: see `ending_number`.
    finished: AtomicU8,
    changed: Notify,
    /// Nanoseconds after `submitted` at which the pipeline got the call; 0 until then.
    dispatched: AtomicU64,
    decoding: AtomicBool,
    /// Those that this call stands for, if it stands for several.
    members: Option<Box<Members>>,
    export: Export,
}

impl Call {
    /// Creates a call that was submitted now.
    pub fn new(
        id: u64,
        time_left: Duration,
        metadata: Metadata,
        trace: Option<TraceContext>,
        attributes: Attributes,
        owner: Arc<dyn CallOwner>,
    ) -> Self {
        let submitted = Instant::now();
        Self {
            id,
            submitted,
            deadline: deadline_in(submitted, time_left),
            metadata,
            trace,
            attributes,
            owner,
            finished: AtomicU8::new(OPEN),
            changed: Notify::new(),
            dispatched: AtomicU64::new(0),
            decoding: AtomicBool::new(false),
            members: None,
            export: Export::default(),
        }
    }

    /// A call that stands for `members`, with what `metadata` they have in common.
    pub(crate) fn group(id: u64, members: Members, metadata: Metadata) -> Self {
        let mut call = Self::new(
            id,
            Duration::ZERO,
            metadata,
            members.trace(),
            Attributes::default(),
            Arc::new(Nobody),
        );
        call.deadline = members.deadline(call.submitted);
        call.members = Some(Box::new(members));
        call
    }

    /// The call's id.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Whether this stands for the members of a batch.
    #[must_use]
    pub fn is_group(&self) -> bool {
        self.members.is_some()
    }

    /// When the call must be over.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Time left at `now`; none once the deadline has passed.
    #[must_use]
    pub fn time_left(&self, now: Instant) -> Option<Duration> {
        remaining(self.deadline, now)
    }

    /// Captured request headers.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The trace that the call belongs to.
    #[must_use]
    pub fn trace(&self) -> Option<&TraceContext> {
        self.trace.as_ref()
    }

    /// Application values.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// Whether the call has its outcome, so that work for it is in vain.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        match &self.members {
            Some(members) => members.are_finished(),
            None => self.finished.load(Ordering::Acquire) != OPEN,
        }
    }

    /// How the call ended, once it did.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        if let Some(members) = &self.members {
            return members.ending();
        }
        let number = self.finished.load(Ordering::Acquire);
        (number != OPEN).then(|| Ending {
            failure: ErrorKind::ALL
                .into_iter()
                .find(|kind| kind.number() == number & KIND_BITS),
            cause: (number >> CAUSE_SHIFT != 0)
                .then(|| CancelCause::from_number(i32::from(number >> CAUSE_SHIFT))),
        })
    }

    /// Completes once the call has its outcome: cancelled, expired or answered. That of a batch
    /// completes once all its members have theirs.
    ///
    /// # Cancel safety
    /// Safe: nothing is lost when the future is dropped.
    pub async fn finished(&self) {
        match &self.members {
            Some(members) => members.finished().await,
            None => self.finished_alone().await,
        }
    }

    pub(crate) async fn finished_alone(&self) {
        loop {
            let changed = self.changed.notified();
            if self.is_finished() {
                return;
            }
            changed.await;
        }
    }

    /// Notes that an exporter starts an attempt to send the call's data.
    pub fn note_attempt(&self) {
        self.export.attempt();
        for member in self.members() {
            member.export.attempt();
        }
    }

    /// Notes that a downstream took the data only in part, or with a warning. That becomes part
    /// of the outcome if it is a success. Nobody knows whose data in a batch was meant, so each
    /// member is only told about the batch.
    pub fn note_warning(&self, warning: Success) {
        for member in self.members() {
            member.export.warn(warning.about_a_batch());
        }
        self.export.warn(warning);
    }

    pub(crate) fn export(&self) -> &Export {
        &self.export
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = &Arc<Call>> {
        self.members.iter().flat_map(|members| &members.calls)
    }

    /// How far the call has come.
    #[must_use]
    pub fn phase(&self) -> Phase {
        if self.export.started().is_some() {
            Phase::Export
        } else if self.dispatched.load(Ordering::Relaxed) != 0 {
            Phase::Pipeline
        } else if self.decoding.load(Ordering::Relaxed) {
            Phase::Decoding
        } else {
            Phase::Queued
        }
    }

    /// Notes whether the call's payload is being decoded.
    pub fn mark_decoding(&self, decoding: bool) {
        self.decoding.store(decoding, Ordering::Relaxed);
    }

    /// Notes that the pipeline got the call.
    pub fn mark_dispatched(&self) {
        let nanos = nanos(self.submitted.elapsed()).max(1);
        self.dispatched.store(nanos, Ordering::Relaxed);
    }

    pub(crate) fn count_degraded(&mut self, counter: &Arc<AtomicU64>) {
        self.attributes.count_degraded(counter);
    }

    pub(crate) fn mark_finished(&self, outcome: &Outcome) {
        self.finished
            .store(ending_number(outcome), Ordering::Release);
        self.changed.notify_waiters();
    }

    pub(crate) fn release(&self) {
        self.owner.released(self.id);
    }

    pub(crate) fn timings(&self) -> Timings {
        let total = nanos(self.submitted.elapsed());
        let attempts = self.export.attempts();
        match self.dispatched.load(Ordering::Relaxed) {
            0 => Timings {
                queued: total,
                attempts,
                ..Timings::default()
            },
            dispatched => {
                let exporting = self
                    .export
                    .started()
                    .map_or(0, |start| nanos(start.elapsed()));
                Timings {
                    queued: dispatched,
                    processing: total.saturating_sub(dispatched).saturating_sub(exporting),
                    exporting,
                    attempts,
                }
            }
        }
    }
}

const OPEN: u8 = 0xff;
const KIND_BITS: u8 = 0xf;
const CAUSE_SHIFT: u32 = 4;

/// The kind's number, 0 for a success, and above it the cause's; never `OPEN`.
fn ending_number(outcome: &Outcome) -> u8 {
    match outcome {
        Ok(_) => 0,
        Err(error) => {
            error.kind.number() | error.cause.map_or(0, |cause| cause as u8) << CAUSE_SHIFT
        }
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
