// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Engines that end although nobody stops them.

use ferrule_context::Message;

use super::*;

fn pipeline() -> Value {
    json!({
        "nodes": {
            "host": {"type": "urn:ferrule:receiver:host", "config": {}},
            "out": {"type": "urn:ferrule-testing:exporter:outcome", "config": {}},
        },
        "connections": [{"from": "host", "to": "out"}],
    })
}

/// Scenario: the engine does not restart a pipeline that failed, while calls are in another one and
/// their exporter never answers.
/// Guarantees: the host hears why, no more calls get in, those in flight get one outcome each, and
/// then the polling ends without a stop.
#[test]
fn engine_that_gives_up_ends_all_calls() {
    let mut host = Host::start(json!({"spec": {
        "version": "otel_dataflow/v1",
        "policies": {"runtime_recovery": {"enabled": false}},
        "groups": {"default": {"pipelines": {"main": pipeline(), "other": pipeline()}}},
    }}));
    for call_id in [1, 2] {
        host.submit_to(1, submission(call_id, "hang")).unwrap();
    }
    host.submit(3, "hang");
    host.submit(4, "panic");
    for call_id in [3, 4] {
        assert_eq!(host.error(call_id).kind, ErrorKind::Retryable);
    }
    host.poll_until(|host| !host.status()["failure"].is_null());
    for pipeline in [0, 1] {
        let refusal = host.submit_to(pipeline, submission(5, "ack")).unwrap_err();
        assert_eq!(refusal.reason, Reason::Ended);
        assert!(refusal.retry_delay.is_some());
    }
    host.cancel(1);
    assert_eq!(host.outcome(1), cancelled());
    let error = host.error(2);
    assert_eq!(error.kind, ErrorKind::Retryable);
    assert!(error.delivery_unknown);
    while host.engine.poll(PATIENCE, |_| true) {}
    let status = host.status();
    let failure = status["failure"].as_str().unwrap();
    assert!(
        failure.contains("runtime recovery is disabled"),
        "{failure}"
    );
    assert_eq!(
        (&status["inFlight"], &status["submitted"]),
        (&0.into(), &4.into())
    );
    assert!(host.engine.stop(Duration::from_secs(1)));
}

/// Scenario: a pipeline fails more often than the engine may restart it.
#[test]
fn engine_gives_up_after_the_last_restart() {
    let host = Host::start(json!({"spec": {
        "version": "otel_dataflow/v1",
        "policies": {"runtime_recovery": {"max_restarts": 1, "initial_backoff": "10ms"}},
        "groups": {"default": {"pipelines": {"main": pipeline()}}},
    }}));
    let mut kinds = Vec::new();
    let mut accepted = 0;
    // A call may still enter the instance that has just failed, so it takes more than two
    while host.engine.poll(Duration::from_millis(10), |message| {
        if let Message::Completion { outcome, .. } = message {
            kinds.push(outcome.clone().unwrap_err().kind);
        }
        true
    }) {
        if kinds.len() == accepted
            && host
                .try_submit(submission(1 + accepted as u64, "panic"))
                .is_ok()
        {
            accepted += 1;
        }
    }
    assert!(accepted >= 2);
    assert_eq!(kinds, vec![ErrorKind::Retryable; accepted]);
    let status = host.status();
    let failure = status["failure"].as_str().unwrap();
    assert!(failure.contains("after 1 restart attempt(s)"), "{failure}");
}

/// Guarantees: a stop is no failure.
#[test]
fn engine_that_was_stopped_has_not_failed() {
    let host = Host::start(json!({}));
    assert!(host.engine.stop(Duration::from_secs(1)));
    assert!(host.status()["failure"].is_null());
    let refusal = host.try_submit(submission(1, "ack")).unwrap_err();
    assert_eq!(refusal.reason, Reason::Stopping);
}
