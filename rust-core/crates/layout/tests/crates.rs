// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The layout of Ferrule's crates: no circles, and the layers from the lowest to the highest.

use std::path::Path;

use ferrule_layout::{Import, circles, imports, misdirected};

/// Fails with the imports that are part of a circle, or do not lead to a lower layer.
fn check(name: &str, layers: &[&[&str]]) {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../{name}/src"));
    let imports = imports(&src).expect("readable sources");
    let circular: Vec<_> = circles(&imports).into_iter().flatten().collect();
    assert_none(name, "in a circle", &circular);
    assert_none(
        name,
        "in the wrong direction",
        &misdirected(&imports, layers),
    );
}

fn assert_none(name: &str, how: &str, imports: &[&Import]) {
    let lines: Vec<_> = imports.iter().map(|it| it.to_string()).collect();
    assert!(
        lines.is_empty(),
        "modules of {name} import one another {how}:\n{}",
        lines.join("\n")
    );
}

#[test]
fn abi_keeps_to_its_layers() {
    check(
        "abi",
        &[
            &["layout"],
            &["frame", "handle", "java", "memory", "record"],
        ],
    );
}

#[test]
fn context_keeps_to_its_layers() {
    check(
        "context",
        &[
            &["deadline", "error", "map", "sync", "trace"],
            &["metadata"],
            &["call", "merging"],
            &["group", "outbox"],
            &["table"],
        ],
    );
}

#[test]
fn otlp_keeps_to_its_layers() {
    check(
        "otlp",
        &[
            &["crate", "signal", "text", "wire"],
            &["error", "schema"],
            &["json", "summary", "validate"],
        ],
    );
}

#[test]
fn bindings_keep_to_their_layers() {
    check("bindings", &[]);
}

#[test]
fn layout_keeps_to_its_layers() {
    check(
        "layout",
        &[&["import", "tokens"], &["graph", "source"], &["resolve"]],
    );
}
