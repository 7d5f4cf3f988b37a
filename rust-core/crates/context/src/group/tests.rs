// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

use std::sync::Barrier;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use super::*;
use crate::call::NoOwner;
use crate::{
    Admission, Attributes, CallTable, CancelCause, Ending, Error, ErrorKind, Outbox, Success,
    TraceContext,
};

const SECOND: Duration = Duration::from_secs(1);

fn trace(trace_id: u8, span_id: u8) -> Option<TraceContext> {
    Some(TraceContext {
        trace_id: [trace_id; 16],
        span_id: [span_id; 8],
        flags: 1,
        trace_state: "".into(),
        remote: true,
    })
}

fn table() -> Arc<CallTable> {
    Arc::new(CallTable::new(Arc::new(Outbox::new(16))))
}

fn admit(table: &CallTable, id: u64, left: Duration, trace: Option<TraceContext>) -> Arc<Call> {
    let call = Call::new(
        id,
        left,
        Metadata::default(),
        trace,
        Attributes::default(),
        Arc::new(NoOwner),
    );
    match table.admit(call) {
        Admission::Admitted(call) => call,
        refused => panic!("{refused:?}"),
    }
}

fn group(table: &Arc<CallTable>, calls: &[Arc<Call>], others: bool) -> OpenGroup {
    let members = Members {
        calls: calls.to_vec(),
        others,
    };
    table.open_group(members, Metadata::default())
}

fn is_ready(call: &Call) -> bool {
    let finished = std::pin::pin!(call.finished());
    let mut context = Context::from_waker(Waker::noop());
    finished.poll(&mut context).is_ready()
}

#[test]
fn deadline_is_the_latest_and_each_member_expires_alone() {
    let table = table();
    let calls = [1, 5, 3].map(|id| admit(&table, id, SECOND * id as u32, None));
    let group = group(&table, &calls, false);
    assert_eq!(group.deadline(), calls[1].deadline());
    table.sweep(calls[2].deadline());
    assert_eq!(calls.map(|call| call.is_finished()), [true, false, true]);
    assert!(!group.is_finished() && !is_ready(&group));
}

#[test]
fn group_ends_when_its_last_member_does() {
    let table = table();
    let calls = [1, 2].map(|id| admit(&table, id, SECOND, None));
    let group = group(&table, &calls, false);
    assert!(table.cancel(1, CancelCause::Client));
    assert!(group.ending().is_none());
    assert!(table.finish(2, Ok(Success::default())));
    assert!(group.is_finished() && is_ready(&group));
    assert_eq!(
        group.ending(),
        Some(Ending {
            failure: Some(ErrorKind::Cancelled),
            cause: Some(CancelCause::BatchPeer),
        })
    );
}

#[test]
fn group_of_expired_members_is_expired() {
    let table = table();
    let calls = [1, 2].map(|id| admit(&table, id, SECOND, None));
    let group = group(&table, &calls, false);
    table.abort_all(&Error::timeout());
    let ending = group.ending().unwrap();
    assert_eq!(ending.failure, Some(ErrorKind::Timeout));
}

#[test]
fn data_of_no_call_keeps_a_group_open_for_ever() {
    let table = table();
    let calls = [admit(&table, 1, SECOND, trace(1, 1))];
    let group = group(&table, &calls, true);
    table.cancel(1, CancelCause::Client);
    assert!(!group.is_finished() && !is_ready(&group));
    assert!(group.deadline() > Instant::now() + SECOND * 1_000_000);
    assert_eq!(group.trace(), None);
}

#[test]
fn only_a_common_trace_is_kept() {
    let table = table();
    let calls: Vec<_> = [(1, 1, 1), (2, 1, 2), (3, 2, 3)]
        .map(|(id, trace_id, span_id)| admit(&table, id, SECOND, trace(trace_id, span_id)))
        .into();
    assert_eq!(
        group(&table, &calls[..2], false).trace(),
        trace(1, 1).as_ref()
    );
    assert_eq!(group(&table, &calls, false).trace(), None);
    let without = admit(&table, 4, SECOND, None);
    let mixed = [Arc::clone(&calls[0]), without];
    assert_eq!(group(&table, &mixed, false).trace(), None);
}

#[test]
fn group_is_found_until_it_is_dropped_and_is_no_call_of_the_table() {
    let table = table();
    let calls = [admit(&table, 1, SECOND, None)];
    let group = group(&table, &calls, false);
    let id = group.id();
    assert_eq!(table.get(id).map(|call| call.id()), Some(id));
    assert_eq!((table.len(), table.open_groups()), (1, 1));
    table.abort_all(&Error::timeout());
    assert_eq!(table.counters().completed(), 1);
    drop(group);
    assert!(table.get(id).is_none());
    assert_eq!(table.open_groups(), 0);
}

#[test]
fn id_of_a_group_is_refused_for_a_call() {
    let call = Call::new(
        GROUP_BIT | 7,
        SECOND,
        Metadata::default(),
        None,
        Attributes::default(),
        Arc::new(NoOwner),
    );
    let outbox = Arc::new(Outbox::new(1));
    let table = CallTable::new(Arc::clone(&outbox));
    assert!(matches!(table.admit(call), Admission::Duplicate));
    assert!(outbox.take_credit());
}

/// Scenario: members finish on other threads while their group forms.
/// Guarantees: whoever waits for the group is woken, however the two meet.
#[test]
fn member_that_finishes_while_the_group_forms_is_seen() {
    for _ in 0..500 {
        let table = table();
        let calls = [1, 2].map(|id| admit(&table, id, SECOND, None));
        let barrier = Barrier::new(3);
        std::thread::scope(|scope| {
            for id in [1, 2] {
                let (table, barrier) = (&table, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    assert!(table.cancel(id, CancelCause::Client));
                });
            }
            barrier.wait();
            let group = group(&table, &calls, false);
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap();
            runtime.block_on(group.finished());
            assert!(group.is_finished());
        });
    }
}
