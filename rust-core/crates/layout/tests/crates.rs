// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The layout of Ferrule's crates: no circles, and the layers from the lowest to the highest.

use std::fs;
use std::path::{Path, PathBuf};

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
fn pipeline_keeps_to_its_layers() {
    check(
        "pipeline",
        &[
            &["engine_api", "test_vectors"],
            &["text", "urns", "signal", "headers"],
            &["error"],
            &["config"],
            &["admission"],
            &["engine::registry", "engine::state"],
            &["decode", "logs", "node"],
            &["nodes"],
            &["spec"],
            &["engine"],
        ],
    );
}

/// The only file that names the engine's crates.
const ENGINE_API: &str = "pipeline/src/engine_api.rs";

#[test]
fn one_file_names_the_crates_of_the_engine() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut naming = Vec::new();
    find(&crates, &mut naming);
    assert_eq!(naming, [crates.join(ENGINE_API)]);
}

/// Collects the Rust files below a directory that name a crate of the engine.
fn find(directory: &Path, naming: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("readable directory") {
        let path = entry.expect("readable entry").path();
        if path.is_dir() {
            find(&path, naming);
        } else if path.extension().is_some_and(|it| it == "rs")
            && fs::read_to_string(&path)
                .expect("readable file")
                // In two parts, or this file would name them too
                .contains(concat!("otel_arrow", "_dfe_"))
        {
            naming.push(path);
        }
    }
}

#[test]
fn ffi_keeps_to_its_layers() {
    check("ffi", &[&["convert", "guard"], &["engines"], &["crate"]]);
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
