// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Writes the files that are generated from Rust: the C header, and the Java constants.
//! `cargo run -p ferrule-bindings` writes them, this crate's test fails while they are out of
//! date.

use std::error::Error;
use std::path::{Path, PathBuf};

const JAVA_PACKAGE: &str = "../core/src/main/java/dev/ferrule/engine/jna/abi";
const JAVA_LICENCE: &str = include_str!("../java-licence.txt");

/// A generated file.
struct Generated {
    path: PathBuf,
    text: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    for file in generate()? {
        std::fs::write(&file.path, file.text)?;
        println!("wrote {}", file.path.display());
    }
    Ok(())
}

fn generate() -> Result<Vec<Generated>, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = vec![Generated {
        path: root.join("include/ferrule.h"),
        text: header(&root)?,
    }];
    for java in ferrule_abi::java::constants(JAVA_LICENCE) {
        files.push(Generated {
            path: root.join(JAVA_PACKAGE).join(format!("{}.java", java.class)),
            text: java.text,
        });
    }
    Ok(files)
}

fn header(root: &Path) -> Result<String, Box<dyn Error>> {
    let mut text = Vec::new();
    cbindgen::Builder::new()
        .with_language(cbindgen::Language::C)
        .with_header(
            "// Generated from crates/ffi; do not edit. Run `cargo run -p ferrule-bindings`.",
        )
        .with_include_guard("FERRULE_H")
        .with_cpp_compat(true)
        .with_documentation(true)
        .with_src(root.join("crates/ffi/src/lib.rs"))
        .generate()?
        .write(&mut text);
    Ok(String::from_utf8(text)?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn generated_files_are_up_to_date() {
        for file in super::generate().unwrap() {
            let committed = std::fs::read_to_string(&file.path).unwrap_or_default();
            assert!(
                committed == file.text,
                "{} is out of date: cargo run -p ferrule-bindings",
                file.path.display()
            );
        }
    }
}
