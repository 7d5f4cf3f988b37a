// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Buffers of data that waits for more.

use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use ferrule_context::Error;
use ferrule_context::merging::{PartitionKey, check_partitions};

use super::config::Plans;
use super::member::Member;
use super::metrics::Trigger;
use crate::engine_api::{PdataPayload, SignalType};

/// Data that waits for more.
pub(super) struct BufferedData {
    pub(super) member: Rc<Member>,
    pub(super) payload: PdataPayload,
    pub(super) size: usize,
}

/// Data that can be merged.
pub(super) struct Buffer {
    pub(super) waiting: Vec<BufferedData>,
    pub(super) size: usize,
    pub(super) due: Due,
}

/// When what waits goes out, and why.
#[derive(Debug, Clone, Copy)]
pub(super) struct Due {
    pub(super) at: Instant,
    pub(super) trigger: Trigger,
}

impl Due {
    /// The earlier of both.
    pub(super) fn or(self, at: Instant, trigger: Trigger) -> Self {
        if at < self.at {
            Self { at, trigger }
        } else {
            self
        }
    }
}

/// The key of a buffer: plan, signal, and what its data has in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BufferKey {
    pub(super) plan: usize,
    pub(super) signal: SignalType,
    pub(super) partition: PartitionKey,
}

const SIGNALS: [SignalType; 3] = [SignalType::Traces, SignalType::Metrics, SignalType::Logs];

/// All buffers; none of them is empty.
#[derive(Default)]
pub(super) struct Buffers {
    /// Nothing is due before.
    earliest: Option<Instant>,
    by_kind: [HashMap<PartitionKey, Buffer>; Plans::COUNT * SIGNALS.len()],
}

fn kind(plan: usize, signal: SignalType) -> usize {
    let signal = match signal {
        SignalType::Traces => 0,
        SignalType::Metrics => 1,
        SignalType::Logs => 2,
    };
    plan * SIGNALS.len() + signal
}

impl Buffers {
    /// The size of a buffer; if there is none, checks that there may be one.
    pub(super) fn size(
        &self,
        key: &BufferKey,
        limit: usize,
        delay: Duration,
    ) -> Result<usize, Error> {
        let buffers = &self.by_kind[kind(key.plan, key.signal)];
        match buffers.get(&key.partition) {
            Some(buffer) => Ok(buffer.size),
            None => check_partitions(buffers.len(), limit, delay).map(|()| 0),
        }
    }

    /// Adds data to a buffer, and returns its size and when it is due.
    pub(super) fn add(&mut self, key: &BufferKey, waiting: BufferedData, due: Due) -> (usize, Due) {
        self.earliest = Some(
            self.earliest
                .map_or(due.at, |earliest| earliest.min(due.at)),
        );
        let buffers = &mut self.by_kind[kind(key.plan, key.signal)];
        if let Some(buffer) = buffers.get_mut(&key.partition) {
            buffer.size += waiting.size;
            buffer.due = buffer.due.or(due.at, due.trigger);
            buffer.waiting.push(waiting);
            return (buffer.size, buffer.due);
        }
        let size = waiting.size;
        let buffer = Buffer {
            waiting: vec![waiting],
            size,
            due,
        };
        buffers.insert(key.partition.clone(), buffer);
        (size, due)
    }

    pub(super) fn take(&mut self, key: &BufferKey) -> Option<Buffer> {
        self.by_kind[kind(key.plan, key.signal)].remove(&key.partition)
    }

    /// The buffers that are due at `now`, and why.
    pub(super) fn due(&self, now: Instant) -> Vec<(BufferKey, Trigger)> {
        let due = self.by_kind.iter().enumerate().flat_map(|(kind, buffers)| {
            buffers
                .iter()
                .filter(|(_, buffer)| buffer.due.at <= now)
                .map(move |(partition, buffer)| {
                    let key = BufferKey {
                        plan: kind / SIGNALS.len(),
                        signal: SIGNALS[kind % SIGNALS.len()],
                        partition: partition.clone(),
                    };
                    (key, buffer.due.trigger)
                })
        });
        due.collect()
    }

    /// When to look again at the latest.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.earliest
    }

    /// Looks at all buffers, so that what went out before it was due is forgotten.
    pub(super) fn refresh(&mut self) {
        let buffers = self.by_kind.iter().flat_map(HashMap::values);
        self.earliest = buffers.map(|buffer| buffer.due.at).min();
    }

    /// Brings the time forward at which each buffer is due, because the engine is being stopped.
    pub(super) fn hurry(&mut self, due: Instant) {
        for buffer in self.by_kind.iter_mut().flat_map(HashMap::values_mut) {
            buffer.due = buffer.due.or(due, Trigger::Drain);
        }
        self.refresh();
    }

    /// Takes out the data that nobody waits for any more.
    pub(super) fn take_dead(&mut self) -> Vec<BufferedData> {
        let mut dead = Vec::new();
        for buffers in &mut self.by_kind {
            buffers.retain(|_, buffer| {
                dead.extend(buffer.take_dead());
                !buffer.waiting.is_empty()
            });
        }
        dead
    }
}

impl Buffer {
    pub(super) fn take_dead(&mut self) -> Vec<BufferedData> {
        let dead: Vec<_> = self
            .waiting
            .extract_if(.., |waiting| waiting.member.is_dead())
            .collect();
        self.size -= dead.iter().map(|waiting| waiting.size).sum::<usize>();
        dead
    }
}
