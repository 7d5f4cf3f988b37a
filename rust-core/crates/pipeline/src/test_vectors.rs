// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The vectors of `error-mapping.json`, which the tests of the host have, too.

use serde_json::Value;

const FILE: &str = include_str!("../../../../core/src/test/resources/semantics/error-mapping.json");

/// The cases of a section, by id. There are some.
pub(crate) fn section(name: &str) -> Vec<(String, Value)> {
    let mut file: Value = serde_json::from_str(FILE).unwrap();
    let Value::Array(cases) = file[name].take() else {
        panic!("{name} is no list");
    };
    assert!(!cases.is_empty(), "{name} is empty");
    cases
        .into_iter()
        .map(|case| (case["id"].as_str().unwrap().to_owned(), case))
        .collect()
}
