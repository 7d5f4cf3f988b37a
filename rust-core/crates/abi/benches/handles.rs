// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Look-up of handles: `cargo bench -p ferrule-abi`

use std::sync::Arc;

use divan::{Bencher, black_box};
use ferrule_abi::handle::HandleTable;

static TABLE: HandleTable<u64> = HandleTable::new();

fn main() {
    divan::main();
}

/// What each submission does with the engine's handle.
#[divan::bench(threads = [1, 2])]
fn get(bencher: Bencher<'_, '_>) {
    let handle = TABLE.insert(Arc::new(1));
    bencher.bench(|| TABLE.get(black_box(handle)));
}

#[divan::bench]
fn insert_and_remove(bencher: Bencher<'_, '_>) {
    let value = Arc::new(1);
    bencher.bench(|| TABLE.remove(black_box(TABLE.insert(Arc::clone(&value)))));
}
