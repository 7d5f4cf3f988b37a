// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Calls that end at each stage of their way, in real engines.

mod batch;
mod ended;
mod host;
mod merged;
mod node;
mod protocol;
mod stages;
mod stop;
mod telemetry;

#[path = "../../pipeline/tests/support/downstream.rs"]
#[allow(dead_code, reason = "it serves the tests of the exporters, too")]
mod downstream;

use std::time::Duration;

use ferrule_context::{Attributes, CancelCause, Error, ErrorKind, Metadata, TraceContext};
use ferrule_pipeline::{Encoding, Engine, Reason, Submission};
use serde_json::{Value, json};

use self::host::{CHANNEL, Host, LARGE, TRACES, cancelled, is_timeout, submission};
use self::protocol::Protocol;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// Scenario: calls are cancelled, by hand and by deadline, while a node works on them.
/// Guarantees: the node is told at once and why, its answers afterwards are counted as late, and
/// nothing is left.
#[test]
fn call_in_the_pipeline_is_let_go_of_with_its_cause() {
    let mut host = Host::start(json!({}));
    let trace = TraceContext {
        trace_id: [0xab; 16],
        span_id: [0xcd; 8],
        flags: 1,
        trace_state: "a=b".into(),
        remote: true,
    };
    host.try_submit(Submission {
        trace: Some(trace),
        ..submission(1, "park")
    })
    .unwrap();
    host.try_submit(Submission {
        time_left: Duration::from_millis(300),
        ..submission(2, "park")
    })
    .unwrap();
    let arrival = host.poll_until_line("parked call=1 ");
    let ids = format!("trace={}-{}-01 state=a=b ", "ab".repeat(16), "cd".repeat(8));
    assert!(arrival.contains(&ids), "{arrival}");
    assert!(arrival.contains(" tenant=acme "), "{arrival}");
    assert!(
        arrival.ends_with(" headers=x-test-outcome,x-tenant-id"),
        "{arrival}"
    );
    host.cancel(1);
    host.poll_until_line("finished call=1 cause=CLIENT at=");
    host.poll_until_line("finished call=2 cause=DEADLINE at=");
    assert_eq!(host.outcome(1), cancelled());
    assert!(is_timeout(&host.outcome(2)));
    host.poll_until_empty();
    host.poll_until(|host| host.status()["late"] == 2);
    assert_eq!(host.status()["lingering"], 0);
}

/// Scenario: a call is cancelled while its payload waits to be decoded.
/// Guarantees: it has its outcome at once, and neither its place nor its bytes leak when the
/// receiver hears of the end before it hears of the call.
#[test]
fn call_in_the_codec_ends_at_once() {
    let mut host = Host::start(json!({}));
    let json: Vec<_> = (0..200)
        .map(|_| r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a"}]}]}]}"#)
        .collect();
    let calls = json.len() as u64;
    for (call_id, body) in (1..).zip(json) {
        let submission = Submission {
            encoding: Encoding::from_number(2).unwrap(),
            ..submission(call_id, "park")
        };
        host.submit_bytes(submission, body).unwrap();
        host.cancel(call_id);
    }
    host.poll_until(|host| host.outcomes.len() as u64 == calls);
    assert!(
        host.outcomes
            .values()
            .all(|outcome| *outcome == cancelled())
    );
    host.poll_until_empty();
}

/// Scenario: the pipeline is full, and the call that it has no room for is cancelled, as are those
/// behind it.
/// Guarantees: their data is dropped while the pipeline is still full, and the next call is
/// delivered once it is not.
#[test]
fn call_in_a_blocked_send_is_let_go_of() {
    const STALLED: u64 = 1 << 40;
    // One in the exporter, two channels, and one on its way between them.
    const FULL: u64 = 2 * CHANNEL as u64 + 1;
    let mut host = Host::start(json!({}));
    host.submit(STALLED, "stall");
    // Calls that are cancelled once they were sent stay in the channels, so that these fill up.
    for call_ids in (1..=FULL).collect::<Vec<_>>().chunks(100) {
        for call_id in call_ids {
            host.submit(*call_id, "ack");
        }
        host.poll_until(|host| host.status()["pipelines"][0]["queued"] == 0);
        for call_id in call_ids {
            host.cancel(*call_id);
        }
        host.poll_until(|host| host.outcomes.contains_key(&call_ids[call_ids.len() - 1]));
    }
    let held = host.status()["payloadBytes"].clone();
    for call_id in FULL + 1..=FULL + 20 {
        host.submit(call_id, "ack");
    }
    host.poll_until(|host| host.status()["pipelines"][0]["queued"] == 19);
    for call_id in FULL + 1..=FULL + 20 {
        host.cancel(call_id);
    }
    host.poll_until(|host| host.status()["payloadBytes"] == held);
    host.submit(FULL + 21, "ack");
    host.cancel(STALLED);
    assert_eq!(host.outcome(FULL + 21), Ok(Default::default()));
    host.poll_until_empty();
}

/// Scenario: a node that knows nothing of cancellation keeps the data of a cancelled call.
/// Guarantees: after the grace it is counted and told once.
#[test]
fn data_held_beyond_the_grace_is_counted_and_told() {
    let mut host = Host::start(json!({}));
    host.submit(1, "hang");
    host.poll_until(|host| host.status()["pipelines"][0]["queued"] == 0);
    host.cancel(1);
    let line = host.poll_until_line("data of 1 calls was still held");
    assert!(line.contains("500 ms"), "{line}");
    let status = host.status();
    assert_eq!(
        (&status["lingering"], &status["inFlight"]),
        (&1.into(), &0.into())
    );
}

/// Scenario: a node panics over a call while others are parked in the same pipeline.
/// Guarantees: each of them has its outcome, which says that nobody knows whether the data arrived
/// and that it may be sent again; the pipeline serves again.
#[test]
fn panic_in_a_node_loses_calls_that_may_be_sent_again() {
    let mut host = Host::start(json!({}));
    for (round, order) in [(0, "panic"), (1 << 40, "panic-processor")] {
        host.submit(round + 1, "park");
        host.poll_until_line(&format!("parked call={} ", round + 1));
        host.submit(round + 2, order);
        for call_id in [round + 1, round + 2] {
            let error = host.outcome(call_id).unwrap_err();
            assert_eq!(error, Error::lost());
            assert_eq!(
                (error.is_permanent(), error.effective_grpc_code()),
                (false, 14)
            );
            assert!(error.delivery_unknown);
        }
        // While the old instance goes, calls are refused, or come back as not taken
        for call_id in round + 3.. {
            host.poll_until(|host| host.try_submit(submission(call_id, "ack")).is_ok());
            match host.outcome(call_id) {
                Ok(_) => break,
                Err(error) => assert!(!error.is_permanent() && !error.delivery_unknown),
            }
        }
    }
    host.poll_until_empty();
}

#[test]
fn attributes_that_do_not_parse_are_counted() {
    let mut host = Host::start(json!({}));
    for (call_id, attributes) in [(1, "{"), (2, "{}")] {
        host.try_submit(Submission {
            attributes: Attributes::in_context(&attributes.as_bytes().into(), 0..attributes.len()),
            ..submission(call_id, "park")
        })
        .unwrap();
        host.poll_until_line(&format!("parked call={call_id} "));
        host.cancel(call_id);
    }
    host.poll_until_empty();
    assert_eq!(host.status()["degraded"], 1);
}

#[test]
fn too_many_calls_are_refused_before_anything_is_copied() {
    let mut host = Host::start(json!({"maxInFlight": 1}));
    host.submit(1, "park");
    let refusal = host.engine.reserve_lane(0).err().unwrap();
    assert_eq!(refusal.reason, Reason::TooManyCalls);
    host.cancel(1);
    host.poll_until_empty();
    host.submit(2, "ack");
    assert_eq!(host.outcome(2), Ok(Default::default()));
}

/// Scenario: the engine is stopped while calls are parked.
/// Guarantees: the node hears of the shutdown, and each call gets its one outcome.
#[test]
fn shutdown_lets_parked_calls_go() {
    let mut host = Host::start(json!({}));
    for call_id in 1..=3 {
        host.submit(call_id, "park");
        host.poll_until_line(&format!("parked call={call_id} "));
    }
    assert!(host.engine.stop(Duration::from_millis(200)));
    host.poll_until(|host| host.outcomes.len() == 3);
    let shutdown = Err(Error::cancelled(CancelCause::Shutdown));
    assert!(host.outcomes.values().all(|outcome| *outcome == shutdown));
}
