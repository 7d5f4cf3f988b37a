// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Capacities of channels.

use serde_json::{Map, Value, json};

use super::json::{object, raise, sorted};

/// The engine's own default for its largest channel.
const LEAST_CAPACITY: usize = 512;

/// Lets each channel hold at least what may be in flight; a full one would hold up the Acks. The
/// innermost block of capacities counts, so those of groups and pipelines are raised, too.
pub(super) fn complete(root: &mut Map<String, Value>, max_in_flight: usize) {
    let least = max_in_flight.max(LEAST_CAPACITY);
    for (_, group) in sorted(root.get_mut("groups")) {
        for (_, pipeline) in sorted(group.get_mut("pipelines")) {
            raise_existing(pipeline, least);
        }
        raise_existing(group, least);
    }
    let policies = object(root.entry("policies").or_insert_with(|| json!({})));
    complete_capacity(policies, least);
}

fn raise_existing(scope: &mut Value, least: usize) {
    if let Some(policies) = scope.get_mut("policies").and_then(Value::as_object_mut)
        && policies
            .get("channel_capacity")
            .is_some_and(Value::is_object)
    {
        complete_capacity(policies, least);
    }
}

fn complete_capacity(policies: &mut Map<String, Value>, least: usize) {
    let channels = object(
        policies
            .entry("channel_capacity")
            .or_insert_with(|| json!({})),
    );
    raise(channels, "pdata", least);
    let control = object(channels.entry("control").or_insert_with(|| json!({})));
    for channel in ["node", "pipeline", "completion"] {
        raise(control, channel, least);
    }
}
