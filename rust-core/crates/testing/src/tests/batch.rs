// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Calls that share batches, in real engines.

use super::*;

/// A batch of four small calls goes out; nothing goes out because of its age.
pub(super) fn four() -> Value {
    json!({"otlp": {"min_size": LARGE.len(), "sizer": "bytes"}, "max_batch_duration": "1h",
        "partition_by": ["x-test-outcome"]})
}

pub(super) fn batching(batch: Value) -> Host {
    Host::start(json!({"spec": {
        "version": "otel_dataflow/v1",
        "groups": {"default": {"pipelines": {"main": {
            "nodes": {
                "host": {"type": "urn:ferrule:receiver:host", "config": {}},
                "probe": {"type": "urn:ferrule-testing:processor:probe", "config": {}},
                "batch": {"type": "urn:ferrule:processor:batch", "config": batch},
                "out": {"type": "urn:ferrule-testing:exporter:outcome", "config": {}},
            },
            "connections": [
                {"from": "host", "to": "probe"},
                {"from": "probe", "to": "batch"},
                {"from": "batch", "to": "out"},
            ],
        }}}},
    }}))
}

fn traced(call_id: u64, order: &str, trace_id: u8) -> Submission {
    Submission {
        trace: Some(TraceContext {
            trace_id: [trace_id; 16],
            span_id: [1; 8],
            flags: 1,
            trace_state: "".into(),
            remote: true,
        }),
        ..submission(call_id, order)
    }
}

/// Scenario: of calls that share a batch one is cancelled and one expires while the batch is
/// exported; another was truncated on its way.
/// Guarantees: each has its own outcome at its own time, and the batch is delivered for the rest.
#[test]
fn member_of_a_batch_has_its_own_outcome() {
    let mut host = batching(four());
    host.submit(9, "truncate");
    let truncated = host.error(9);
    assert!(truncated.is_permanent());
    assert!(truncated.message.contains("truncated"), "{truncated}");
    for call_id in [1, 2, 4] {
        host.submit(call_id, "hold");
    }
    let soon = Submission {
        time_left: Duration::from_millis(300),
        ..submission(3, "hold")
    };
    host.try_submit(soon).unwrap();
    let arrival = host.poll_until_line("parked ");
    assert!(
        arrival.contains(" tenant= "),
        "only what is common goes on: {arrival}"
    );
    assert_eq!(host.status()["openBatches"], 1);
    host.cancel(2);
    assert_eq!(host.outcome(2), cancelled());
    assert!(is_timeout(&host.outcome(3)));
    host.submit_large(5, "release");
    for call_id in [1, 4, 5] {
        assert_eq!(host.outcome(call_id), Ok(Default::default()));
    }
    host.poll_until_no_batch();
    assert_eq!(host.status()["lingering"], 0);
}

/// Scenario: the downstream refuses a batch.
/// Guarantees: each member has the whole error.
#[test]
fn refusal_of_a_batch_reaches_all_its_members() {
    let mut host = batching(four());
    for call_id in 1..=4 {
        host.submit(call_id, "exhausted;delay=7000;message=slow down");
    }
    for call_id in 1..=4 {
        let error = host.error(call_id);
        assert_eq!(error.kind, ErrorKind::ResourceExhausted);
        assert_eq!(error.retry_delay, Some(Duration::from_secs(7)));
        assert_eq!(error.message, "slow down");
    }
    host.poll_until_no_batch();
}

#[test]
fn export_ends_when_all_members_of_its_batch_are_gone() {
    let mut host = batching(four());
    for call_id in 1..=4 {
        let submission = traced(call_id, "park", 0xab);
        host.try_submit(submission).unwrap();
    }
    let arrival = host.poll_until_line("parked ");
    assert!(
        arrival.contains(&format!(" trace={}-", "ab".repeat(16))),
        "{arrival}"
    );
    for call_id in 1..=4 {
        host.cancel(call_id);
    }
    let line = host.poll_until_line("finished ");
    assert!(line.contains(" cause=BATCH_PEER "), "{line}");
    host.poll_until_no_batch();
}

#[test]
fn batch_of_different_traces_has_none() {
    let mut host = batching(four());
    for call_id in 1..=4 {
        host.try_submit(traced(call_id, "park", call_id as u8))
            .unwrap();
    }
    let arrival = host.poll_until_line("parked ");
    assert!(arrival.contains(" trace= "), "{arrival}");
}

/// Scenario: all members of a batch are gone before it goes out.
/// Guarantees: it does not go out, and their data is let go of without waiting for others.
#[test]
fn batch_without_members_is_not_sent() {
    let mut host = batching(four());
    host.submit(1, "hold");
    host.try_submit(Submission {
        time_left: Duration::from_nanos(1),
        ..submission(2, "hold")
    })
    .unwrap();
    host.poll_until(|host| host.status()["pipelines"][0]["queued"] == 0);
    host.cancel(1);
    assert_eq!(host.outcome(1), cancelled());
    assert!(is_timeout(&host.outcome(2)));
    host.poll_until_no_batch();
    assert!(host.engine.stop(Duration::from_secs(5)));
    assert_eq!(host.line("parked "), None);
}

/// Scenario: the deadline of a member comes long before the batch is full or old enough.
/// Guarantees: the batch goes out in time for it.
#[test]
fn batch_goes_out_before_the_earliest_deadline() {
    let mut batch = four();
    batch["deadline_margin"] = json!("58s");
    let mut host = batching(batch);
    host.try_submit(Submission {
        time_left: Duration::from_secs(600),
        ..submission(1, "ack")
    })
    .unwrap();
    host.submit(2, "ack");
    for call_id in 1..=2 {
        assert_eq!(host.outcome(call_id), Ok(Default::default()));
    }
    host.poll_until_no_batch();
}

#[test]
fn batches_are_told_apart_and_their_number_is_bounded() {
    let mut batch = four();
    batch["partition_limit"] = json!(2);
    batch["partition_by"] = json!(["x-test-outcome", "x-tenant-id"]);
    let mut host = batching(batch);
    for (call_id, order) in [(1, "hold"), (2, "park"), (3, "hold"), (4, "stall")] {
        host.submit(call_id, order);
    }
    let error = host.error(4);
    assert_eq!(error.kind, ErrorKind::ResourceExhausted);
    for call_id in 5..=6 {
        host.submit(call_id, "hold");
    }
    let arrival = host.poll_until_line("parked ");
    assert!(arrival.contains(" tenant=acme "), "{arrival}");
    assert!(
        arrival.ends_with(" headers=x-test-outcome,x-tenant-id"),
        "{arrival}"
    );
    host.submit_large(7, "release");
    for call_id in [1, 3, 5, 6, 7] {
        assert_eq!(host.outcome(call_id), Ok(Default::default()));
    }
    host.cancel(2);
    host.poll_until_no_batch();
}

/// Scenario: a call is larger than a batch may be, and the first of its parts is refused.
/// Guarantees: it is refused, once; its neighbours are not.
#[test]
fn call_in_parts_is_delivered_only_if_all_are() {
    let mut batch = four();
    batch["otlp"] = json!({"min_size": 4, "max_size": 4, "sizer": "bytes"});
    batch["partition_by"] = json!(["x-test-outcome"]);
    let mut host = batching(batch);
    host.submit_large(1, "fail-first");
    host.submit_large(2, "fail-first");
    for call_id in 3..=4 {
        host.submit(call_id, "ack");
    }
    let error = host.error(1);
    assert!(error.is_permanent());
    for call_id in 2..=4 {
        assert_eq!(host.outcome(call_id), Ok(Default::default()));
    }
    host.poll_until_no_batch();
}

/// Scenario: a node before the batch turns the data into OTAP.
/// Guarantees: it is merged by items, and each call has its outcome.
#[test]
fn other_formats_are_merged_by_items() {
    /// One span with a name and nothing else.
    const SPAN: &[u8] = &[0x0a, 7, 0x12, 5, 0x12, 3, 0x2a, 1, b'a'];
    let mut batch = four();
    batch["otap"] = json!({"min_size": 3, "sizer": "items"});
    let convert = json!({"actions": [{"action": "insert", "key": "k", "value": "v"}]});
    let processors = [
        ("processor:attribute", convert),
        ("urn:ferrule:processor:batch", batch),
    ];
    let exporter = "urn:ferrule-testing:exporter:outcome";
    let mut host = Host::start(node::chain(&processors, exporter, json!({})));
    for call_id in 1..=3 {
        host.submit_bytes(submission(call_id, "hold"), SPAN)
            .unwrap();
    }
    host.poll_until_line("parked ");
    assert_eq!(host.status()["openBatches"], 1);
    for call_id in 4..=6 {
        host.submit_bytes(submission(call_id, "release"), SPAN)
            .unwrap();
    }
    for call_id in 1..=6 {
        assert_eq!(host.outcome(call_id), Ok(Default::default()));
    }
    host.poll_until_no_batch();
}
