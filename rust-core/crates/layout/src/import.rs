// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The edges of the graph.

use std::fmt;

/// Name of a crate's root module.
pub(crate) const ROOT: &str = "crate";

/// A dependency between two source files of a crate, each named by its module, as
/// `error::details`; the root of the crate is `crate`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    /// Module that imports.
    pub from: String,
    /// Module whose items are imported, after re-exports were followed.
    pub to: String,
}

impl fmt::Display for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}", self.from, self.to)
    }
}
