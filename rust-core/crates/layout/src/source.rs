// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The modules of a crate, read from its source files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use proc_macro2::TokenStream;

use crate::import::ROOT;
use crate::tokens::{self, Declaration, Segments};

/// One module, in a file of its own or inline.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// Index of the enclosing module; its own for the root.
    pub(crate) parent: usize,
    /// Name of the module that the file holds.
    pub(crate) file: String,
    /// Indices of the modules that are declared here.
    pub(crate) children: BTreeMap<String, usize>,
    /// What each imported name stands for.
    pub(crate) names: BTreeMap<String, Segments>,
    /// Modules of which all names are imported.
    pub(crate) globs: Vec<Segments>,
    /// Names of the items that are defined here.
    pub(crate) items: BTreeSet<String>,
    /// Paths that this module depends on.
    pub(crate) paths: Vec<Segments>,
}

/// Reads all modules that are reachable from the root, which comes first.
pub(crate) fn read(src: &Path) -> io::Result<Vec<Module>> {
    let root = ["lib.rs", "main.rs"].map(|name| src.join(name));
    let root = root.iter().find(|file| file.is_file());
    let root = root.ok_or_else(|| error(src, "holds neither lib.rs nor main.rs"))?;
    let mut modules = Vec::new();
    let tokens = parse(root)?;
    let location = Location {
        parent: 0,
        file: ROOT.to_owned(),
        children: src.to_owned(),
    };
    add(&mut modules, &location, tokens)?;
    Ok(modules)
}

/// Where a module stands.
struct Location {
    parent: usize,
    file: String,
    /// Directory of the files of its children.
    children: PathBuf,
}

fn add(modules: &mut Vec<Module>, location: &Location, tokens: TokenStream) -> io::Result<usize> {
    let index = modules.len();
    let content = tokens::read(tokens);
    modules.push(Module {
        parent: location.parent,
        file: location.file.clone(),
        paths: content.dependencies(),
        names: content.names,
        globs: content.globs,
        items: content.items,
        ..Module::default()
    });
    for (name, declaration) in content.modules {
        let children = location.children.join(&name);
        let (file, tokens) = match declaration {
            Declaration::Inline(tokens) => (location.file.clone(), tokens),
            Declaration::File => {
                let flat = children.with_extension("rs");
                let nested = children.join("mod.rs");
                let path = if nested.is_file() { nested } else { flat };
                let file = match location.file.as_str() {
                    ROOT => name.clone(),
                    parent => format!("{parent}::{name}"),
                };
                (file, parse(&path)?)
            }
        };
        let location = Location {
            parent: index,
            file,
            children,
        };
        let child = add(modules, &location, tokens)?;
        modules[index].children.insert(name, child);
    }
    Ok(index)
}

fn parse(file: &Path) -> io::Result<TokenStream> {
    let text = fs::read_to_string(file).map_err(|cause| error(file, cause))?;
    text.parse().map_err(|cause| error(file, cause))
}

fn error(path: &Path, cause: impl std::fmt::Display) -> io::Error {
    io::Error::other(format!("{}: {cause}", path.display()))
}
