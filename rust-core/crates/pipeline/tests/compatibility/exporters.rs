// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Exporters of the engine behind the host receiver. The topic exporter and the OTAP exporter
//! are tested with the receivers that they send to.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ferrule_context::{Error, ErrorKind, Success};
use ferrule_pipeline::Signal;
use serde_json::{Value, json};

use crate::chain::{gate_to, host_to, node, scratch, start};
use crate::support::{Downstream, Host, Protocol, Reply};

pub const TESTED: [&str; 7] = [
    "urn:otel:exporter:console",
    "urn:otel:exporter:file",
    "urn:otel:exporter:noop",
    "urn:otel:exporter:otap",
    "urn:otel:exporter:otlp_grpc",
    "urn:otel:exporter:otlp_http",
    "urn:otel:exporter:topic",
];

/// A host that submitted one call, and what became of it.
fn run(pipeline: Value) -> (Host, Result<Success, Error>) {
    let mut host = start(json!({"main": pipeline}));
    host.submit_record(1, Signal::Logs);
    let outcome = host.outcome(1).0;
    host.poll_until_empty();
    (host, outcome)
}

#[test]
fn console_and_noop_take_everything() {
    for kind in ["console", "noop"] {
        let (_host, outcome) = run(host_to(node(&format!("exporter:{kind}"), json!({}))));
        assert_eq!(outcome, Ok(Success::default()), "{kind}");
    }
}

#[test]
fn file_is_written_before_the_call_ends() {
    let directory = scratch();
    let to = |more: Value| {
        let mut config = json!({"path": directory.join("{signal}-{core_id}-{generation}.jsonl")});
        for (key, value) in more.as_object().unwrap() {
            config[key] = value.clone();
        }
        host_to(node("exporter:file", config))
    };
    let (_host, outcome) = run(to(json!({})));
    let error = outcome.unwrap_err();
    assert_eq!(
        (error.kind, error.retry_delay),
        (ErrorKind::Retryable, None)
    );
    assert_eq!(error.message, "file writer is not ready");
    let (_host, outcome) = run(to(json!({"create_directories": true})));
    assert_eq!(outcome, Ok(Success::default()));
    let written = std::fs::read_dir(&directory)
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    assert!(
        std::fs::read_to_string(written.path())
            .unwrap()
            .contains("paid")
    );
}

/// A server that takes the data, and one that refuses it with a delay.
fn downstreams(protocol: Protocol) -> [Downstream; 2] {
    // Code 8, and a RetryInfo of 1.5 s
    let status = [
        &[0x08, 8, 0x1a, 54, 0x0a, 40][..],
        b"type.googleapis.com/google.rpc.RetryInfo",
        &[
            0x12, 10, 0x0a, 8, 0x08, 1, 0x10, 0x80, 0xca, 0xb5, 0xee, 0x01,
        ],
    ]
    .concat();
    let refusal = match protocol {
        Protocol::Grpc => Reply::code(8, "slow down")
            .header("grpc-status-details-bin", &STANDARD_NO_PAD.encode(status)),
        Protocol::Http => Reply::http(429, "text/plain", b"slow down").header("retry-after", "2"),
    };
    [Reply::ok(protocol, b""), refusal]
        .map(|reply| Downstream::start(protocol, move || reply.clone()))
}

fn refused(error: Error) -> (ErrorKind, Option<Duration>, String, &'static str) {
    let message = error.message.into();
    (error.kind, error.retry_delay, message, error.origin)
}

/// Scenario: the engine's gRPC exporter stands behind the gate.
/// Guarantees: headers that may go out do, and ours does not; code and delay are read from the
/// text of the refusal, and labelled so.
#[test]
fn grpc_exporter_behind_the_gate_sends_headers_and_its_text_is_read() {
    let to = |downstream: &Downstream| {
        let url = format!("http://{}", downstream.address);
        gate_to(node("exporter:otlp_grpc", json!({"grpc_endpoint": url})))
    };
    let [taking, refusing] = downstreams(Protocol::Grpc);
    assert_eq!(run(to(&taking)).1, Ok(Success::default()));
    let (_, headers, _) = taking.request();
    let tenants: Vec<_> = headers.get_all("x-tenant").iter().collect();
    assert_eq!(tenants, ["acme", "b"]);
    assert!(headers.contains_key("traceparent") && headers.contains_key("tracestate"));
    assert!(!headers.contains_key("grpc-timeout"));
    assert!(!headers.keys().any(|name| name.as_str().contains("ferrule")));
    let error = run(to(&refusing)).1.unwrap_err();
    assert_eq!(
        refused(error),
        (
            ErrorKind::ResourceExhausted,
            Some(Duration::from_millis(1500)),
            "slow down".to_owned(),
            "engine-text",
        )
    );
}

/// Scenario: the engine's HTTP exporter stands behind the gate.
/// Guarantees: it sends no headers, as the engine has it; a refusal can be retried, but the
/// delay and the words of the server are lost.
#[test]
fn http_exporter_behind_the_gate_loses_headers_and_delay() {
    let to = |downstream: &Downstream| {
        let endpoint = format!("http://{}", downstream.address);
        let config = json!({"endpoint": endpoint, "client_pool_size": 1, "http": {}});
        gate_to(node("exporter:otlp_http", config))
    };
    let [taking, refusing] = downstreams(Protocol::Http);
    assert_eq!(run(to(&taking)).1, Ok(Success::default()));
    let (path, headers, _) = taking.request();
    assert_eq!(path, "/v1/logs");
    assert!(!headers.contains_key("x-tenant") && !headers.contains_key("traceparent"));
    let error = run(to(&refusing)).1.unwrap_err();
    let (kind, delay, message, origin) = refused(error);
    assert_eq!((kind, delay, origin), (ErrorKind::Retryable, None, ""));
    assert!(
        message.contains("429") && !message.contains("127.0.0.1"),
        "{message}"
    );
}
