// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Marks of calls that ended while their data may still be in a pipeline.

use std::collections::VecDeque;

use crate::error::ErrorKind;
use crate::map::CallMap;

/// Most calls that are remembered.
const MOST: usize = 8192;

/// Calls that were cancelled or whose deadline passed, the latest at the end.
#[derive(Debug, Default)]
pub(super) struct Tombstones {
    kinds: CallMap<ErrorKind>,
    order: VecDeque<u64>,
}

impl Tombstones {
    /// Marks a call, and forgets the oldest if there are too many.
    pub(super) fn insert(&mut self, call_id: u64, kind: ErrorKind) {
        if self.order.len() == MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.kinds.remove(&oldest);
        }
        self.order.push_back(call_id);
        self.kinds.insert(call_id, kind);
    }

    /// Why a call ended, if it is remembered.
    pub(super) fn get(&self, call_id: u64) -> Option<ErrorKind> {
        self.kinds.get(&call_id).copied()
    }
}
