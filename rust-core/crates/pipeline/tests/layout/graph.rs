// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! A graph of files that import each other.

use std::collections::{BTreeMap, BTreeSet};

/// Modules that are files of their own, by path such as `engine::state`, and what each imports.
#[derive(Debug, Default)]
pub struct Graph(BTreeMap<String, BTreeSet<String>>);

impl Graph {
    pub fn add(&mut self, module: &str) {
        self.0.entry(module.to_owned()).or_default();
    }

    /// Adds an import of a path, which goes to the innermost file that the path names.
    pub fn import(&mut self, from: &str, path: &[&str]) {
        let found = (0..=path.len())
            .rev()
            .map(|length| path[..length].join("::"))
            .find(|module| self.0.contains_key(module));
        if let Some(to) = found
            && to != from
        {
            self.0.get_mut(from).unwrap().insert(to);
        }
    }

    pub fn edges(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .flat_map(|(from, all)| all.iter().map(move |to| (from.as_str(), to.as_str())))
    }

    /// Files that import each other in a circle, from one of them back to it; none if there are
    /// none.
    pub fn circle(&self) -> Option<Vec<&str>> {
        let mut done = BTreeSet::new();
        self.0
            .keys()
            .find_map(|module| self.circle_from(module, &mut Vec::new(), &mut done))
    }

    fn circle_from<'a>(
        &'a self,
        module: &'a str,
        path: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> Option<Vec<&'a str>> {
        if let Some(start) = path.iter().position(|it| *it == module) {
            return Some([&path[start..], &[module]].concat());
        }
        if !done.insert(module) {
            return None;
        }
        path.push(module);
        let found = self.0[module]
            .iter()
            .find_map(|next| self.circle_from(next, path, done));
        path.pop();
        found
    }

    /// Imports of a higher room, and files without a room.
    pub fn against(&self, rooms: &[&[&str]]) -> Vec<String> {
        let homeless = self
            .0
            .keys()
            .filter(|module| room_of(module, rooms).is_none())
            .map(|module| format!("{module} belongs to no room"));
        let wrong = self
            .edges()
            .filter(|(from, to)| {
                room_of(from, rooms).is_some_and(|room| Some(room) < room_of(to, rooms))
            })
            .map(|(from, to)| format!("{from} must not import from {to}"));
        homeless.chain(wrong).collect()
    }
}

/// The number of a module's room.
fn room_of(module: &str, rooms: &[&[&str]]) -> Option<usize> {
    let is_in = |prefix: &str| {
        module
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || (rest.starts_with("::") && !prefix.is_empty()))
    };
    let prefixes = rooms
        .iter()
        .enumerate()
        .flat_map(|(number, prefixes)| prefixes.iter().map(move |prefix| (prefix.len(), number)));
    let names = rooms.iter().flat_map(|prefixes| prefixes.iter());
    prefixes
        .zip(names)
        .filter(|(_, prefix)| is_in(prefix))
        .map(|(found, _)| found)
        .max()
        .map(|(_, number)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &str)]) -> Graph {
        let mut graph = Graph::default();
        for (from, to) in edges {
            graph.add(from);
            graph.add(to);
        }
        for (from, to) in edges {
            let path: Vec<_> = to.split("::").collect();
            graph.import(from, &path);
        }
        graph
    }

    #[test]
    fn circle_is_found_wherever_it_begins() {
        assert_eq!(graph(&[("a", "b"), ("b", "c"), ("a", "c")]).circle(), None);
        let three = graph(&[("x", "a"), ("a", "b"), ("b", "c"), ("c", "a")]);
        assert_eq!(three.circle(), Some(vec!["a", "b", "c", "a"]));
        let parent = graph(&[("a", "a::b"), ("a::b", "a")]);
        assert_eq!(parent.circle(), Some(vec!["a", "a::b", "a"]));
    }

    #[test]
    fn import_against_the_direction_is_found() {
        let rooms: &[&[&str]] = &[&["low"], &["high::part"], &["middle"], &["high"]];
        let good = [
            ("middle", "low"),
            ("high", "high::part"),
            ("middle", "high::part"),
        ];
        assert!(graph(&good).against(rooms).is_empty());
        let wrong = graph(&[("high::part", "high"), ("low", "middle")]).against(rooms);
        assert_eq!(
            wrong,
            [
                "high::part must not import from high",
                "low must not import from middle"
            ]
        );
        let homeless = graph(&[("other", "low"), ("lower", "low")]).against(rooms);
        assert_eq!(homeless.len(), 2, "{homeless:?}");
    }

    #[test]
    fn import_goes_to_the_innermost_file() {
        let mut graph = graph(&[("a", "b"), ("b", "b::c")]);
        graph.import("a", &["b", "c", "Type", "new"]);
        assert!(graph.edges().any(|edge| edge == ("a", "b::c")));
    }
}
