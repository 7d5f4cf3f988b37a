// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! One call, from submission to outcome.

mod attributes;
mod builder;
mod completion;
mod outcome;
mod progress;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use self::completion::Completion;
use self::progress::Progress;
use crate::deadline::{deadline_in, group_deadline, remaining};
use crate::error::{CancelCause, ErrorKind};
use crate::metadata::Metadata;
use crate::sync::AtomicU64;
use crate::trace::TraceContext;

pub use self::attributes::Attributes;
pub use self::builder::CallBuilder;
pub use self::completion::Ending;
pub use self::outcome::{Outcome, Success, Timings};
pub use self::progress::Phase;

/// Callback of the component that works on a call, for an end that comes from outside:
/// cancellation, deadline or shutdown.
pub trait CallOwner: Send + Sync {
    /// Releases what is kept for the call, which has its outcome. Runs on the thread that ended
    /// the call; must not block.
    fn released(&self, call_id: u64);
}

/// Callback that has nothing to release.
pub(crate) struct NoOwner;

impl CallOwner for NoOwner {
    fn released(&self, _call_id: u64) {}
}

/// A submitted call: deadline, metadata, trace, attributes, and how far it has come. Shared by the
/// table, the pipeline and the nodes, on any thread.
pub struct Call {
    id: u64,
    deadline: Instant,
    metadata: Metadata,
    trace: Option<TraceContext>,
    attributes: Attributes,
    owner: Arc<dyn CallOwner>,
    completion: Completion,
    progress: Progress,
    members: Option<Box<Members>>,
    /// Dropped with the call.
    _held: Option<Box<dyn Send + Sync>>,
}

/// The calls whose data one message of a batch holds. In this file because a group is a call as
/// well.
#[derive(Debug, Default)]
pub struct Members {
    /// Calls whose data is in the message.
    pub calls: Vec<Arc<Call>>,
    /// Whether there is data of no call in the message. Then its deadline is infinite, and it is
    /// never in vain to work on it.
    pub others: bool,
}

impl Call {
    /// Creates a call that was submitted now and expires after `time_left`. A time too long for
    /// the clock is as good as none.
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
            deadline: deadline_in(submitted, time_left),
            metadata,
            trace,
            attributes,
            owner,
            completion: Completion::open(),
            progress: Progress::new(submitted),
            members: None,
            _held: None,
        }
    }

    /// Keeps `held` as long as the call itself, as what stands for its memory.
    #[must_use]
    pub fn holding(mut self, held: impl Send + Sync + 'static) -> Self {
        self._held = Some(Box::new(held));
        self
    }

    /// A call that stands for `members`, with what `metadata` they have in common.
    pub(crate) fn group(id: u64, members: Members, metadata: Metadata) -> Self {
        let mut call = Self::new(
            id,
            Duration::ZERO,
            metadata,
            members.trace(),
            Attributes::default(),
            Arc::new(NoOwner),
        );
        // Without time left, the deadline is the instant of submission
        call.deadline = members.deadline(call.deadline);
        call.members = Some(Box::new(members));
        call
    }

    /// The call's id: not zero, never reused. Those with the highest bit are groups.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Whether this stands for the members of a batch.
    #[must_use]
    pub fn is_group(&self) -> bool {
        self.members.is_some()
    }

    /// The instant at which the call expires, on the monotonic clock.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Time left at `now`, more than zero; none once the deadline has passed.
    #[must_use]
    pub fn time_left(&self, now: Instant) -> Option<Duration> {
        remaining(self.deadline, now)
    }

    /// Captured request headers.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// W3C trace context that the call came with.
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
            None => self.completion.is_set(),
        }
    }

    /// How the call ended; none before. A group ends with its last member: as expired if all
    /// members are, else as cancelled by [`CancelCause::BatchPeer`].
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        match &self.members {
            Some(members) => members.ending(),
            None => self.completion.ending(),
        }
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

    async fn finished_alone(&self) {
        loop {
            let changed = self.completion.changed();
            if self.is_finished() {
                return;
            }
            changed.await;
        }
    }

    /// Notes that an exporter starts an attempt to send the call's data, or that of all members.
    pub fn note_attempt(&self) {
        self.progress.note_attempt();
        for member in self.members() {
            member.progress.note_attempt();
        }
    }

    /// Notes that a downstream took the data only in part, or with a warning. That becomes part
    /// of the outcome if it is a success. Nobody knows whose data in a batch was meant, so each
    /// member is only told about the batch.
    pub fn note_warning(&self, warning: Success) {
        for member in self.members() {
            member.progress.note_warning(warning.about_a_batch());
        }
        self.progress.note_warning(warning);
    }

    pub(crate) fn warning(&self) -> Option<Success> {
        self.progress.warning()
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = &Arc<Call>> {
        self.members.iter().flat_map(|members| &members.calls)
    }

    /// Stage that the call has reached.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.progress.phase()
    }

    /// Notes whether the call's payload is being decoded.
    pub fn mark_decoding(&self, decoding: bool) {
        self.progress.mark_decoding(decoding);
    }

    /// Notes that the pipeline got the call.
    pub fn mark_dispatched(&self) {
        self.progress.mark_dispatched();
    }

    pub(crate) fn count_degraded(&mut self, counter: &Arc<AtomicU64>) {
        self.attributes.count_degraded(counter);
    }

    pub(crate) fn mark_finished(&self, outcome: &Outcome) {
        self.completion.set(outcome);
    }

    pub(crate) fn release(&self) {
        self.owner.released(self.id);
    }

    pub(crate) fn timings(&self) -> Timings {
        self.progress.timings()
    }
}

impl Members {
    /// The latest deadline, as far away as can be if one of the members has none.
    fn deadline(&self, now: Instant) -> Instant {
        let calls = self.calls.iter().map(|call| Some(call.deadline()));
        group_deadline(calls.chain(self.others.then_some(None)))
            .unwrap_or_else(|| deadline_in(now, Duration::MAX))
    }

    /// The trace that all members belong to, as the first one has it.
    fn trace(&self) -> Option<TraceContext> {
        let mut traces = self.calls.iter().map(|call| call.trace());
        let first = traces.next()??;
        let common = traces.all(|trace| trace.is_some_and(|it| it.trace_id == first.trace_id));
        (common && !self.others).then(|| first.clone())
    }

    fn are_finished(&self) -> bool {
        !self.others && self.calls.iter().all(|call| call.is_finished())
    }

    /// Completes once all members are finished.
    async fn finished(&self) {
        if self.others {
            return std::future::pending().await;
        }
        // One after the other is enough, because no call ever opens again
        for call in &self.calls {
            call.finished_alone().await;
        }
    }

    fn ending(&self) -> Option<Ending> {
        let timeout = Some(ErrorKind::Timeout);
        let is_timeout = |call: &Arc<Call>| call.ending().is_some_and(|it| it.failure == timeout);
        self.are_finished().then(|| {
            if self.calls.iter().all(is_timeout) {
                Ending {
                    failure: timeout,
                    cause: None,
                }
            } else {
                Ending {
                    failure: Some(ErrorKind::Cancelled),
                    cause: Some(CancelCause::BatchPeer),
                }
            }
        })
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
