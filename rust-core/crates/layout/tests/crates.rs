// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The layout of Ferrule's crates.

use std::path::Path;

use ferrule_layout::{circles, imports};

/// Fails with the imports between modules that reach one another.
fn assert_no_circles(name: &str) {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../{name}/src"));
    let imports = imports(&src).expect("readable sources");
    let circles = circles(&imports);
    let lines: Vec<_> = circles.iter().flatten().map(|it| it.to_string()).collect();
    assert!(
        lines.is_empty(),
        "modules of {name} import one another in a circle:\n{}",
        lines.join("\n")
    );
}

#[test]
fn modules_of_abi_import_one_another_in_one_direction() {
    assert_no_circles("abi");
}

#[test]
fn modules_of_layout_import_one_another_in_one_direction() {
    assert_no_circles("layout");
}

#[test]
fn modules_of_bindings_import_one_another_in_one_direction() {
    assert_no_circles("bindings");
}

#[test]
fn modules_of_context_import_one_another_in_one_direction() {
    assert_no_circles("context");
}

#[test]
fn modules_of_otlp_import_one_another_in_one_direction() {
    assert_no_circles("otlp");
}
