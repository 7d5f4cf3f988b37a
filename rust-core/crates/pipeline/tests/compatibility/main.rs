// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Every node of the engine that is compiled in, in a real pipeline beside ours: whether a call
//! and its headers get through, whether an error comes back whole, and that a call ends once.
//! `src/docs/nodes/engine-nodes.md` tells users what these tests found.

#![allow(clippy::unwrap_used, reason = "tests")]

mod chain;
mod exporters;
mod features;
mod processors;
mod receivers;
mod recorder;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;

use ferrule_pipeline::engine_api::OTAP_PIPELINE_FACTORY;

/// Carries the engine's own telemetry, never a call, and runs in a pipeline of its own.
const NOT_TESTED: [&str; 1] = ["urn:otel:receiver:internal_telemetry"];

/// Compiled in by a cargo feature of the same name, with tests of their own. Kafka brings the
/// syslog receiver with it.
const BY_FEATURE: [&str; 7] = [
    "urn:otel:exporter:clickhouse",
    "urn:otel:exporter:kafka",
    "urn:otel:exporter:parquet",
    "urn:otel:processor:partition",
    "urn:otel:processor:transform",
    "urn:otel:receiver:kafka",
    "urn:otel:receiver:syslog_cef",
];

#[test]
fn every_node_of_the_engine_is_tested() {
    let factories = &OTAP_PIPELINE_FACTORY;
    let found: BTreeSet<_> = factories
        .get_receiver_factory_map()
        .keys()
        .chain(factories.get_processor_factory_map().keys())
        .chain(factories.get_exporter_factory_map().keys())
        .copied()
        .filter(|name| !name.starts_with("urn:ferrule") && !BY_FEATURE.contains(name))
        .collect();
    let tested: BTreeSet<_> = receivers::TESTED
        .into_iter()
        .chain(exporters::TESTED)
        .chain(processors::tested())
        .chain(NOT_TESTED)
        .filter(|name| !BY_FEATURE.contains(name))
        .collect();
    assert_eq!(found, tested);
}
