// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Receivers of the engine in front of an exporter of ours, in a pipeline of their own.

use std::net::{SocketAddr, TcpListener};

use ferrule_context::{ErrorKind, Success};
use ferrule_pipeline::Signal;
use serde_json::{Value, json};

use crate::chain::{
    BARE, HEADERS, gate_to, host_to, node, start, start_with_topic, to_recorder, whole,
};
use crate::recorder::refusal;
use crate::support::Host;

pub const TESTED: [&str; 3] = [
    "urn:otel:receiver:otap",
    "urn:otel:receiver:otlp",
    "urn:otel:receiver:topic",
];

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

fn with_topic(policies: Value, subscription: &Value, refuse: bool) -> Host {
    let receiver = node(
        "receiver:topic",
        json!({"topic": "t", "subscription": subscription}),
    );
    let pipelines = json!({
        "main": host_to(node("exporter:topic", json!({"topic": "t"}))),
        "other": to_recorder(receiver, refuse),
    });
    start_with_topic(pipelines, policies)
}

fn subscriptions() -> [Value; 2] {
    [
        json!({"mode": "broadcast"}),
        json!({"mode": "balanced", "group": "g"}),
    ]
}

/// A topic that broadcasts keeps its last messages for subscribers that fall behind.
fn poll_until_empty_but_for(subscription: &Value, host: &mut Host) {
    if subscription["mode"] == "broadcast" {
        assert_eq!(host.status()["inFlight"], 0);
        assert_ne!(host.status()["payloadBytes"], 0);
    } else {
        host.poll_until_empty();
    }
}

/// Scenario: a call is published to a topic that waits for the outcome, and received in another
/// pipeline.
/// Guarantees: nothing of the call is lost, and the error comes back whole.
#[test]
fn topic_that_waits_keeps_everything() {
    let policies = json!({"ack_propagation": {"mode": "auto"}});
    for subscription in subscriptions() {
        for (refuse, wanted) in [(false, Ok(Success::default())), (true, Err(refusal()))] {
            let mut host = with_topic(policies.clone(), &subscription, refuse);
            host.submit_record(1, Signal::Logs);
            assert_eq!(host.outcome(1).0, wanted);
            assert_eq!(host.poll_until_recorded(1), [whole()]);
            poll_until_empty_but_for(&subscription, &mut host);
        }
    }
}

/// Scenario: the same with a topic that does not wait, which is the default.
/// Guarantees: the call succeeds once it is published; its headers go on.
#[test]
fn topic_that_does_not_wait_acknowledges_early() {
    for subscription in subscriptions() {
        let mut host = with_topic(json!({}), &subscription, true);
        host.submit_record(1, Signal::Logs);
        assert_eq!(host.outcome(1).0, Ok(Success::default()));
        let lines = host.poll_until_recorded(1);
        assert!(lines[0].ends_with(HEADERS), "{lines:?}");
        poll_until_empty_but_for(&subscription, &mut host);
    }
}

/// Scenario: the engine's OTAP exporter sends to its OTAP receiver, with an exporter of ours
/// behind.
/// Guarantees: headers are lost on the way; that the data was refused is told, if the receiver
/// waits, but not why.
#[test]
fn otap_loses_headers_and_reasons() {
    for (waits, refuse) in [(true, false), (true, true), (false, true)] {
        let address = free_address();
        let receiver = node(
            "receiver:otap",
            json!({"listening_addr": address, "response_stream_channel_size": 10,
                "wait_for_result": waits}),
        );
        let exporter = node(
            "exporter:otap",
            json!({"grpc_endpoint": format!("http://{address}")}),
        );
        let mut host = start(json!({
            "main": gate_to(exporter),
            "other": to_recorder(receiver, refuse),
        }));
        host.submit_record(1, Signal::Logs);
        let outcome = host.outcome(1).0;
        if waits && refuse {
            let error = outcome.unwrap_err();
            assert_eq!(
                (error.kind, error.retry_delay),
                (ErrorKind::Retryable, None)
            );
            assert_eq!(error.message, "export failed");
        } else {
            assert_eq!(outcome, Ok(Success::default()));
        }
        assert_eq!(host.poll_until_recorded(1), [BARE]);
        host.poll_until_empty();
    }
}

/// Scenario: an engine sends through our exporter to the OTLP receiver of another engine, where
/// an exporter of ours refuses the data.
/// Guarantees: the receiver starts no call, and tells that the data can be sent again, but
/// neither code nor delay.
#[test]
fn otlp_receiver_tells_only_that_data_was_refused() {
    for protocol in ["grpc", "http"] {
        for refuse in [false, true] {
            let address = free_address();
            let receiver = node(
                "receiver:otlp",
                json!({"protocols": {protocol: {"listening_addr": address,
                    "wait_for_result": true}}}),
            );
            let mut server = start(json!({
                "main": host_to(node("exporter:noop", json!({}))),
                "other": to_recorder(receiver, refuse),
            }));
            let endpoint = match protocol {
                "grpc" => "grpc_endpoint",
                _ => "endpoint",
            };
            let exporter = node(
                &format!("urn:ferrule:exporter:otlp_{protocol}"),
                json!({endpoint: format!("http://{address}"), "retry": {"enabled": false}}),
            );
            let mut host = start(json!({"main": host_to(exporter)}));
            host.submit_record(1, Signal::Logs);
            let outcome = host.outcome(1).0;
            assert_eq!(server.poll_until_recorded(1), [BARE]);
            if refuse {
                let error = outcome.unwrap_err();
                assert_eq!(
                    (error.kind, error.retry_delay),
                    (ErrorKind::Retryable, None)
                );
                assert!(error.message.contains("slow down"), "{error}");
            } else {
                assert_eq!(outcome, Ok(Success::default()));
            }
            host.poll_until_empty();
            server.poll_until_empty();
        }
    }
}
