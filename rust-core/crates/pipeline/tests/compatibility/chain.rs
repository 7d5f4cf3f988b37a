// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Pipelines with nodes of the engine in them, and calls that go through.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ferrule_pipeline::{Encoding, Signal, Submission};
use serde_json::{Value, json};

use crate::recorder::RECORDER;
use crate::support::{Host, submission};

const TRACES: &[u8] = br#"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name",
    "value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":[{"name":"pay","kind":1,
    "traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331",
    "startTimeUnixNano":"1","endTimeUnixNano":"2"}]}]}]}"#;

const METRICS: &[u8] = br#"{"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name",
    "value":{"stringValue":"shop"}}]},"scopeMetrics":[{"metrics":[{"name":"load",
    "gauge":{"dataPoints":[{"timeUnixNano":"1","asInt":"1"}]}}]}]}]}"#;

const LOGS: &[u8] = br#"{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name",
    "value":{"stringValue":"shop"}}]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1",
    "severityText":"INFO","body":{"stringValue":"{\"text\":\"paid\"}"}}]}]}]}"#;

/// Headers that the host receiver gave to a message.
pub const HEADERS: &str = "headers=x-tenant,x-tenant,traceparent,tracestate,ferrule.call";

/// What a recorder tells of data that came with nothing but its payload.
pub const BARE: &str = "recorded call=none headers=";

/// What a recorder tells of the call 1 if nothing was lost on its way.
pub fn whole() -> String {
    format!("recorded call=1 tenant=acme left=2 {HEADERS}")
}

/// A node as a configuration names it.
pub fn node(kind: &str, config: Value) -> Value {
    json!({"type": kind, "config": config})
}

pub fn host() -> Value {
    node("urn:ferrule:receiver:host", json!({}))
}

pub fn gate() -> Value {
    node("urn:ferrule:processor:gate", json!({}))
}

pub fn recorder(refuse: bool) -> Value {
    node(RECORDER, json!({"refuse": refuse}))
}

/// A path that nothing is at.
pub fn scratch() -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{number}", std::process::id()))
}

/// A pipeline of these nodes. `connections` are pairs of names.
pub fn pipeline(nodes: &[(&str, Value)], connections: &[(&str, &str)]) -> Value {
    let connections: Vec<_> = connections
        .iter()
        .map(|(from, to)| json!({"from": from, "to": to}))
        .collect();
    let mut pipeline = json!({"nodes": {}, "connections": connections});
    for (name, node) in nodes {
        pipeline["nodes"][name] = node.clone();
    }
    pipeline
}

/// The pipeline of the host receiver and an exporter.
pub fn host_to(exporter: Value) -> Value {
    pipeline(&[("host", host()), ("out", exporter)], &[("host", "out")])
}

/// The pipeline of the host receiver, the gate and an exporter.
pub fn gate_to(exporter: Value) -> Value {
    pipeline(
        &[("host", host()), ("gate", gate()), ("out", exporter)],
        &[("host", "gate"), ("gate", "out")],
    )
}

/// The pipeline of another receiver and a recorder.
pub fn to_recorder(receiver: Value, refuse: bool) -> Value {
    pipeline(
        &[("in", receiver), ("out", recorder(refuse))],
        &[("in", "out")],
    )
}

/// Starts an engine. One of the pipelines has the host receiver.
pub fn start(pipelines: Value) -> Host {
    start_with_topic(pipelines, json!({}))
}

/// The same, with the topic `t`.
pub fn start_with_topic(pipelines: Value, policies: Value) -> Host {
    Host::of(&json!({
        "cores": 1,
        "context": {"outbound": {"headers": ["x-tenant"]}},
        "spec": {
            "version": "otel_dataflow/v1",
            "topics": {"t": {"policies": policies}},
            "groups": {"default": {"pipelines": pipelines}},
        },
    }))
    .unwrap()
}

impl Host {
    /// Submits one call with a record in it.
    pub fn submit_record(&self, call_id: u64, signal: Signal) {
        self.submit_record_within(call_id, signal, Duration::from_secs(29));
    }

    /// The same with a deadline.
    pub fn submit_record_within(&self, call_id: u64, signal: Signal, time_left: Duration) {
        let submission = Submission {
            signal,
            time_left,
            encoding: Encoding::from_number(2).unwrap(),
            ..submission(call_id)
        };
        let payload = match signal {
            Signal::Traces => TRACES,
            Signal::Metrics => METRICS,
            Signal::Logs => LOGS,
        };
        self.submit_payload(submission, payload);
    }

    /// What recorders have told.
    pub fn recorded(&self) -> Vec<&str> {
        self.lines
            .iter()
            .map(String::as_str)
            .filter(|line| line.starts_with("recorded "))
            .collect()
    }

    /// Waits until recorders have told of `count` messages.
    pub fn poll_until_recorded(&mut self, count: usize) -> Vec<&str> {
        let start = Instant::now();
        while self.recorded().len() < count {
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "{:?}",
                self.lines
            );
            self.poll();
        }
        self.recorded()
    }
}
