// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What our nodes count reaches the engine's own registry.

use std::time::{Duration, Instant};

use ferrule_context::{Attributes, CancelCause, Entry, Metadata};
use ferrule_otlp::Signal;
use serde_json::{Value, json};

use self::downstream::{Downstream, Reply};
use super::Engine;
use super::submit::Submission;
use crate::decode::coding::{ContentCoding, Encoding};
use crate::engine_api::MetricValue;

#[path = "../../tests/support/downstream.rs"]
#[allow(dead_code, reason = "it serves the tests of the exporters, too")]
mod downstream;

const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "both are known to the downstream")]
enum Protocol {
    Grpc,
    Http,
}

const SMALL: &[u8] = &[0x0a, 0];
const LARGE: &[u8] = &[0x0a, 0, 0x0a, 0, 0x0a, 0, 0x0a, 0];

struct Host(Engine);

impl Host {
    fn start(nodes: Value, connections: Value) -> Self {
        let config = json!({"cores": 1, "spec": {
            "version": "otel_dataflow/v1",
            "engine": {"telemetry": {"reporting_interval": "10ms"}},
            "groups": {"default": {"pipelines": {"main": {
                "nodes": nodes, "connections": connections}}}},
        }});
        Self(Engine::start(config.to_string().as_bytes()).unwrap())
    }

    fn submit(&self, call_id: u64, tenant: &str, time_left: Duration, payload: &'static [u8]) {
        let mut metadata = Metadata::builder(1, 8);
        metadata.push(Entry {
            name: "x-tenant",
            value: tenant.as_bytes(),
            binary: false,
            sensitive: false,
        });
        let submission = Submission {
            call_id,
            time_left,
            signal: Signal::Traces,
            encoding: Encoding::Protobuf,
            coding: ContentCoding::Identity,
            metadata: metadata.build(),
            trace: None,
            attributes: Attributes::default(),
        };
        let ticket = self.0.reserve_lane(0).unwrap();
        let permit = self.0.take_bytes(payload.len()).unwrap();
        self.0.submit(ticket, submission, payload, permit).unwrap();
    }

    /// The value of a metric whose set and attributes are these; none if it was not reported.
    fn value(&self, set: &str, name: &str, attributes: &[(&str, &str)]) -> Option<u64> {
        let mut found = None;
        let runtime = self.0.runtime().unwrap();
        runtime.telemetry().visit_current_metrics_with_item_attrs(
            |descriptor, _, items, values| {
                if descriptor.name != set || !attributes.iter().all(|it| items.contains(it)) {
                    return;
                }
                for (field, value) in values {
                    if let MetricValue::U64(value) = value
                        && field.name == name
                    {
                        *found.get_or_insert(0) += value;
                    }
                }
            },
            true,
        );
        found
    }

    fn wait_for(&self, set: &str, name: &str, attributes: &[(&str, &str)], wanted: u64) {
        let start = Instant::now();
        while self.value(set, name, attributes) != Some(wanted) {
            let value = self.value(set, name, attributes);
            assert!(
                start.elapsed() < PATIENCE,
                "{set} {name} {attributes:?} is {value:?}, not {wanted}"
            );
            self.0.poll(Duration::from_millis(10), |_| true);
        }
    }
}

/// Scenario: calls go through host, batch and exporter in each way that is counted.
#[test]
fn host_batch_and_exporter_report_what_they_count() {
    const BATCH: &str = "ferrule.processor.batch";
    const FLUSHED: &str = "ferrule.processor.batch.flushed";
    const EXPORTER: &str = "ferrule.exporter";
    const REQUESTS: &str = "ferrule.exporter.requests";
    const LONG: Duration = Duration::from_secs(3000);
    let partial = b"\x0a\x07\x08\x03\x12\x03bad";
    let ok = || Reply::ok(Protocol::Http, b"");
    let mut replies = [
        Reply::unavailable(Protocol::Http),
        Reply::ok(Protocol::Http, partial),
        Reply::http(400, "text/plain", b"bad"),
    ]
    .into_iter();
    let downstream = Downstream::start(Protocol::Http, move || replies.next().unwrap_or_else(ok));
    let host = Host::start(
        json!({
            "host": {"type": "urn:ferrule:receiver:host", "config": {}},
            "batch": {"type": "urn:ferrule:processor:batch", "config": {
                "otlp": {"min_size": LARGE.len(), "sizer": "bytes"}, "partition_limit": 1,
                "partition_by": ["x-tenant"], "max_batch_duration": "2s",
                "deadline_margin": "1000s"}},
            "out": {"type": "urn:ferrule:exporter:otlp_http", "config": {
                "endpoint": format!("http://{}", downstream.address),
                "retry": {"initial_interval": "1ms"}}},
        }),
        json!([{"from": "host", "to": "batch"}, {"from": "batch", "to": "out"}]),
    );
    for call_id in 1..=4 {
        host.submit(call_id, "a", LONG, SMALL);
    }
    host.wait_for(FLUSHED, "members", &[("trigger", "size")], 4);
    host.wait_for(FLUSHED, "batches", &[("trigger", "size")], 1);
    let success = [("signal", "traces"), ("outcome", "success")];
    host.wait_for(EXPORTER, "messages", &success, 1);
    host.wait_for(EXPORTER, "bytes", &success, LARGE.len() as u64);
    host.wait_for(REQUESTS, "attempts", &[], 2);
    host.wait_for(REQUESTS, "retries", &[], 1);
    host.wait_for(REQUESTS, "rejected.items", &[], 3);
    host.submit(5, "a", LONG, LARGE);
    host.wait_for(EXPORTER, "messages", &[("outcome", "refused")], 1);
    host.wait_for(BATCH, "passed", &[], 1);

    host.submit(6, "a", LONG, SMALL);
    host.wait_for(BATCH, "pending.members", &[], 1);
    host.submit(7, "b", LONG, SMALL);
    host.wait_for(BATCH, "rejected", &[], 1);
    host.wait_for(FLUSHED, "batches", &[("trigger", "timeout")], 1);
    host.submit(8, "a", Duration::from_secs(1000), SMALL);
    host.wait_for(FLUSHED, "batches", &[("trigger", "deadline")], 1);
    host.submit(9, "a", LONG, SMALL);
    host.wait_for(BATCH, "pending.members", &[], 1);
    assert!(host.0.cancel(9, CancelCause::Client));
    host.wait_for(BATCH, "dropped", &[], 1);
    host.submit(10, "a", LONG, SMALL);
    host.wait_for(BATCH, "pending.members", &[], 1);
    host.0.state.begin_stop();
    host.wait_for(FLUSHED, "batches", &[("trigger", "drain")], 1);
    host.wait_for(EXPORTER, "messages", &success, 4);
    for (set, name, wanted) in [
        (BATCH, "inputs", 10),
        (BATCH, "pending.members", 0),
        (BATCH, "pending.batches", 0),
        (REQUESTS, "in.flight", 0),
        (REQUESTS, "waiting", 0),
        ("ferrule.receiver.host", "sent", 10),
        ("ferrule.receiver.host", "answered", 10),
        ("ferrule.receiver.host", "queued", 0),
        ("ferrule.receiver.host", "in.flight", 0),
    ] {
        host.wait_for(set, name, &[], wanted);
    }
}

#[test]
fn gate_reports_what_passed() {
    let host = Host::start(
        json!({
            "host": {"type": "urn:ferrule:receiver:host", "config": {}},
            "gate": {"type": "urn:ferrule:processor:gate", "config": {}},
            "out": {"type": "exporter:noop"},
        }),
        json!([{"from": "host", "to": "gate"}, {"from": "gate", "to": "out"}]),
    );
    host.submit(1, "a", Duration::from_secs(60), SMALL);
    host.wait_for("ferrule.node", "messages", &[("outcome", "passed")], 1);
}
