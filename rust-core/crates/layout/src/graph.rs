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

/// The imports that lead from a lower layer to a higher one, and those of or from a module that no
/// layer has.
///
/// Layers come from the lowest to the highest, each a list of modules that stand for their
/// descendants as well. The longest name counts: `engine::state` may lie in another layer than
/// `engine`. Within a layer all may import one another, as long as that makes no circle. The root
/// of the crate needs no layer unless something imports from it, and may import from all.
#[must_use]
pub fn misdirected<'a>(imports: &'a BTreeSet<Import>, layers: &[&[&str]]) -> Vec<&'a Import> {
    let is_right = |import: &Import| {
        import.from == ROOT
            || layer(&import.from, layers)
                .zip(layer(&import.to, layers))
                .is_some_and(|(from, to)| from >= to)
    };
    imports.iter().filter(|import| !is_right(import)).collect()
}

/// The number of a module's layer.
fn layer(module: &str, layers: &[&[&str]]) -> Option<usize> {
    let is_in = |name: &str| {
        module
            .strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let numbered = layers.iter().enumerate().flat_map(|(number, layer)| {
        let names = layer.iter().filter(|name| is_in(name));
        names.map(move |name| (name.len(), number))
    });
    numbered.max().map(|(_, number)| number)
}
