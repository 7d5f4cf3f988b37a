// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

use std::sync::Barrier;
use std::time::Duration;

use super::*;
use crate::sync::{AtomicU64, Ordering};
use crate::{Attributes, CallOwner, Fetched, Message};

#[derive(Default)]
struct Releases(AtomicU64);

impl CallOwner for Releases {
    fn released(&self, call_id: u64) {
        self.0.fetch_add(call_id, Ordering::Relaxed);
    }
}

fn call(id: u64, time_left: Duration, owner: &Arc<Releases>) -> Call {
    let owner: Arc<dyn CallOwner> = owner.clone();
    Call::new(
        id,
        time_left,
        Metadata::default(),
        None,
        Attributes::default(),
        owner,
    )
}

fn table(capacity: usize) -> (CallTable, Arc<Outbox>, Arc<Releases>) {
    let outbox = Arc::new(Outbox::new(capacity));
    (CallTable::new(Arc::clone(&outbox)), outbox, Arc::default())
}

fn fetch(outbox: &Outbox) -> Vec<(u64, Outcome)> {
    let mut all = Vec::new();
    outbox.fetch(Duration::ZERO, |message| {
        if let Message::Completion {
            call_id, outcome, ..
        } = message
        {
            all.push((*call_id, outcome.clone()));
        }
        true
    });
    all
}

const LONG: Duration = Duration::from_secs(600);

#[test]
fn answer_after_the_outcome_is_counted_and_dropped() {
    let (table, outbox, owner) = table(4);
    assert!(matches!(
        table.admit(call(7, LONG, &owner)),
        Admission::Admitted(_)
    ));
    assert!(table.cancel(7, CancelCause::Client));
    assert!(!table.finish(7, Ok(Success::default())));
    assert_eq!(
        fetch(&outbox),
        [(7, Err(Error::cancelled(CancelCause::Client)))]
    );
    let counters = table.counters();
    assert_eq!(
        (counters.submitted, counters.completed(), counters.late),
        (1, 1, 1)
    );
    assert_eq!(owner.0.load(Ordering::Relaxed), 7);
}

#[test]
fn owner_is_not_told_of_its_own_outcome() {
    let (table, _outbox, owner) = table(4);
    table.admit(call(7, LONG, &owner));
    assert!(table.finish(7, Ok(Success::default())));
    assert_eq!(owner.0.load(Ordering::Relaxed), 0);
}

#[test]
fn credit_comes_back_only_when_the_outcome_was_fetched() {
    let (table, outbox, owner) = table(1);
    table.admit(call(1, LONG, &owner));
    table.finish(1, Ok(Success::default()));
    assert!(matches!(
        table.admit(call(2, LONG, &owner)),
        Admission::TooManyCalls
    ));
    assert_eq!(fetch(&outbox).len(), 1);
    assert!(matches!(
        table.admit(call(2, LONG, &owner)),
        Admission::Admitted(_)
    ));
}

#[test]
fn duplicate_id_is_refused_and_costs_no_credit() {
    let (table, _outbox, owner) = table(2);
    table.admit(call(1, LONG, &owner));
    assert!(matches!(
        table.admit(call(1, LONG, &owner)),
        Admission::Duplicate
    ));
    assert!(matches!(
        table.admit(call(2, LONG, &owner)),
        Admission::Admitted(_)
    ));
    assert_eq!(table.len(), 2);
}

#[test]
fn sweep_finishes_only_overdue_calls() {
    let (table, outbox, owner) = table(4);
    table.admit(call(1, Duration::ZERO, &owner));
    table.admit(call(2, LONG, &owner));
    table.sweep(Instant::now());
    assert_eq!(fetch(&outbox), [(1, Err(Error::timeout()))]);
    assert!(table.get(2).is_some());
}

#[tokio::test]
async fn waiting_work_sees_the_outcome() {
    let (table, _outbox, owner) = table(4);
    let Admission::Admitted(call) = table.admit(call(1, LONG, &owner)) else {
        panic!("not admitted");
    };
    let waiting = {
        let call = Arc::clone(&call);
        tokio::spawn(async move { call.finished().await })
    };
    tokio::task::yield_now().await;
    assert!(!call.is_finished());
    table.cancel(1, CancelCause::Application);
    waiting.await.unwrap();
    assert!(call.is_finished());
}

/// Scenario: four threads try to finish each of many calls at once.
/// Guarantees: each call gets exactly one outcome, and the counters agree.
#[test]
fn many_finishers_produce_one_outcome_each() {
    const CALLS: u64 = 2_000;
    let (table, outbox, owner) = table(CALLS as usize);
    for id in 1..=CALLS {
        table.admit(call(id, LONG, &owner));
    }
    let barrier = Barrier::new(4);
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let (table, barrier) = (&table, &barrier);
            scope.spawn(move || {
                barrier.wait();
                for id in 1..=CALLS {
                    match worker {
                        0 => table.finish(id, Ok(Success::default())),
                        1 => table.cancel(id, CancelCause::Client),
                        2 => table.abort(id, Error::timeout()),
                        _ => table.finish(id, Err(Error::lost())),
                    };
                }
            });
        }
    });
    let mut ids: Vec<_> = fetch(&outbox).into_iter().map(|(id, _)| id).collect();
    ids.sort_unstable();
    assert_eq!(ids, (1..=CALLS).collect::<Vec<_>>());
    assert_eq!(table.counters().completed(), CALLS);
    assert!(table.is_empty());
}

#[test]
fn closed_outbox_delivers_what_waits_and_then_ends() {
    let (table, outbox, owner) = table(4);
    table.admit(call(1, LONG, &owner));
    table.abort_all(&Error::cancelled(CancelCause::Shutdown));
    outbox.close();
    assert!(!outbox.take_credit());
    let mut delivered = 0;
    let fetched = outbox.fetch(Duration::ZERO, |_| {
        delivered += 1;
        true
    });
    assert_eq!((fetched, delivered), (Fetched::Messages, 1));
    assert_eq!(
        outbox.fetch(Duration::from_secs(60), |_| true),
        Fetched::Closed
    );
}

#[test]
fn waiting_fetch_ends_when_woken() {
    let (_table, outbox, _owner) = table(1);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| outbox.fetch(Duration::from_secs(60), |_| true));
        outbox.wake();
        assert_eq!(waiting.join().unwrap(), Fetched::Woken);
    });
}

#[test]
fn outbox_stays_open_until_every_credit_is_back() {
    let (table, outbox, owner) = table(2);
    assert!(outbox.take_credit());
    table.admit(call(1, LONG, &owner));
    outbox.close();
    assert_eq!(outbox.fetch(Duration::ZERO, |_| true), Fetched::Nothing);
    table.cancel(1, CancelCause::Shutdown);
    assert_eq!(fetch(&outbox).len(), 1);
    assert_eq!(outbox.fetch(Duration::ZERO, |_| true), Fetched::Nothing);
    outbox.return_credit();
    assert_eq!(outbox.fetch(Duration::ZERO, |_| true), Fetched::Closed);
}

#[test]
fn refused_message_is_offered_again() {
    let (table, outbox, owner) = table(2);
    table.admit(call(1, LONG, &owner));
    table.cancel(1, CancelCause::Client);
    outbox.fetch(Duration::ZERO, |_| false);
    assert_eq!(fetch(&outbox).len(), 1);
}

#[test]
fn given_up_calls_are_told_from_answered_and_unknown_ones() {
    let (table, _outbox, owner) = table(4);
    for id in 1..=4 {
        table.admit(call(id, LONG, &owner));
    }
    table.cancel(1, CancelCause::Client);
    table.finish_if_open(2, Err(Error::timeout()));
    table.finish(3, Ok(Success::default()));
    let found: Vec<_> = (1..=5)
        .map(|id| match table.find(id) {
            Found::Open(_) => "open",
            Found::GivenUp(kind) => kind.name(),
            Found::Unknown => "unknown",
        })
        .collect();
    assert_eq!(
        found,
        ["cancelled", "timeout", "unknown", "open", "unknown"]
    );
}

#[test]
fn warning_of_the_downstream_becomes_part_of_the_success() {
    let (table, outbox, owner) = table(2);
    let warning = Success {
        rejected_items: 3,
        message: Some("bad".into()),
    };
    for id in 1..=2 {
        table.admit(call(id, LONG, &owner));
        let call = table.get(id).unwrap();
        call.note_attempt();
        call.note_warning(warning.clone());
    }
    table.finish(1, Ok(Success::default()));
    table.finish(2, Err(Error::retryable("later")));
    let mut ends = Vec::new();
    outbox.fetch(Duration::ZERO, |message| {
        if let Message::Completion {
            outcome, timings, ..
        } = message
        {
            ends.push((outcome.clone(), timings.attempts));
        }
        true
    });
    assert_eq!(
        ends,
        [(Ok(warning), 1), (Err(Error::retryable("later")), 1)]
    );
}
