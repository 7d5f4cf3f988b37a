// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The threads that decode payloads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, TrySendError};
use ferrule_context::CallTable;

use super::coding::{ContentCoding, Encoding};
use super::payload::{DecodeLimits, decode};
use crate::admission::lane::{LanePermit, QueuedCall};
use crate::error::operation::DECODE;

/// A call whose payload must be decoded before it goes on.
pub(crate) struct DecodeJob {
    pub(crate) queued: QueuedCall,
    pub(crate) encoding: Encoding,
    pub(crate) coding: ContentCoding,
}

/// A pool of threads that decode payloads.
pub(crate) struct DecodePool {
    sender: Option<Sender<DecodeJob>>,
    threads: Vec<JoinHandle<()>>,
}

impl DecodePool {
    pub(crate) fn start(
        name: &str,
        threads: usize,
        capacity: usize,
        calls: &Arc<CallTable>,
        limits: &DecodeLimits,
    ) -> std::io::Result<Self> {
        let (sender, receiver) = crossbeam_channel::bounded(capacity);
        let threads = (0..threads)
            .map(|i| {
                let (receiver, calls, limits) =
                    (receiver.clone(), Arc::clone(calls), limits.clone());
                std::thread::Builder::new()
                    .name(format!("{name}-codec-{i}"))
                    .spawn(move || work(&receiver, &calls, &limits))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            sender: Some(sender),
            threads,
        })
    }

    /// Hands a payload over; if the queue is full the job comes back.
    pub(crate) fn submit(&self, job: DecodeJob) -> Result<(), DecodeJob> {
        match &self.sender {
            Some(sender) => {
                job.queued.call.mark_decoding(true);
                sender.try_send(job).map_err(|error| match error {
                    TrySendError::Full(job) | TrySendError::Disconnected(job) => job,
                })
            }
            None => Err(job),
        }
    }
}

impl Drop for DecodePool {
    fn drop(&mut self) {
        self.sender = None;
        for thread in self.threads.drain(..) {
            // Panics are caught within the thread.
            let _ = thread.join();
        }
    }
}

fn work(receiver: &Receiver<DecodeJob>, calls: &CallTable, limits: &DecodeLimits) {
    for job in receiver {
        // A panic drops the job, which finishes its call; the panic hook has logged it.
        let _ = catch_unwind(AssertUnwindSafe(|| run(job, calls, limits)));
    }
}

fn run(job: DecodeJob, calls: &CallTable, limits: &DecodeLimits) {
    let DecodeJob {
        mut queued,
        encoding,
        coding,
    } = job;
    if queued.call.is_finished() {
        return;
    }
    let payload = std::mem::take(&mut queued.payload);
    queued.guard.blame_payload(true);
    let is_wanted = || !queued.call.is_finished();
    let decoded = decode(queued.signal, encoding, coding, payload, limits, &is_wanted)
        .map_err(|error| error.during(DECODE));
    queued.guard.blame_payload(false);
    match decoded {
        Ok(payload) => {
            queued.payload = payload;
            queued.call.mark_decoding(false);
            LanePermit::send(queued);
        }
        Err(error) => {
            calls.finish_if_open(queued.call.id(), Err(error));
        }
    }
}
