// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Writes the tables of [`layout`](crate::layout) as Java constants.

use std::fmt::Write;

use crate::layout::{ABI_VERSION, frame, record, refusal};

/// A generated Java file.
#[derive(Debug)]
pub struct JavaFile {
    /// Simple class name.
    pub class: &'static str,
    /// Whole text of the file.
    pub text: String,
}

/// Generates the constants of the Java side. `header` is the project's licence comment.
#[must_use]
pub fn constants(header: &str) -> Vec<JavaFile> {
    vec![
        file(
            header,
            "FrameLayout",
            "Layout of the submission frame.",
            frame::TABLE,
            true,
        ),
        file(
            header,
            "RecordLayout",
            "Layout of the records that the engine writes.",
            record::TABLE,
            false,
        ),
        file(
            header,
            "Refusals",
            "Why the engine refused a submission.",
            refusal::TABLE,
            false,
        ),
    ]
}

fn file(
    header: &str,
    class: &'static str,
    doc: &str,
    table: &[(&str, usize)],
    with_version: bool,
) -> JavaFile {
    let mut text = String::from(header);
    text.push_str("\npackage dev.ferrule.engine.ffi;\n\n");
    let _ = write!(
        text,
        "/**\n * {doc}\n *\n * <p>\n * Generated from the engine's {{@code layout.rs}}; do not edit.\n */\nfinal class {class} {{\n\n"
    );
    if with_version {
        let _ = write!(text, "\tstatic final int ABI_VERSION = {ABI_VERSION};\n\n");
    }
    for (name, value) in table {
        let _ = write!(text, "\tstatic final int {name} = {value};\n\n");
    }
    let _ = write!(text, "\tprivate {class}() {{\n\t}}\n\n}}\n");
    JavaFile { class, text }
}
