// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Maps by call id.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map by call id.
pub type CallMap<V> = HashMap<u64, V, BuildHasherDefault<IdHasher>>;

/// Call ids are counted up by the host, so multiplying spreads them well enough.
#[derive(Debug, Default)]
pub struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0 ^ value)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(29);
    }
}
