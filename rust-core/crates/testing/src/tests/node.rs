// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Nodes on the public traits, and the gate, in real engines.

use std::sync::Arc;

use tokio::sync::Notify;

use super::downstream::{Downstream, Reply};
use super::protocol::BOTH;
use super::*;

/// A pipeline of the host receiver, these processors and this exporter, and beside it `more`.
pub(super) fn chain(processors: &[(&str, Value)], exporter: &str, more: Value) -> Value {
    let mut nodes = json!({
        "host": {"type": "urn:ferrule:receiver:host", "config": {}},
        "out": {"type": exporter, "config": {}},
    });
    let mut connections = Vec::new();
    let mut from = "host".to_owned();
    for (number, (kind, config)) in processors.iter().enumerate() {
        let name = format!("p{number}");
        nodes[&name] = json!({"type": kind, "config": config});
        connections.push(json!({"from": from, "to": name}));
        from = name;
    }
    connections.push(json!({"from": from, "to": "out"}));
    let mut pipelines = json!({"main": {"nodes": nodes, "connections": connections}});
    for (name, pipeline) in more.as_object().unwrap() {
        pipelines[name] = pipeline.clone();
    }
    json!({"spec": {
        "version": "otel_dataflow/v1",
        "groups": {"default": {"pipelines": pipelines}},
    }})
}

fn quota() -> Value {
    json!({"header": "X-Tenant-Id", "tenants": {"acme": 4, "other": 1}})
}

#[test]
fn example_sees_metadata_and_attributes_and_fails_whole() {
    let node = ("urn:ferrule-example:processor:quota", quota());
    let mut host = Host::start(chain(
        &[node],
        "urn:ferrule-testing:exporter:outcome",
        json!({}),
    ));
    host.submit(1, "ack");
    assert_eq!(host.outcome(1), Ok(Default::default()));
    let attributes = br#"{"quota": 1}"#.to_vec();
    host.try_submit(Submission {
        attributes: attributes.into(),
        ..submission(2, "ack")
    })
    .unwrap();
    let error = host.outcome(2).unwrap_err();
    assert_eq!(
        (error.effective_grpc_code(), error.http_status),
        (8, Some(413))
    );
    assert_eq!(error.message, "the request is larger than 1 bytes");
    host.try_submit(Submission {
        metadata: Metadata::default(),
        ..submission(3, "ack")
    })
    .unwrap();
    let error = host.outcome(3).unwrap_err();
    assert_eq!(
        (error.kind, error.effective_grpc_code()),
        (ErrorKind::Permanent, 7)
    );
    host.poll_until_empty();
}

#[test]
fn configuration_of_a_node_is_checked_before_anything_starts() {
    for (config, part) in [
        (json!({"header": "x", "tenants": {}}), "tenants is empty"),
        (json!({"header": "x"}), "missing field `tenants`"),
        (
            json!({"headers": "x", "tenants": {}}),
            "unknown field `headers`",
        ),
    ] {
        let node = ("urn:ferrule-example:processor:quota", config);
        let config = chain(&[node], "urn:ferrule-testing:exporter:outcome", json!({}));
        let error = Engine::validate(config.to_string().as_bytes()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration);
        assert!(error.message.contains(part), "{error}");
    }
}

/// Scenario: calls meet nodes on the public traits: one is answered by a processor, one is sent to an output
/// that does not exist, one is refused by the exporter, one is cancelled during its export, and
/// one waits behind it until its deadline.
/// Guarantees: each has its own outcome, and the export ends when its call does.
#[test]
fn nodes_obey_the_call() {
    let pass = ("urn:ferrule-testing:processor:pass", json!({}));
    let mut host = Host::start(chain(
        &[pass],
        "urn:ferrule-testing:exporter:adapted",
        json!({}),
    ));
    host.submit(1, "release");
    assert_eq!(host.outcome(1), Ok(Default::default()));
    host.submit(2, "hold");
    let error = host.outcome(2).unwrap_err();
    assert!(error.message.contains("no such output"), "{error}");
    host.submit(3, "exhausted;delay=7000");
    let error = host.outcome(3).unwrap_err();
    assert_eq!(error.retry_delay, Some(Duration::from_secs(7)));
    host.submit(4, "partial;rejected=3;message=three");
    let success = host.outcome(4).unwrap();
    assert_eq!(
        (success.rejected_items, success.message.as_deref()),
        (3, Some("three"))
    );
    host.submit(5, "park");
    host.try_submit(Submission {
        time_left: Duration::from_millis(50),
        ..submission(6, "ack")
    })
    .unwrap();
    assert!(is_timeout(&host.outcome(6)));
    assert_eq!(host.line("dropped call=5"), None);
    host.cancel(5);
    host.poll_until_line("dropped call=5");
    assert_eq!(host.outcome(5), cancelled());
    host.submit(7, "ack");
    assert_eq!(host.outcome(7), Ok(Default::default()));
    host.poll_until_empty();
}

#[test]
fn receiver_of_no_calls_gets_its_outcomes_and_drains() {
    let beside = json!({"beside": {
        "nodes": {
            "three": {"type": "urn:ferrule-testing:receiver:three", "config": {}},
            "pass": {"type": "urn:ferrule-testing:processor:pass", "config": {}},
            "batch": {"type": "urn:ferrule:processor:batch", "config": {
                "otlp": {"min_size": 6, "sizer": "bytes"}, "max_batch_duration": "1h"}},
            "out": {"type": "urn:ferrule-testing:exporter:adapted", "config": {}},
        },
        "connections": [
            {"from": "three", "to": "pass"},
            {"from": "pass", "to": "batch"},
            {"from": "batch", "to": "out"},
        ],
    }});
    let mut host = Host::start(chain(&[], "exporter:noop", beside));
    for number in 1..=3 {
        let line = host.poll_until_line(&format!("answered {number}: "));
        assert!(line.ends_with("Ok(())"), "{line}");
    }
    assert!(host.engine.stop(Duration::from_secs(5)));
}

/// Scenario: a receiver of its own sends more than an exporter may, to a server that does not
/// answer.
/// Guarantees: the exporter holds no more than it may send at once, and its bytes count; the rest
/// follows once the server answers.
#[test]
fn data_of_no_call_is_held_within_bounds() {
    for protocol in BOTH {
        let answer = Arc::new(Notify::new());
        let later = Arc::clone(&answer);
        let downstream = Downstream::start(protocol, move || {
            Reply::Later(Arc::clone(&later), Reply::ok(protocol, b"").into())
        });
        let out = protocol.chain(&downstream, &[], &json!({"max_in_flight": 1}));
        let out = &out["spec"]["groups"]["default"]["pipelines"]["main"]["nodes"]["out"];
        let beside = json!({"beside": {
            "nodes": {
                "three": {"type": "urn:ferrule-testing:receiver:three", "config": {}},
                "out": out,
            },
            "connections": [{"from": "three", "to": "out"}],
        }});
        let mut host = Host::start(chain(&[], "exporter:noop", beside));
        for number in 1..=3 {
            assert!(downstream.request().2.ends_with(&[0x0a, 0]));
            // Time for the exporter to take more, as it must not
            host.submit(number, "ack");
            assert_eq!(host.outcome(number), Ok(Default::default()));
            assert!(downstream.is_idle());
            host.poll_until(|host| host.status()["payloadBytes"] == 2);
            answer.notify_one();
            let line = host.poll_until_line(&format!("answered {number}: "));
            assert!(line.ends_with("Ok(())"), "{line}");
        }
        host.poll_until_empty();
        assert!(host.engine.stop(Duration::from_secs(5)));
    }
}

/// Scenario: calls meet the gate while the exporter behind it, which knows nothing of calls, is
/// busy or not.
/// Guarantees: what is wanted passes without our header; what is not goes back.
#[test]
fn gate_lets_wanted_data_pass_without_our_header() {
    let probe = ("urn:ferrule-testing:processor:probe", json!({}));
    let gate = ("urn:ferrule:processor:gate", json!({}));
    let mut host = Host::start(chain(
        &[probe, gate.clone(), gate],
        "urn:ferrule-testing:exporter:outcome",
        json!({}),
    ));
    // Without its header the exporter does not know the call, so it does not hang
    host.submit(1, "hang");
    assert_eq!(host.outcome(1), Ok(Default::default()));
    host.submit(2, "hog");
    host.poll_until_line("hogging call=2");
    host.cancel(2);
    assert_eq!(host.outcome(2), cancelled());
    host.poll_until(|host| host.status()["late"] == 1);
    host.poll_until_empty();
}
