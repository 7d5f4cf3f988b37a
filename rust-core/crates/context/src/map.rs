// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Maps by call id.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

/// Hash map by call id. Its hash is fast and not keyed: ids are counted up by the host, so that
/// nobody outside can make them collide.
pub type CallMap<V> = HashMap<u64, V, FxBuildHasher>;
