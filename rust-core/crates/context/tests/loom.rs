// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Each call gets one outcome in whatever order its finishers meet. `build.sh test` runs this
//! with `--cfg ferrule_loom`; otherwise it is empty.

#![cfg(ferrule_loom)]

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Wake};
use std::time::{Duration, Instant};

use ferrule_context::{
    Admission, Call, CallBuilder, CallTable, CancelCause, Ending, Error, ErrorKind, Fetched,
    Members, Message, Metadata, OpenGroup, Outbox, Success,
};
use loom::thread;

fn table(capacity: usize) -> (Arc<CallTable>, Arc<Outbox>) {
    let outbox = Arc::new(Outbox::new(capacity));
    (Arc::new(CallTable::new(Arc::clone(&outbox))), outbox)
}

fn admit(table: &CallTable, time_left: Duration) -> Arc<Call> {
    admit_id(table, 1, time_left)
}

fn admit_id(table: &CallTable, id: u64, time_left: Duration) -> Arc<Call> {
    let call = CallBuilder::new(id)
        .time_left(time_left)
        .build()
        .expect("legal");
    match table.admit(call) {
        Admission::Admitted(call) => call,
        other => panic!("not admitted: {other:?}"),
    }
}

fn outcomes(outbox: &Outbox) -> usize {
    let mut count = 0;
    outbox.fetch(Duration::ZERO, |message| {
        count += usize::from(matches!(message, Message::Completion { .. }));
        true
    });
    count
}

/// Scenario: the answer, a cancellation and the deadline's sweep meet.
/// Guarantees: one of them finishes the call, the others see that, and the counters agree.
#[test]
fn one_of_answer_cancellation_and_deadline_wins() {
    loom::model(|| {
        let (table, outbox) = table(1);
        let call = admit(&table, Duration::ZERO);
        let answer = {
            let table = Arc::clone(&table);
            thread::spawn(move || table.finish(1, Ok(Success::default())))
        };
        let cancel = {
            let table = Arc::clone(&table);
            thread::spawn(move || table.cancel(1, CancelCause::Client))
        };
        table.sweep(Instant::now());
        let answered = answer.join().unwrap();
        let cancelled = cancel.join().unwrap();
        assert!(call.is_finished());
        assert_eq!(outcomes(&outbox), 1);
        let counters = table.counters();
        assert_eq!((counters.submitted, counters.completed()), (1, 1));
        assert_eq!(counters.succeeded, u64::from(answered));
        assert_eq!(counters.failed[2], u64::from(cancelled));
        assert_eq!(counters.late, u64::from(!answered));
        assert!(table.is_empty());
    });
}

/// Scenario: a call is admitted while another finishes and the host fetches.
/// Guarantees: a credit comes back only with a fetched outcome, and none is lost.
#[test]
fn credits_follow_the_outcomes() {
    loom::model(|| {
        let (table, outbox) = table(1);
        admit(&table, Duration::from_secs(1));
        let answer = {
            let table = Arc::clone(&table);
            thread::spawn(move || table.abort(1, Error::lost()))
        };
        let fetched = outcomes(&outbox);
        let second = CallBuilder::new(2).build().unwrap();
        let admitted = matches!(table.admit(second), Admission::Admitted(_));
        assert_eq!(admitted, fetched == 1);
        assert!(answer.join().unwrap());
        assert_eq!(outcomes(&outbox), 1 - fetched);
        assert_eq!(outbox.take_credit(), !admitted);
    });
}

/// Scenario: the host waits for what comes while the last call finishes and the outbox closes.
/// Guarantees: it gets the outcome, then the end, and never waits for good.
#[test]
fn waiting_host_gets_the_last_outcome_and_the_end() {
    loom::model(|| {
        let (table, outbox) = table(1);
        admit(&table, Duration::from_secs(1));
        let stop = {
            let (table, outbox) = (Arc::clone(&table), Arc::clone(&outbox));
            thread::spawn(move || {
                table.abort_all(&Error::cancelled(CancelCause::Shutdown));
                outbox.close();
            })
        };
        let mut count = 0;
        while outbox.fetch(Duration::MAX, |_| true) == Fetched::Messages {
            count += 1;
        }
        assert_eq!(count, 1);
        stop.join().unwrap();
    });
}

/// Scenario: the host waits while a call is finished quietly and announced after that.
/// Guarantees: it gets the outcome and never waits for good.
#[test]
fn waiting_host_gets_what_was_finished_quietly() {
    loom::model(|| {
        let (table, outbox) = table(1);
        admit(&table, Duration::from_secs(1));
        let answer = {
            let table = Arc::clone(&table);
            thread::spawn(move || {
                assert!(table.finish_quietly(1, Ok(Success::default())));
                table.announce();
            })
        };
        let fetched = outbox.fetch(Duration::MAX, |_| true);
        assert_eq!(fetched, Fetched::Messages);
        answer.join().unwrap();
    });
}

const LEFT_BY_ALL: Ending = Ending {
    failure: Some(ErrorKind::Cancelled),
    cause: Some(CancelCause::BatchPeer),
};

fn group_of_two(table: &Arc<CallTable>) -> OpenGroup {
    let calls = [1, 2].map(|id| admit_id(table, id, Duration::from_secs(1)));
    let members = Members {
        calls: calls.into(),
        others: false,
    };
    table.open_group(members, Metadata::default())
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Scenario: both members of a batch are cancelled while its export begins to wait for that.
/// Guarantees: the export is woken once both are gone, not before, and never waits for good.
#[test]
fn export_of_a_batch_is_woken_when_all_members_are_gone() {
    loom::model(|| {
        let (table, outbox) = table(2);
        let group = group_of_two(&table);
        let cancels = [1, 2].map(|id| {
            let table = Arc::clone(&table);
            thread::spawn(move || assert!(table.cancel(id, CancelCause::Client)))
        });
        let woken = Arc::new(Woken::default());
        let waker = Arc::clone(&woken).into();
        let mut context = Context::from_waker(&waker);
        let mut finished = pin!(group.finished());
        let mut waits = finished.as_mut().poll(&mut context).is_pending();
        assert!(waits || table.is_empty());
        for cancel in cancels {
            cancel.join().unwrap();
        }
        while waits {
            assert!(woken.0.swap(false, Ordering::SeqCst), "nobody wakes it");
            waits = finished.as_mut().poll(&mut context).is_pending();
        }
        assert_eq!(group.ending(), Some(LEFT_BY_ALL));
        assert_eq!(outcomes(&outbox), 2);
    });
}

/// Scenario: a batch is answered and ends, while one of its members, or each, is cancelled and an
/// exporter asks for the batch by its id.
/// Guarantees: each member has one outcome, the exporter finds the batch whole or not at all, and
/// nothing of it is left.
#[test]
fn answer_of_a_batch_and_cancellation_of_its_members_meet() {
    for cancelled in [&[1][..], &[1, 2]] {
        loom::model(move || {
            let (table, outbox) = table(2);
            let group = group_of_two(&table);
            let group_id = group.id();
            let cancel = {
                let table = Arc::clone(&table);
                let one = move |id: &u64| usize::from(table.cancel(*id, CancelCause::Client));
                thread::spawn(move || cancelled.iter().map(one).sum::<usize>())
            };
            let exporter = {
                let table = Arc::clone(&table);
                thread::spawn(move || {
                    if let Some(call) = table.get(group_id)
                        && call.is_finished()
                    {
                        assert_eq!(call.ending(), Some(LEFT_BY_ALL));
                        assert!(table.is_empty());
                    }
                })
            };
            let answered = [1, 2]
                .into_iter()
                .filter(|id| table.finish(*id, Ok(Success::default())))
                .count();
            drop(group);
            let cancelled = cancel.join().unwrap();
            exporter.join().unwrap();
            assert_eq!(answered + cancelled, 2);
            assert_eq!(outcomes(&outbox), 2);
            let counters = table.counters();
            assert_eq!((counters.submitted, counters.completed()), (2, 2));
            assert_eq!(counters.succeeded, answered as u64);
            assert_eq!(counters.late, cancelled as u64);
            assert!(table.is_empty() && table.get(group_id).is_none());
            assert_eq!(table.open_groups(), 0);
        });
    }
}
