// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Finds modules, imports, items and paths among the tokens of a module.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

/// A path as written, one name for each segment.
pub(crate) type Segments = Vec<String>;

/// What a module holds, as far as it concerns imports.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) names: BTreeMap<String, Segments>,
    pub(crate) globs: Vec<Segments>,
    pub(crate) items: BTreeSet<String>,
    pub(crate) modules: Vec<(String, Declaration)>,
    uses: Vec<Use>,
    /// Paths in code, of two names or more.
    paths: Vec<Segments>,
    /// All names in code.
    mentioned: BTreeSet<String>,
}

/// How a child module is declared.
#[derive(Debug)]
pub(crate) enum Declaration {
    Inline(TokenStream),
    File,
}

#[derive(Debug)]
struct Use {
    /// Name that it brings in; none for all names.
    name: Option<String>,
    path: Segments,
    re_export: bool,
}

impl Content {
    /// The paths that the module depends on.
    pub(crate) fn dependencies(&self) -> Vec<Segments> {
        let uses = self.uses.iter().filter(|it| {
            !it.re_export
                || it
                    .name
                    .as_ref()
                    .is_some_and(|name| self.mentioned.contains(name))
        });
        let uses = uses.map(|it| &it.path);
        uses.chain(&self.paths).cloned().collect()
    }

    fn add(&mut self, name: Option<String>, path: Segments, re_export: bool) {
        match &name {
            Some(name) => {
                self.names.insert(name.clone(), path.clone());
            }
            None => self.globs.push(path.clone()),
        }
        self.uses.push(Use {
            name,
            path,
            re_export,
        });
    }
}

pub(crate) fn read(tokens: TokenStream) -> Content {
    let mut content = Content::default();
    walk(&mut content, tokens, true);
    content
}

/// Reads tokens of a module; `top` if they stand in no braces or other brackets.
fn walk(content: &mut Content, tokens: TokenStream, top: bool) {
    let mut cursor = Cursor::new(tokens);
    let mut public = false;
    while let Some(token) = cursor.next() {
        let was_public = std::mem::take(&mut public);
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => attribute(&mut cursor),
            TokenTree::Punct(punct) if punct.as_char() == ':' && cursor.take_punct(':') => {
                // From another crate, or of a type: what it is cannot be told
                let _ = cursor.path(None);
            }
            TokenTree::Group(group) => {
                // The brackets of `pub(crate)`
                public = was_public && group.delimiter() == Delimiter::Parenthesis;
                walk(content, group.stream(), false);
            }
            TokenTree::Ident(ident) => match name(&ident).as_str() {
                "pub" => public = true,
                "use" if !cursor.at_punct('<') => {
                    use_tree(content, &mut cursor, &[], was_public);
                }
                "mod" if top => declaration(content, &mut cursor),
                "fn" | "struct" | "enum" | "trait" | "type" | "const" | "static" | "union"
                    if top =>
                {
                    if let Some(TokenTree::Ident(item)) = cursor.peek() {
                        content.items.insert(name(item));
                    }
                }
                "macro_rules" if top && cursor.take_punct('!') => {
                    if let Some(TokenTree::Ident(item)) = cursor.next() {
                        content.items.insert(name(&item));
                    }
                }
                _ => {
                    let path = cursor.path(Some(&ident));
                    content.mentioned.extend(path.first().cloned());
                    if path.len() > 1 {
                        content.paths.push(path);
                    }
                }
            },
            _ => {}
        }
    }
}

/// Skips an attribute, and with `cfg(test)` also what it stands before.
fn attribute(cursor: &mut Cursor) {
    if cursor.take_punct('!') {
        cursor.next();
        return;
    }
    let is_test = match cursor.next() {
        Some(TokenTree::Group(group)) => {
            let text = group.stream().to_string().replace(' ', "");
            text == "cfg(test)" || text.starts_with("cfg(all(test,")
        }
        _ => false,
    };
    if is_test {
        while let Some(token) = cursor.next() {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ';' => break,
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => break,
                _ => {}
            }
        }
    }
}

fn declaration(content: &mut Content, cursor: &mut Cursor) {
    let Some(TokenTree::Ident(ident)) = cursor.next() else {
        return;
    };
    let declaration = match cursor.next() {
        Some(TokenTree::Group(group)) => Declaration::Inline(group.stream()),
        _ => Declaration::File,
    };
    content.modules.push((name(&ident), declaration));
}

/// Reads what follows `use`, or a group in it, below `prefix`.
fn use_tree(content: &mut Content, cursor: &mut Cursor, prefix: &[String], re_export: bool) {
    let mut path = prefix.to_vec();
    let mut rename = None;
    loop {
        match cursor.next() {
            Some(TokenTree::Ident(ident)) if ident == "as" => {
                rename = cursor.path(None).pop();
            }
            Some(TokenTree::Ident(ident)) => path.push(name(&ident)),
            Some(TokenTree::Punct(punct)) if punct.as_char() == '*' => {
                content.add(None, std::mem::take(&mut path), re_export);
            }
            Some(TokenTree::Group(group)) => {
                let path = std::mem::take(&mut path);
                use_tree(content, &mut Cursor::new(group.stream()), &path, re_export);
            }
            Some(TokenTree::Punct(punct)) if !matches!(punct.as_char(), ',' | ';') => {}
            end => {
                let mut path = std::mem::replace(&mut path, prefix.to_vec());
                if path.len() > prefix.len() {
                    if path.len() > 1 {
                        path.pop_if(|last| last == "self");
                    }
                    let name = rename.take().or_else(|| path.last().cloned());
                    content.add(name, path, re_export);
                }
                if !matches!(end, Some(TokenTree::Punct(punct)) if punct.as_char() == ',') {
                    return;
                }
            }
        }
    }
}

/// The name of an identifier, raw or not.
fn name(ident: &Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

/// Tokens of one level, and how far they were read.
struct Cursor(std::iter::Peekable<proc_macro2::token_stream::IntoIter>);

impl Cursor {
    fn new(tokens: TokenStream) -> Self {
        Self(tokens.into_iter().peekable())
    }

    fn next(&mut self) -> Option<TokenTree> {
        self.0.next()
    }

    fn peek(&mut self) -> Option<&TokenTree> {
        self.0.peek()
    }

    fn at_punct(&mut self, char: char) -> bool {
        matches!(self.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == char)
    }

    fn take_punct(&mut self, char: char) -> bool {
        let found = self.at_punct(char);
        if found {
            self.next();
        }
        found
    }

    /// Reads names with `::` between them; the first may have been read already.
    fn path(&mut self, first: Option<&Ident>) -> Segments {
        let mut path: Segments = first.map(name).into_iter().collect();
        while path.is_empty() || self.take_punct(':') && self.take_punct(':') {
            let Some(TokenTree::Ident(ident)) = self.peek() else {
                break;
            };
            path.push(name(ident));
            self.next();
        }
        path
    }
}
