// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Checks of the graph of imports.

use std::collections::BTreeSet;

use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;

use crate::import::{Import, ROOT};

/// The circles among `imports`: for each set of modules that reach one another, the imports
/// between them. Empty if there is none.
#[must_use]
pub fn circles(imports: &BTreeSet<Import>) -> Vec<Vec<&Import>> {
    let edges = imports.iter().map(|it| (it.from.as_str(), it.to.as_str()));
    let graph = DiGraphMap::<&str, ()>::from_edges(edges);
    tarjan_scc(&graph)
        .into_iter()
        .filter(|component| component.len() > 1)
        .map(|component| {
            let inside = |name: &String| component.contains(&name.as_str());
            imports
                .iter()
                .filter(|import| inside(&import.from) && inside(&import.to))
                .collect()
        })
        .collect()
}

/// The imports that do not lead from a later layer to an earlier one, and those of modules that no
/// layer has.
///
/// A layer is a list of modules, each with its descendants, where the longest name counts:
/// `engine::state` may lie in another layer than `engine`. Within a layer a module and its
/// descendants may import one another, but not those of another module of the layer. The root of
/// the crate (`crate`) needs no layer: its imports are not looked at; what imports from it does,
/// unless it has one.
#[must_use]
pub fn misdirected<'a>(imports: &'a BTreeSet<Import>, layers: &[&[&str]]) -> Vec<&'a Import> {
    imports
        .iter()
        .filter(|import| import.from != ROOT)
        .filter(
            |import| match (place(&import.from, layers), place(&import.to, layers)) {
                (Some(from), Some(to)) => from.1 != to.1 && from.0 <= to.0,
                _ => true,
            },
        )
        .collect()
}

/// The layer of a module, and the name by which it has it.
fn place<'a>(module: &str, layers: &[&[&'a str]]) -> Option<(usize, &'a str)> {
    let named = layers.iter().enumerate().flat_map(|(number, layer)| {
        let names = layer.iter().filter(|name| {
            module
                .strip_prefix(**name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        });
        names.map(move |name| (number, *name))
    });
    named.max_by_key(|(_, name)| name.len())
}
