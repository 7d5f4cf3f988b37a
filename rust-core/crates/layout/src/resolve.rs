// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Finds the modules that paths lead to.

use std::collections::BTreeSet;

use crate::import::Import;
use crate::source::Module;

/// Re-exports that are followed in a row; more are taken for a circle of them.
const MOST_HOPS: usize = 32;

pub(crate) fn imports(modules: &[Module]) -> BTreeSet<Import> {
    let mut imports = BTreeSet::new();
    for (index, module) in modules.iter().enumerate() {
        for path in &module.paths {
            let Some(target) = resolve(modules, index, path, MOST_HOPS) else {
                continue;
            };
            let to = &modules[target].file;
            if *to != module.file {
                imports.insert(Import {
                    from: module.file.clone(),
                    to: to.clone(),
                });
            }
        }
    }
    imports
}

/// The module that defines what a path in module `from` names; none if it is not of this crate.
fn resolve(modules: &[Module], from: usize, path: &[String], hops: usize) -> Option<usize> {
    let hops = hops.checked_sub(1)?;
    let (first, mut rest) = path.split_first()?;
    let mut at = match first.as_str() {
        "crate" => 0,
        "self" => from,
        "super" => modules[from].parent,
        name => match step(modules, from, name, hops) {
            Resolution::Module(module) => module,
            Resolution::Item(module) => return Some(module).filter(|module| *module != from),
            Resolution::Unknown => return None,
        },
    };
    while let Some((name, behind)) = rest.split_first() {
        match (name.as_str(), step(modules, at, name, hops)) {
            ("super", _) => at = modules[at].parent,
            (_, Resolution::Module(module)) => at = module,
            (_, Resolution::Item(module)) => return Some(module),
            // From another crate, or made by a macro
            (_, Resolution::Unknown) => return Some(at),
        }
        rest = behind;
    }
    Some(at)
}

/// What a name stands for in a module.
enum Resolution {
    Module(usize),
    /// An item of that module.
    Item(usize),
    Unknown,
}

fn step(modules: &[Module], at: usize, name: &str, hops: usize) -> Resolution {
    let module = &modules[at];
    if let Some(child) = module.children.get(name) {
        return Resolution::Module(*child);
    }
    if module.items.contains(name) {
        return Resolution::Item(at);
    }
    if let Some(path) = module.names.get(name) {
        return follow(modules, at, path, hops);
    }
    for glob in &module.globs {
        let Some(target) = resolve(modules, at, glob, hops) else {
            continue;
        };
        let Some(hops) = hops.checked_sub(1) else {
            break;
        };
        match step(modules, target, name, hops) {
            Resolution::Unknown => {}
            found => return found,
        }
    }
    Resolution::Unknown
}

/// What an import stands for: a module if its path ends at one, else an item of one.
fn follow(modules: &[Module], at: usize, path: &[String], hops: usize) -> Resolution {
    let Some(target) = resolve(modules, at, path, hops) else {
        return Resolution::Unknown;
    };
    let Some((last, init)) = path.split_last() else {
        return Resolution::Unknown;
    };
    let parent = if init.is_empty() {
        Some(at)
    } else {
        resolve(modules, at, init, hops)
    };
    match parent.map(|parent| step(modules, parent, last, hops.saturating_sub(1))) {
        Some(Resolution::Module(module)) => Resolution::Module(module),
        _ if matches!(last.as_str(), "self" | "super" | "crate") => Resolution::Module(target),
        _ => Resolution::Item(target),
    }
}
