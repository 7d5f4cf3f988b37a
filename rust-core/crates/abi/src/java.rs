// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Writes the tables of [`layout`](crate::layout) as Java constants.

use std::fmt::Write;

use crate::layout::{ABI_VERSION, WELL_KNOWN_NAMES, frame, phase, record, refusal};

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
            "RefusalCodes",
            "Why the engine refused a submission.",
            refusal::TABLE,
            false,
        ),
        file(
            header,
            "PhaseCodes",
            "How far a call has come.",
            phase::TABLE,
            false,
        ),
        names_file(header),
    ]
}

const MOST_COLUMNS: usize = 120;
const TAB_COLUMNS: usize = 4;

/// The well-known names, wrapped as the Java formatter does.
fn names_file(header: &str) -> JavaFile {
    let mut text = String::from(header);
    text.push_str(
        "\npackage dev.ferrule.engine.jna.abi;\n\nimport java.util.List;\n\n\
         /**\n * Names of headers that many requests carry.\n *\n * <p>\n \
         * Generated from the engine's {@code layout.rs}; do not edit.\n */\n\
         public final class WellKnownNames {\n\n\t/** In the order of their numbers, in lower case. */\n",
    );
    let mut line = String::from("public static final List<String> NAMES = List.of(");
    let mut indent = 1;
    for (number, name) in WELL_KNOWN_NAMES.iter().enumerate() {
        let end = if number + 1 == WELL_KNOWN_NAMES.len() {
            ");"
        } else {
            ","
        };
        let item = format!("\"{name}\"{end}");
        let space = usize::from(line.ends_with(','));
        if indent * TAB_COLUMNS + line.len() + space + item.len() > MOST_COLUMNS {
            let _ = writeln!(text, "{}{line}", "\t".repeat(indent));
            indent = 3;
            line = item;
        } else {
            line.push_str(&" ".repeat(space));
            line.push_str(&item);
        }
    }
    let _ = writeln!(text, "{}{line}", "\t".repeat(indent));
    text.push_str("\n\tprivate WellKnownNames() {\n\t}\n\n}\n");
    JavaFile {
        class: "WellKnownNames",
        text,
    }
}

fn file(
    header: &str,
    class: &'static str,
    doc: &str,
    table: &[(&str, usize)],
    with_version: bool,
) -> JavaFile {
    let mut text = String::from(header);
    text.push_str("\npackage dev.ferrule.engine.jna.abi;\n\n");
    let _ = write!(
        text,
        "/**\n * {doc}\n *\n * <p>\n * Generated from the engine's {{@code layout.rs}}; do not edit.\n */\npublic final class {class} {{\n\n"
    );
    if with_version {
        let _ = write!(
            text,
            "\tpublic static final int ABI_VERSION = {ABI_VERSION};\n\n"
        );
    }
    for (name, value) in table {
        let _ = write!(text, "\tpublic static final int {name} = {value};\n\n");
    }
    let _ = write!(text, "\tprivate {class}() {{\n\t}}\n\n}}\n");
    JavaFile { class, text }
}
