// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Application values of a call.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

use crate::sync::{AtomicU64, Ordering};

/// Application values of a call: a JSON object, parsed once, when a node first asks. If it does
/// not parse then, the call goes on without it.
#[derive(Default)]
pub struct Attributes {
    bytes: Arc<[u8]>,
    range: Range<usize>,
    object: OnceLock<Option<Map<String, Value>>>,
    /// Counts calls whose attributes did not parse.
    degraded: Option<Arc<AtomicU64>>,
}

impl Attributes {
    /// Attributes whose JSON is `context[range]`. Nothing is copied; a range that lies outside reads
    /// as empty.
    #[must_use]
    pub fn in_context(context: &Arc<[u8]>, range: Range<usize>) -> Self {
        if range.is_empty() {
            return Self::default();
        }
        Self {
            bytes: Arc::clone(context),
            range,
            ..Self::default()
        }
    }

    /// The JSON as it came, valid or not; empty if there is none.
    #[must_use]
    pub fn json(&self) -> &[u8] {
        self.bytes.get(self.range.clone()).unwrap_or_default()
    }

    /// The value of a name; none if the object does not have it, or if the bytes are no JSON object.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.object()?.get(name)
    }

    /// The object; none if there are no attributes, or if the bytes are no JSON object, which is
    /// counted once for a call.
    #[must_use]
    pub fn object(&self) -> Option<&Map<String, Value>> {
        self.object
            .get_or_init(|| {
                let json = self.json();
                if json.is_empty() {
                    return None;
                }
                let object = serde_json::from_slice(json).ok();
                if object.is_none()
                    && let Some(degraded) = &self.degraded
                {
                    degraded.fetch_add(1, Ordering::Relaxed);
                }
                object
            })
            .as_ref()
    }

    pub(crate) fn count_degraded(&mut self, counter: &Arc<AtomicU64>) {
        if !self.range.is_empty() {
            self.degraded = Some(Arc::clone(counter));
        }
    }
}

impl From<Vec<u8>> for Attributes {
    fn from(json: Vec<u8>) -> Self {
        let range = 0..json.len();
        Self::in_context(&json.into(), range)
    }
}

impl std::fmt::Debug for Attributes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes of JSON", self.range.len())
    }
}
