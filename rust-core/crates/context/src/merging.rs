// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Partitions of a batch processor: calls share a batch only if they have the same values of some
//! metadata.

use std::time::Duration;

use crate::error::Error;
use crate::metadata::{Metadata, canonical};

/// Names of the metadata that batches are partitioned by.
#[derive(Debug, Clone, Default)]
pub struct PartitionNames(Box<[Box<str>]>);

/// Values of the partition names, which all calls of one batch have, in the same order. A name
/// without a value differs from one with an empty value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PartitionKey(Box<[u8]>);

impl PartitionNames {
    /// Partitions by these names, in any case; no names make one partition of all calls.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().map(canonical).collect())
    }

    /// The partition that a call belongs to.
    #[must_use]
    pub fn key(&self, metadata: &Metadata) -> PartitionKey {
        let mut key = Vec::new();
        for name in &self.0 {
            // Each value is led by a kind and its length, each name ended by a zero, so that
            // different values never give equal bytes
            for entry in metadata.entries(name) {
                key.push(1 + u8::from(entry.binary));
                key.extend_from_slice(&entry.value.len().to_le_bytes());
                key.extend_from_slice(entry.value);
            }
            key.push(0);
        }
        PartitionKey(key.into())
    }

    /// Whether batches are partitioned by a name, in any case.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        let name = canonical(name);
        self.0.contains(&name)
    }

    /// The metadata of a batch with the call that has `metadata`: all else is dropped.
    #[must_use]
    pub fn merged(&self, metadata: &Metadata) -> Metadata {
        let mut merged = Metadata::builder(0, 0);
        for entry in metadata.iter() {
            if self.0.iter().any(|name| **name == *entry.name) {
                merged.push(entry);
            }
        }
        merged.build()
    }
}

/// Checks that one more partition may be opened while `open` are.
///
/// # Errors
/// `ResourceExhausted` with `retry_delay` if `limit` is reached; the batches that are open go
/// out before long.
pub fn check_partitions(open: usize, limit: usize, retry_delay: Duration) -> Result<(), Error> {
    if open < limit {
        Ok(())
    } else {
        Err(Error::exhausted(
            "too many different values of the metadata that batches are told apart by",
            retry_delay,
        ))
    }
}
