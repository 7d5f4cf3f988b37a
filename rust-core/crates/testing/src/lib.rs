// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The native library with two more nodes, which fail as a test asks for. Tests load it through
//! `ferrule.native.path`; the shipped library has none of this.

// The exports of the shipped library are this library's, too.
pub use ferrule::*;
// Registers its node
use ferrule_example_node as _;

mod adapted;
mod order;
mod outcome;
mod park;
mod probe;

#[cfg(test)]
mod tests;
