// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Access to a specification as JSON.

use serde_json::{Map, Value, json};

/// The object of a value, which becomes one if it is none.
pub(super) fn object(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = json!({});
    }
    match value {
        Value::Object(map) => map,
        _ => unreachable!("made an object above"),
    }
}

/// The fields of an object by name; none if it is no object.
pub(super) fn sorted(value: Option<&mut Value>) -> Vec<(String, &mut Value)> {
    let mut entries: Vec<_> = value
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), value))
        .collect();
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    entries
}

/// Raises a number to at least this.
pub(super) fn raise(map: &mut Map<String, Value>, key: &str, least: usize) {
    let value = map.entry(key).or_insert(Value::Null);
    if value.as_u64().is_none_or(|value| value < least as u64) {
        *value = json!(least);
    }
}
