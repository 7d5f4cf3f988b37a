// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Lanes: bounded queues from submission into one pipeline instance.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use bytes::Bytes;
use ferrule_context::{Call, CallOwner, CallTable, Error};
use ferrule_otlp::Signal;
use parking_lot::RwLock;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::error::operation::DECODE;

/// A bounded queue into one pipeline instance. Its bound counts calls from submission until the
/// pipeline took them, so the receiver can always empty the channel and arm deadlines.
#[derive(Debug)]
pub(crate) struct Lane {
    sender: UnboundedSender<LaneMessage>,
    depth: AtomicUsize,
    capacity: usize,
}

/// A message to the receiver.
#[derive(Debug)]
pub(crate) enum LaneMessage {
    /// A call to process.
    Call(QueuedCall),
    /// A call was finished by somebody else, at this time.
    Released(u64, Instant),
}

impl Lane {
    pub(crate) fn new(capacity: usize) -> (Arc<Self>, UnboundedReceiver<LaneMessage>) {
        let (sender, receiver) = unbounded_channel();
        let lane = Self {
            sender,
            depth: AtomicUsize::new(0),
            capacity,
        };
        (Arc::new(lane), receiver)
    }

    /// Takes a permit of the lane if one is free.
    pub(crate) fn reserve(self: &Arc<Self>) -> Option<LanePermit> {
        self.depth
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |depth| {
                (depth < self.capacity).then_some(depth + 1)
            })
            .ok()
            .map(|_| LanePermit {
                lane: Arc::clone(self),
            })
    }

    pub(crate) fn depth(&self) -> usize {
        self.depth.load(Ordering::Relaxed)
    }
}

impl CallOwner for Lane {
    fn released(&self, call_id: u64) {
        // A closed channel means that the receiver is gone and keeps nothing for the call.
        let _ = self
            .sender
            .send(LaneMessage::Released(call_id, Instant::now()));
    }
}

/// A permit for one call in a lane, given back when dropped.
#[derive(Debug)]
pub(crate) struct LanePermit {
    lane: Arc<Lane>,
}

impl LanePermit {
    pub(crate) fn owner(&self) -> Arc<dyn CallOwner> {
        Arc::<Lane>::clone(&self.lane)
    }

    /// Puts a call into its lane. If the receiver is gone the call is dropped, which finishes it.
    pub(crate) fn send(call: QueuedCall) {
        let lane = Arc::clone(&call.permit.lane);
        let _ = lane.sender.send(LaneMessage::Call(call));
    }
}

impl Drop for LanePermit {
    fn drop(&mut self) {
        self.lane.depth.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An admitted call on its way to the pipeline. Dropping it finishes the call, so that a panic
/// or a restart on the way cannot lose it.
#[derive(Debug)]
pub(crate) struct QueuedCall {
    pub(crate) call: Arc<Call>,
    pub(crate) signal: Signal,
    pub(crate) payload: Bytes,
    pub(crate) permit: LanePermit,
    pub(crate) guard: Undelivered,
}

/// A drop guard that finishes a call which is dropped before the pipeline took it.
#[derive(Debug)]
pub(crate) struct Undelivered {
    calls: Arc<CallTable>,
    call_id: Option<u64>,
    payload_blamed: bool,
}

impl Undelivered {
    pub(crate) fn new(calls: Arc<CallTable>, call_id: u64) -> Self {
        Self {
            calls,
            call_id: Some(call_id),
            payload_blamed: false,
        }
    }

    /// Whether a panic from now on is the payload's doing, so that retrying cannot help.
    pub(crate) fn blame_payload(&mut self, blamed: bool) {
        self.payload_blamed = blamed;
    }

    /// Leaves the call to somebody else.
    pub(crate) fn disarm(mut self) {
        self.call_id = None;
    }
}

impl Drop for Undelivered {
    fn drop(&mut self) {
        if let Some(call_id) = self.call_id {
            let error = if self.payload_blamed {
                Error {
                    message: "decoding the payload failed unexpectedly".into(),
                    ..Error::panicked()
                }
                .during(DECODE)
            } else {
                Error::retryable("the pipeline was restarted before it took the data")
            };
            self.calls.finish_if_open(call_id, Err(error));
        }
    }
}

/// The lanes of one pipeline, one for each running instance.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    lanes: RwLock<Vec<Arc<Lane>>>,
    next: AtomicUsize,
}

/// The reason why no permit could be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LaneError {
    /// No instance is running.
    NotReady,
    /// All lanes are full.
    Full,
}

impl Lanes {
    /// Opens a lane until the returned guard is dropped.
    pub(crate) fn open(self: &Arc<Self>, lane: Arc<Lane>) -> OpenLane {
        self.lanes.write().push(Arc::clone(&lane));
        OpenLane {
            lanes: Arc::clone(self),
            lane,
        }
    }

    /// Takes a permit, in turn and then wherever one is free.
    pub(crate) fn reserve(&self) -> Result<LanePermit, LaneError> {
        let lanes = self.lanes.read();
        if lanes.is_empty() {
            return Err(LaneError::NotReady);
        }
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        (0..lanes.len())
            .find_map(|i| lanes[first.wrapping_add(i) % lanes.len()].reserve())
            .ok_or(LaneError::Full)
    }

    pub(crate) fn count(&self) -> usize {
        self.lanes.read().len()
    }

    pub(crate) fn depth(&self) -> usize {
        self.lanes.read().iter().map(|lane| lane.depth()).sum()
    }
}

/// A drop guard that closes a lane to new calls.
pub(crate) struct OpenLane {
    lanes: Arc<Lanes>,
    lane: Arc<Lane>,
}

impl Drop for OpenLane {
    fn drop(&mut self) {
        self.lanes
            .lanes
            .write()
            .retain(|lane| !Arc::ptr_eq(lane, &self.lane));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permit_of_a_full_lane_is_given_back_when_dropped() {
        let (lane, _receiver) = Lane::new(1);
        let permit = lane.reserve().unwrap();
        assert!(lane.reserve().is_none());
        drop(permit);
        assert!(lane.reserve().is_some());
    }

    #[test]
    fn full_lane_is_passed_over_while_another_is_free() {
        let lanes = Arc::new(Lanes::default());
        let (first, _keep_first) = Lane::new(1);
        let (second, _keep_second) = Lane::new(1);
        let _open = (lanes.open(Arc::clone(&first)), lanes.open(second));
        let _taken = first.reserve().unwrap();
        let _permit = lanes.reserve().unwrap();
        assert_eq!(lanes.reserve().unwrap_err(), LaneError::Full);
    }

    #[test]
    fn closed_lane_takes_no_calls() {
        let lanes = Arc::new(Lanes::default());
        let (lane, _receiver) = Lane::new(1);
        drop(lanes.open(lane));
        assert_eq!(lanes.reserve().unwrap_err(), LaneError::NotReady);
    }
}
