// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Reads what the files of a crate import.

use std::fs;
use std::path::{Path, PathBuf};

use super::graph::Graph;

/// The graph of a crate whose `lib.rs` is in `root`.
pub fn read_crate(root: &Path) -> Graph {
    let files: Vec<_> = rust_files(root)
        .into_iter()
        .map(|file| (module_of(file.strip_prefix(root).unwrap()), file))
        .collect();
    let mut graph = Graph::default();
    for (module, _) in &files {
        graph.add(&module.join("::"));
    }
    for (module, file) in &files {
        let text = fs::read_to_string(file).unwrap();
        for path in paths(&text, module) {
            let path: Vec<_> = path.iter().map(String::as_str).collect();
            graph.import(&module.join("::"), &path);
        }
    }
    graph
}

/// All files of Rust below a directory.
pub fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            files.push(path);
        }
    }
    files
}

/// Whether a text names a crate of the engine, other than in comments and strings.
pub fn names_engine(text: &str) -> bool {
    tokens(text)
        .iter()
        .any(|token| token.starts_with("otel_arrow_dfe"))
}

fn module_of(file: &Path) -> Vec<String> {
    let file = file.with_extension("");
    let names: Vec<_> = file
        .iter()
        .map(|name| name.to_str().unwrap().to_owned())
        .collect();
    if names == ["lib"] { Vec::new() } else { names }
}

/// Paths that begin with `crate`, `self` or `super` in the text of a module, from the crate's root.
fn paths(text: &str, module: &[String]) -> Vec<Vec<String>> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    // Modules within the file, each with the depth of its braces
    let mut inner: Vec<usize> = Vec::new();
    let mut depth = 0;
    let mut at = 0;
    while at < tokens.len() {
        let is_path = tokens.get(at + 1).is_some_and(|next| next == "::");
        match tokens[at].as_str() {
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                inner.retain(|it| *it <= depth);
            }
            "mod" if tokens.get(at + 2).is_some_and(|next| next == "{") => inner.push(depth + 1),
            "crate" | "self" | "super" if is_path => {
                let mut base: Vec<String> = module.to_vec();
                base.extend(inner.iter().map(|_| "(inner)".to_owned()));
                let first = at;
                while matches!(tokens[at].as_str(), "crate" | "self" | "super")
                    && tokens.get(at + 1).is_some_and(|next| next == "::")
                {
                    match tokens[at].as_str() {
                        "crate" => base.clear(),
                        "super" => drop(base.pop()),
                        _ => {}
                    }
                    at += 2;
                }
                // Part of a longer path, such as `other::self::x`
                if first == 0 || tokens[first - 1] != "::" {
                    let _ = tree(&tokens, at, &base, &mut found);
                }
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Reads a path or a tree of paths at a token; returns the token behind it.
fn tree(tokens: &[String], mut at: usize, base: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = base.to_vec();
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("{") => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token != "}") {
                    if tokens[at] == "," {
                        at += 1;
                    } else {
                        at = tree(tokens, at, &path, found).max(at + 1);
                    }
                }
                return at + 1;
            }
            Some(name) if is_name(name) => {
                if name != "self" {
                    path.push(name.to_owned());
                }
                at += 1;
            }
            Some("*") => at += 1,
            _ => break,
        }
        if tokens.get(at).is_none_or(|token| token != "::") {
            break;
        }
        at += 1;
    }
    if tokens.get(at).is_some_and(|token| token == "as") {
        at += 2;
    }
    found.push(path);
    at
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::` and single characters, without comments, strings and characters.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(length) = literal(rest) {
            length
        } else if c.is_alphanumeric() || c == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
            let end = end.unwrap_or(rest.len());
            tokens.push(rest[..end].to_owned());
            end
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            if !c.is_whitespace() {
                tokens.push(c.to_string());
            }
            c.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

/// The length of a string or a character at the beginning of a text.
fn literal(text: &str) -> Option<usize> {
    let after_prefix = text.trim_start_matches(['b', 'r']);
    let prefix = text.len() - after_prefix.len();
    let hashes = after_prefix.len() - after_prefix.trim_start_matches('#').len();
    let body = &after_prefix[hashes..];
    if prefix > 2 || !body.starts_with('"') {
        let body = text.strip_prefix('\'')?;
        let character = body.chars().next()?;
        let length = match character {
            '\\' => body[2..].find('\'')? + 2,
            _ => character.len_utf8(),
        };
        return body[length..].starts_with('\'').then_some(length + 2);
    }
    let raw = text[..prefix].contains('r');
    let start = prefix + hashes + 1;
    if raw {
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(start + text[start..].find(&end)? + end.len());
    }
    if hashes > 0 {
        return None;
    }
    let mut escaped = false;
    let end = text[start..].find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })?;
    Some(start + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let module = ["a".to_owned(), "b".to_owned()];
        let paths = paths(text, &module);
        paths.iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn trees_are_taken_apart() {
        assert_eq!(
            found("use crate::{x::{self, Y as Z, w::*}, v};\nuse super::{self, c};"),
            ["x", "x::Y", "x::w", "v", "a", "a::c"]
        );
        assert_eq!(
            found("pub(super) use self::d::E; fn f() { crate::g::h(); super::super::i::<T>() }"),
            ["a::b::d::E", "g::h", "i"]
        );
    }

    #[test]
    fn what_only_looks_like_a_path_is_none() {
        let text = r##"// crate::a
            let x = "crate::b \" crate::c"; let y = r#"crate::d"#; let z = '"'; let w = '\''; 'e: crate::f;
            fn g(self) {}"##;
        assert_eq!(found(text), ["f"]);
    }

    #[test]
    fn engine_is_found_in_code_alone() {
        assert!(names_engine("fn f() { otel_arrow_dfe_otap::g() }"));
        assert!(!names_engine(
            "/// `otel_arrow_dfe_otap`\nconst X: &str = \"otel_arrow_dfe\";"
        ));
    }

    #[test]
    fn parent_of_a_module_within_the_file_is_the_file() {
        let text = "mod tests { use super::*; use super::super::c; } use super::d;";
        assert_eq!(found(text), ["a::b", "a::c", "a::d"]);
    }
}
