// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Module dependency checks for tests: which source files of a crate import which, whether they do
//! so in a circle, and whether they keep to an order of layers.
//!
//! Source is split into tokens but not expanded, so imports that a macro makes up are not seen;
//! paths inside `macro_rules!` bodies are. Code under `#[cfg(test)]` is left out, because tests
//! may look at anything.

#![forbid(unsafe_code)]

mod graph;
mod import;
mod resolve;
mod source;
mod tokens;

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

pub use self::graph::{circles, misdirected};
pub use self::import::Import;

/// Reads the imports between the modules of the crate whose `lib.rs` or `main.rs` is in `src`.
///
/// An item counts as imported from the module that defines it: re-exports are followed. A
/// re-export (`pub use`) is no import of the module that it stands in, unless that uses the name
/// as well. Declaring a child (`mod child;`) is no import either.
///
/// # Errors
/// If a source file is missing or is no Rust.
pub fn imports(src: &Path) -> io::Result<BTreeSet<Import>> {
    Ok(resolve::imports(&source::read(src)?))
}

#[cfg(test)]
mod tests;
