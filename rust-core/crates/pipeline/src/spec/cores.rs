// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Cores on which the pipelines run.

use ferrule_context::Error;
use serde_json::{Map, Value, json};

use super::json::object;
use crate::error::configuration::configuration;

/// Allocates the cores of all pipelines, unless the specification does.
pub(super) fn complete(policies: &mut Map<String, Value>, count: usize) -> Result<(), Error> {
    let resources = object(policies.entry("resources").or_insert_with(|| json!({})));
    if resources.get("core_allocation").is_none_or(Value::is_null) {
        let set: Vec<_> = cores(count)?
            .into_iter()
            .map(|core| json!({"start": core, "end": core}))
            .collect();
        resources.insert(
            "core_allocation".to_owned(),
            json!({"type": "core_set", "set": set}),
        );
    }
    Ok(())
}

/// The last cores that this process may use; the first one has the most other work.
fn cores(count: usize) -> Result<Vec<usize>, Error> {
    let available: Vec<_> = core_affinity::get_core_ids()
        .unwrap_or_default()
        .into_iter()
        .map(|core| core.id)
        .collect();
    match available.len().checked_sub(count) {
        Some(skipped) => Ok(available[skipped..].to_vec()),
        None => Err(configuration(format!(
            "start configuration: cores is {count}, but this process may use {}",
            available.len()
        ))),
    }
}
