// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The layout of this crate: which file may import which, and which one the engine.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "layout/graph.rs"]
mod graph;
#[path = "layout/source.rs"]
mod source;

use std::fs;
use std::path::Path;

use self::graph::Graph;

/// Rooms from the lowest to the highest. A file imports from its own room and from lower ones;
/// the longest prefix of its module's path names its room.
const ROOMS: &[&[&str]] = &[
    &["engine_api", "vectors"],
    &["text", "urns", "signal", "headers"],
    &["error"],
    &["config"],
    &["admission"],
    &["engine::registry", "engine::state"],
    &["decode", "logs", "node"],
    &["nodes"],
    &["spec"],
    &["engine"],
    // lib.rs, from which no file imports
    &[""],
];

fn read() -> Graph {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    source::read_crate(&root)
}

/// The only file that names the engine's crates.
const ENGINE_API: &str = "pipeline/src/engine_api.rs";

#[test]
fn no_files_import_each_other() {
    let graph = read();
    assert!(graph.edges().count() > 100, "the imports were not found");
    assert_eq!(graph.circle(), None);
}

#[test]
fn imports_point_one_way() {
    let wrong = read().against(ROOMS);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn one_file_names_the_crates_of_the_engine() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let naming: Vec<_> = source::rust_files(crates)
        .into_iter()
        .filter(|file| source::names_engine(&fs::read_to_string(file).unwrap()))
        .collect();
    assert_eq!(naming, [crates.join(ENGINE_API)]);
}
