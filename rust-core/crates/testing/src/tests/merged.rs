// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Batches of several calls on their way to a real server.

use std::sync::mpsc::channel;

use super::downstream::{Downstream, Reply};
use super::protocol::BOTH;
use super::*;

/// A host that sends batches of four small calls to the server.
fn start(downstream: &Downstream, protocol: Protocol, more: &Value) -> Host {
    let mut batch = batch::four();
    batch["partition_by"] = json!([]);
    let processors = [
        ("urn:ferrule-testing:processor:probe", json!({})),
        ("urn:ferrule:processor:batch", batch),
    ];
    Host::start(protocol.chain(downstream, &processors, more))
}

fn with_seconds(call_id: u64, seconds: u64) -> Submission {
    Submission {
        time_left: Duration::from_secs(seconds),
        ..submission(call_id, "ack")
    }
}

fn refusal(protocol: Protocol) -> Reply {
    match protocol {
        Protocol::Grpc => Reply::code(3, "bad"),
        Protocol::Http => Reply::http(400, "text/plain", b"bad"),
    }
}

/// Submits a batch whose calls have these seconds left, and waits until the server has it.
fn submit_batch(host: &Host, downstream: &Downstream, seconds: [u64; 4]) {
    for (call_id, seconds) in (1..).zip(seconds) {
        host.try_submit(with_seconds(call_id, seconds)).unwrap();
    }
    assert!(downstream.request().2.ends_with(LARGE));
}

/// Scenario: of calls with different deadlines that share a batch one is cancelled and one
/// expires while the server has it; then the server refuses it for good, or takes it. A fifth
/// call was truncated on its way to the batch.
/// Guarantees: each has its own outcome at its own time, and there is one request, which has the
/// latest deadline and all of their data but the truncated.
#[test]
fn each_member_has_its_own_outcome() {
    for (protocol, accepted) in BOTH.into_iter().flat_map(|it| [(it, false), (it, true)]) {
        let (answer, answers) = channel();
        let downstream = Downstream::start(protocol, move || answers.recv().unwrap_or(Reply::Hang));
        let mut host = start(&downstream, protocol, &json!({}));
        host.try_submit(with_seconds(1, 60)).unwrap();
        host.submit(9, "truncate");
        for (call_id, seconds) in [(2, 40), (3, 30), (4, 1)] {
            host.try_submit(with_seconds(call_id, seconds)).unwrap();
        }
        let (_, headers, body) = downstream.request();
        assert!(body.ends_with(LARGE) && !body.ends_with(&[LARGE, &[0x0a]].concat()));
        assert!(protocol.time_left(&headers) > Duration::from_secs(40));
        let truncated = host.error(9);
        assert_eq!(truncated.effective_grpc_code(), 3);
        assert!(truncated.message.contains("truncated"), "{truncated}");
        host.cancel(3);
        assert_eq!(host.outcome(3), cancelled());
        assert!(is_timeout(&host.outcome(4)));
        assert!(!host.outcomes.contains_key(&1) && !host.outcomes.contains_key(&2));
        answer
            .send(if accepted {
                Reply::ok(protocol, b"")
            } else {
                refusal(protocol)
            })
            .unwrap();
        for call_id in [1, 2] {
            match host.outcome(call_id) {
                Ok(success) => assert!(accepted && success == Default::default()),
                Err(error) => {
                    assert!(!accepted && error.is_permanent());
                    assert_eq!((error.effective_grpc_code(), &*error.message), (3, "bad"));
                }
            }
        }
        host.poll_until_no_batch();
        assert!(downstream.is_idle());
    }
}

/// Scenario: a batch is refused for the moment, one of its members expires before the next
/// attempt, and another is cancelled.
/// Guarantees: both have their outcome meanwhile, and the batch is sent again for the rest.
#[test]
fn members_end_while_their_batch_is_in_backoff() {
    for protocol in BOTH {
        let mut replies = [Reply::unavailable(protocol)].into_iter();
        let downstream = Downstream::start(protocol, move || {
            replies.next().unwrap_or_else(|| Reply::ok(protocol, b""))
        });
        let more = json!({"retry": {"initial_interval": "3s", "jitter": 0}});
        let mut host = start(&downstream, protocol, &more);
        submit_batch(&host, &downstream, [60, 60, 60, 1]);
        host.cancel(3);
        assert_eq!(host.outcome(3), cancelled());
        assert!(is_timeout(&host.outcome(4)));
        assert!(downstream.is_idle());
        for call_id in [1, 2] {
            assert_eq!(host.outcome(call_id), Ok(Default::default()));
        }
        assert!(downstream.request().2.ends_with(LARGE));
        host.poll_until_no_batch();
        assert!(downstream.is_idle());
    }
}

/// Scenario: all members of a batch end while the server has it, cancelled or by deadline.
/// Guarantees: the request goes on until the last one is gone, and is then cancelled.
#[test]
fn request_ends_with_the_last_member() {
    for protocol in BOTH {
        let downstream = Downstream::start(protocol, || Reply::Hang);
        let mut host = start(&downstream, protocol, &json!({}));
        submit_batch(&host, &downstream, [60, 60, 60, 1]);
        assert!(is_timeout(&host.outcome(4)));
        for call_id in [1, 2] {
            host.cancel(call_id);
            assert_eq!(host.outcome(call_id), cancelled());
        }
        assert!(downstream.is_idle());
        host.cancel(3);
        downstream.cancelled();
        host.poll_until_no_batch();
    }
}

/// Scenario: a call is larger than a batch may be, and the server refuses one part of it, or takes
/// all.
/// Guarantees: each part is a request, and the call is delivered only if all were.
#[test]
fn call_in_parts_is_delivered_if_all_are() {
    for (protocol, accepted) in BOTH.into_iter().flat_map(|it| [(it, false), (it, true)]) {
        let mut refusals = [refusal(protocol)].into_iter().filter(move |_| !accepted);
        let downstream = Downstream::start(protocol, move || {
            refusals.next().unwrap_or_else(|| Reply::ok(protocol, b""))
        });
        let batch = json!({"otlp": {"min_size": 4, "max_size": 4, "sizer": "bytes"},
            "max_batch_duration": "1h"});
        let processors = [("urn:ferrule:processor:batch", batch)];
        let mut host = Host::start(protocol.chain(&downstream, &processors, &json!({})));
        host.submit_large(1, "ack");
        assert_eq!(host.outcome(1).is_ok(), accepted);
        host.poll_until_no_batch();
        // Once one part was refused, nobody wants the other
        for _ in 0..=usize::from(accepted) {
            let body = downstream.request().2;
            assert!(body.ends_with(&LARGE[..4]) && !body.ends_with(&LARGE[..6]));
        }
        assert!(!accepted || downstream.is_idle());
    }
}

/// Scenario: the engine is stopped while calls wait in a batch, and the server does not answer.
/// Guarantees: the batch is sent, its calls are told of the shutdown, the request is cancelled,
/// and all that before the engine's own drain ends.
#[test]
fn stop_sends_the_batch_and_gives_up_before_the_engine_does() {
    for protocol in BOTH {
        let downstream = Downstream::start(protocol, || Reply::Hang);
        let mut host = start(&downstream, protocol, &json!({}));
        for call_id in 1..=3 {
            host.submit(call_id, "ack");
        }
        assert!(host.engine.stop(Duration::from_millis(500)));
        let shutdown = Err(Error::cancelled(CancelCause::Shutdown));
        for call_id in 1..=3 {
            assert_eq!(host.outcome(call_id), shutdown);
        }
        assert!(downstream.request().2.ends_with(&LARGE[..6]));
        downstream.cancelled();
        let status = host.status();
        assert_eq!(
            (&status["openBatches"], &status["payloadBytes"]),
            (&0.into(), &0.into())
        );
    }
}
