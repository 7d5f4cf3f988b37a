// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

use std::fs;
use std::path::PathBuf;

use super::*;

/// The source directory of a made-up crate, removed in the end.
struct Crate(PathBuf);

impl Crate {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let src =
            std::env::temp_dir().join(format!("ferrule-layout-{}-{name}", std::process::id()));
        for (file, text) in files {
            let file = src.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        Self(src)
    }

    fn imports(&self) -> Vec<String> {
        let imports = imports(&self.0).unwrap();
        imports.iter().map(Import::to_string).collect()
    }

    fn circles(&self) -> Vec<Vec<String>> {
        let imports = imports(&self.0).unwrap();
        let circles = circles(&imports);
        let texts = |circle: &Vec<&Import>| circle.iter().map(|it| it.to_string()).collect();
        circles.iter().map(texts).collect()
    }
}

impl Drop for Crate {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn circle_is_found_with_its_imports() {
    let circular = Crate::new(
        "circular",
        &[
            ("lib.rs", "mod a; mod b; mod c; mod leaf;"),
            ("a.rs", "use crate::b::B; use crate::leaf::Leaf;"),
            ("b.rs", "pub struct B; fn f() { super::c::d::e() }"),
            ("c.rs", "pub mod d;"),
            ("c/d.rs", "use std::fmt; pub fn e() -> crate::a::A {}"),
            ("leaf.rs", "pub struct Leaf;"),
        ],
    );
    assert_eq!(
        circular.circles(),
        [["a -> b", "b -> c::d", "c::d -> a"].map(String::from)]
    );
}

#[test]
fn parent_and_child_that_import_each_other_are_a_circle() {
    let circular = Crate::new(
        "parent",
        &[
            ("main.rs", "mod a;"),
            ("a/mod.rs", "mod b; use b::B; pub struct A;"),
            ("a/b.rs", "pub struct B(super::A);"),
        ],
    );
    assert_eq!(
        circular.circles(),
        [["a -> a::b", "a::b -> a"].map(String::from)]
    );
}

#[test]
fn facade_is_in_no_circle() {
    let facade = Crate::new(
        "facade",
        &[
            (
                "lib.rs",
                "mod a; mod b; pub use a::A; pub use self::b::*; pub const MOST: u8 = 1;",
            ),
            ("a.rs", "use crate::{B, MOST}; pub struct A;"),
            (
                "b.rs",
                "pub(crate) use self::real::*; mod real { pub struct B; use super::super::MOST; }",
            ),
        ],
    );
    assert_eq!(facade.imports(), ["a -> b", "a -> crate", "b -> crate"]);
    assert!(facade.circles().is_empty());
}

#[test]
fn re_export_that_is_used_counts() {
    let used = Crate::new(
        "used",
        &[
            ("lib.rs", "mod a; pub use a::A; fn f(a: A) {}"),
            ("a.rs", "pub struct A; use crate::f;"),
        ],
    );
    assert_eq!(
        used.circles(),
        [["a -> crate", "crate -> a"].map(String::from)]
    );
}

#[test]
fn every_way_to_write_an_import_is_seen() {
    for (number, text) in [
        "use super::b::B;",
        "use super::{b::{self, B as C}, std as _};",
        "use crate::b::*;",
        "pub(crate) use crate::b as other; fn f() -> other::B {}",
        "fn f() -> impl Sized + use<> { match x { _ => vec![crate::b::B] } }",
        "macro_rules! m { () => { $crate::b::B } }",
        "mod inline { use super::super::b; }",
        "use crate::alias; fn f() { alias::f() }",
    ]
    .into_iter()
    .enumerate()
    {
        let lib = "mod a; mod b; use b as alias;";
        let files = [("lib.rs", lib), ("a.rs", text), ("b.rs", "pub struct B;")];
        let imports = Crate::new(&format!("ways-{number}"), &files).imports();
        assert!(
            imports.contains(&"a -> b".to_owned()),
            "{text}: {imports:?}"
        );
    }
}

#[test]
fn tests_comments_and_texts_are_left_out() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        (
            "a.rs",
            "//! [`b`](crate::b)\n const A: &str = \"crate::b::B\"; #[cfg(test)] use crate::b::B;
             #[cfg(test)] mod tests { use crate::b::B; } #[cfg(all(test, unix))] mod missing;",
        ),
        ("b.rs", "pub struct B;"),
    ];
    assert!(Crate::new("left-out", &files).imports().is_empty());
}

#[test]
fn import_of_a_higher_layer_or_of_none_is_misdirected() {
    let import = |(from, to): (&str, &str)| Import {
        from: from.to_owned(),
        to: to.to_owned(),
    };
    let right = [
        ("b", "a"),
        ("b", "c"),
        ("b::x", "b"),
        ("a", "b::low"),
        ("crate", "b"),
    ];
    let wrong = [
        ("a", "b"),
        ("a", "b::x"),
        ("ab", "a"),
        ("b", "crate"),
        ("b", "unknown"),
    ];
    let imports = right.into_iter().chain(wrong).map(import).collect();
    let found = misdirected(&imports, &[&["b::low"], &["a"], &["b", "c"]]);
    assert_eq!(found, wrong.map(import).iter().collect::<Vec<_>>());
}

#[test]
fn missing_file_is_an_error() {
    let broken = Crate::new("broken", &[("lib.rs", "mod a;")]);
    assert!(imports(&broken.0).unwrap_err().to_string().contains("a.rs"));
    assert!(imports(&broken.0.join("none")).is_err());
}
