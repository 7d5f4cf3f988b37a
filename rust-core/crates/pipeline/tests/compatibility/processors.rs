// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Processors of the engine between the host receiver and an exporter of ours.

use ferrule_context::{ErrorKind, Success};
use ferrule_pipeline::Signal;
use serde_json::{Value, json};

use crate::chain::{BARE, HEADERS, host, node, pipeline, recorder, scratch, start, whole};
use crate::recorder::refusal;
use crate::support::Host;

/// What of a call the node behind finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// All of it: deadline, metadata and headers.
    Call,
    /// The headers; the call may have its outcome already.
    Headers,
    Nothing,
}

struct Case {
    kind: &'static str,
    config: Value,
    ports: &'static [&'static str],
    signal: Signal,
    kept: Kept,
    /// Whether the caller waits for the outcome of the export.
    told: bool,
}

fn case(kind: &'static str, config: Value) -> Case {
    Case {
        kind,
        config,
        ports: &[],
        signal: Signal::Logs,
        kept: Kept::Call,
        told: true,
    }
}

fn passing() -> Vec<Case> {
    vec![
        case(
            "attribute",
            json!({"apply_to": ["resource"],
                "actions": [{"action": "upsert", "key": "a", "value": "b"}]}),
        ),
        case("debug", json!({"verbosity": "basic", "output": scratch()})),
        case(
            "filter",
            json!({"logs": {"include": {"match_type": "strict", "severity_texts": ["INFO"]}}}),
        ),
        case("log_parser", log_parser()),
        case("log_sampling", one_record()),
        case("retry", retry()),
    ]
}

fn log_parser() -> Value {
    json!({"format": "json", "body": {"source": "/text"}, "on_error": "preserve", "limits": {
        "max_input_bytes": 4096, "max_scratch_bytes": 4096, "max_pattern_bytes": 4096,
        "max_compiled_regex_bytes": 4096, "max_json_depth": 8, "max_entries": 8}})
}

fn one_record() -> Value {
    json!({"policy": {"zip": {"interval": "1h", "max_items": 1}}})
}

fn retry() -> Value {
    json!({"initial_interval": "50ms", "max_interval": "50ms", "max_elapsed_time": "500ms"})
}

fn batch(min_size: usize) -> Value {
    json!({"otlp": {"min_size": min_size, "sizer": "bytes"}, "max_batch_duration": "10ms"})
}

fn keeping_data() -> Vec<Case> {
    let aggregate = json!({"period": "100ms"});
    let buffer = json!({"path": scratch(), "poll_interval": "10ms",
        "max_segment_open_duration": "10ms"});
    vec![
        // What is as large as a batch is passed on as it is
        case("batch", batch(1)),
        Case {
            kept: Kept::Nothing,
            ..case("batch", batch(100_000))
        },
        case("temporal_reaggregation", aggregate.clone()),
        Case {
            signal: Signal::Metrics,
            kept: Kept::Nothing,
            ..case("temporal_reaggregation", aggregate)
        },
        Case {
            kept: Kept::Nothing,
            told: false,
            ..case("durable_buffer", buffer)
        },
    ]
}

fn routing() -> Vec<Case> {
    let by_service = |routes: Value, ports: &'static [&'static str]| Case {
        ports,
        ..case(
            "content_router",
            json!({"routing_key": {"resource_attribute": "service.name"}, "routes": routes,
                "default_output": "rest"}),
        )
    };
    let copies = |ports: &'static [&'static str], more: Value| {
        let second = if ports.len() == 2 {
            json!({"port": "b"})
        } else {
            json!({"port": "b", "fallback_for": "a"})
        };
        let mut config = json!({"destinations": [{"port": "a", "primary": true}, second]});
        for (key, value) in more.as_object().unwrap() {
            config[key] = value.clone();
        }
        Case {
            ports,
            ..case("fanout", config)
        }
    };
    vec![
        by_service(json!({"shop": "shop"}), &["shop", "rest"]),
        by_service(json!({"other": "other"}), &["other", "rest"]),
        Case {
            ports: &["logs", "traces"],
            ..case("type_router", json!({}))
        },
        copies(&["a", "b"], json!({})),
        copies(&["a", "b"], json!({"await_ack": "all"})),
        copies(
            &["a", "b"],
            json!({"await_ack": "all", "mode": "sequential"}),
        ),
        Case {
            kept: Kept::Headers,
            told: false,
            ..copies(&["a", "b"], json!({"await_ack": "none"}))
        },
    ]
}

fn by_feature() -> Vec<Case> {
    Vec::from([
        #[cfg(feature = "transform")]
        case(
            "transform",
            json!({"kql_query": "logs | where severity_text == \"INFO\""}),
        ),
        #[cfg(feature = "partition")]
        case(
            "partition",
            json!({"partition_by": {"opl_expression": "resource.attributes[\"service.name\"]"},
                "partition_header_name": "x-service"}),
        ),
    ])
}

fn cases() -> Vec<Case> {
    let mut cases = passing();
    cases.extend(keeping_data());
    cases.extend(routing());
    cases.extend(by_feature());
    cases
}

pub fn tested() -> Vec<&'static str> {
    let kinds: Vec<_> = cases().iter().map(|case| case.kind).collect();
    kinds
        .iter()
        .map(|kind| &*format!("urn:otel:processor:{kind}").leak())
        .collect()
}

/// One recorder behind each port.
fn start_case(case: &Case, refuse: bool) -> Host {
    let mut tested = node(&format!("processor:{}", case.kind), case.config.clone());
    let mut nodes = vec![("host", host())];
    let sources: Vec<_> = case
        .ports
        .iter()
        .map(|port| (format!("tested[\"{port}\"]"), *port))
        .collect();
    let mut connections = vec![("host", "tested")];
    if case.ports.is_empty() {
        nodes.push(("out", recorder(refuse)));
        connections.push(("tested", "out"));
    } else {
        tested["outputs"] = json!(case.ports);
    }
    for (source, port) in &sources {
        nodes.push((port, recorder(refuse)));
        connections.push((source, port));
    }
    nodes.push(("tested", tested));
    start(json!({"main": pipeline(&nodes, &connections)}))
}

fn is_kept(case: &Case, line: &str) -> bool {
    match case.kept {
        // Partition adds a header
        Kept::Call => line.starts_with(&whole()),
        Kept::Headers => line.ends_with(HEADERS),
        Kept::Nothing => line == BARE,
    }
}

/// Scenario: a call goes through each processor to an exporter that takes the data.
/// Guarantees: the exporter finds of it what the table says, and the call succeeds, once.
#[test]
fn call_gets_through() {
    for case in cases() {
        let mut host = start_case(&case, false);
        host.submit_record(1, case.signal);
        assert_eq!(host.outcome(1).0, Ok(Success::default()), "{}", case.kind);
        let lines = host.poll_until_recorded(1);
        assert!(is_kept(&case, lines[0]), "{} {lines:?}", case.kind);
        host.poll_until_empty();
    }
}

/// Scenario: the exporter behind each processor refuses the data.
/// Guarantees: the caller has the whole error if it waits for the outcome of the export at all.
#[test]
fn error_comes_back_whole() {
    for case in cases() {
        let mut host = start_case(&case, true);
        host.submit_record(1, case.signal);
        let wanted = if case.told {
            Err(refusal())
        } else {
            Ok(Success::default())
        };
        assert_eq!(host.outcome(1).0, wanted, "{}", case.kind);
        host.poll_until_recorded(1);
        host.poll_until_empty();
    }
}

#[test]
fn retry_repeats_what_was_refused_for_the_moment() {
    let mut host = start_case(&case("retry", retry()), true);
    host.submit_record(1, Signal::Logs);
    assert_eq!(host.outcome(1).0, Err(refusal()));
    assert!(host.recorded().len() > 1);
    assert!(host.recorded().iter().all(|line| *line == whole()));
}

#[test]
fn data_that_is_dropped_is_a_success() {
    let include = |key: &str| json!({"include": {"match_type": "strict", key: ["other"]}});
    let filter = json!({"traces": include("span_names"), "metrics": include("metric_names"),
        "logs": include("severity_texts")});
    for signal in [Signal::Traces, Signal::Metrics, Signal::Logs] {
        let mut host = start_case(&case("filter", filter.clone()), true);
        host.submit_record(1, signal);
        assert_eq!(host.outcome(1).0, Ok(Success::default()));
        host.poll_until_empty();
        assert_eq!(host.recorded(), [""; 0]);
    }
    let mut host = start_case(&case("log_sampling", one_record()), false);
    for call_id in 1..=2 {
        host.submit_record(call_id, Signal::Logs);
        assert_eq!(host.outcome(call_id).0, Ok(Success::default()));
    }
    host.poll_until_empty();
    assert_eq!(host.recorded(), [whole()]);
}

/// Scenario: one of two copies is refused.
/// Guarantees: the caller has the error if it waits for all of them, not if only for the other.
#[test]
fn refused_copy_counts_if_it_is_waited_for() {
    for (await_ack, wanted) in [("primary", Ok(Success::default())), ("all", Err(refusal()))] {
        let mut fanout = node(
            "processor:fanout",
            json!({"await_ack": await_ack,
                "destinations": [{"port": "a", "primary": true}, {"port": "b"}]}),
        );
        fanout["outputs"] = json!(["a", "b"]);
        let nodes = [
            ("host", host()),
            ("copy", fanout),
            ("a", recorder(false)),
            ("b", recorder(true)),
        ];
        let connections = [("host", "copy"), ("copy[\"a\"]", "a"), ("copy[\"b\"]", "b")];
        let mut host = start(json!({"main": pipeline(&nodes, &connections)}));
        host.submit_record(1, Signal::Logs);
        assert_eq!(host.outcome(1).0, wanted);
        host.poll_until_recorded(2);
        host.poll_until_empty();
    }
}

#[test]
fn content_without_route_is_refused_in_the_words_of_the_router() {
    let config = json!({"routing_key": {"resource_attribute": "service.name"},
        "routes": {"other": "other"}});
    let router = Case {
        ports: &["other"],
        ..case("content_router", config)
    };
    let mut host = start_case(&router, false);
    host.submit_record(1, Signal::Logs);
    let error = host.outcome(1).0.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Permanent);
    assert!(error.message.starts_with("no matching route"), "{error}");
    host.poll_until_empty();
}

/// Scenario: a signal arrives that the type router has no output for.
/// Guarantees: the node ends, as the engine has it, and the call is not left without outcome.
#[test]
fn signal_without_route_restarts_the_pipeline() {
    let router = Case {
        ports: &["metrics", "traces"],
        ..case("type_router", json!({}))
    };
    let mut host = start_case(&router, false);
    host.submit_record(1, Signal::Logs);
    let error = host.outcome(1).0.unwrap_err();
    assert!(error.delivery_unknown, "{error}");
    host.poll_until_empty();
}
