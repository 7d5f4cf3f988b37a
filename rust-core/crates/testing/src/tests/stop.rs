// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Engines that are stopped while calls are on their way.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use ferrule_context::Message;

use super::batch::{batching, four};
use super::*;

/// Scenario: the engine is stopped while calls wait in batches that are neither full nor old.
/// Guarantees: all are delivered at once.
#[test]
fn stop_sends_what_has_gathered() {
    const CALLS: u64 = 300;
    let mut batch = four();
    batch["otlp"]["min_size"] = json!(1 << 20);
    let mut host = batching(batch);
    for call_id in 1..=CALLS {
        host.submit(call_id, "ack");
    }
    assert!(host.engine.stop(Duration::from_secs(30)));
    host.poll_until(|host| host.outcomes.len() as u64 == CALLS);
    let delivered = host.outcomes.values().filter(|outcome| outcome.is_ok());
    assert_eq!(delivered.count() as u64, CALLS);
}

/// Scenario: threads submit and cancel calls of all sizes, deadlines and fates, and then the
/// engine is stopped.
/// Guarantees: each call has exactly one outcome, and nothing is left.
#[test]
fn calls_under_stress_have_one_outcome_each() {
    const EACH: u64 = 4000;
    let mut batch = four();
    batch["otlp"] = json!({"min_size": 6, "max_size": 7, "sizer": "bytes"});
    batch["max_batch_duration"] = json!("2ms");
    batch["deadline_margin"] = json!("1ms");
    let mut host = batching(batch);
    let accepted = AtomicU64::new(0);
    let polled = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..3_u64)
            .map(|worker| {
                let (host, accepted) = (&host, &accepted);
                scope.spawn(move || {
                    for i in 1..=EACH {
                        let call_id = worker << 32 | i;
                        let order = ["ack", "retryable", "permanent", "fail-first", "truncate"]
                            [(i % 5) as usize];
                        let time_left = match i % 11 {
                            0 => Duration::from_nanos(1),
                            1 => Duration::from_millis(i % 7),
                            _ => Duration::from_secs(60),
                        };
                        let submission = Submission {
                            time_left,
                            ..submission(call_id, order)
                        };
                        let bytes = if i % 3 == 0 { LARGE } else { TRACES };
                        match host.submit_bytes(submission, bytes) {
                            Ok(()) => {
                                accepted.fetch_add(1, Ordering::Relaxed);
                            }
                            Err(_) => std::thread::yield_now(),
                        }
                        if i % 13 == 0 {
                            host.engine.cancel(call_id, CancelCause::Client);
                        }
                    }
                })
            })
            .collect();
        let mut ids = Vec::new();
        let mut done = false;
        loop {
            let alive = host.engine.poll(Duration::from_millis(10), |message| {
                if let Message::Completion { call_id, .. } = message {
                    ids.push(*call_id);
                }
                true
            });
            if !alive {
                return ids;
            }
            if !done && workers.iter().all(|worker| worker.is_finished()) {
                done = true;
                scope.spawn(|| assert!(host.engine.stop(Duration::from_secs(30))));
            }
        }
    });
    let mut unique = polled.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(
        (unique.len(), polled.len()),
        (polled.len(), accepted.load(Ordering::Relaxed) as usize)
    );
    let status = host.status();
    assert_eq!(status["submitted"], polled.len());
    assert_eq!(
        (
            &status["inFlight"],
            &status["payloadBytes"],
            &status["openBatches"]
        ),
        (&0.into(), &0.into(), &0.into())
    );
    host.poll_until(|_| true);
}

/// Scenario: threads submit calls through a batch without pause while the engine is stopped.
/// Guarantees: as many calls end as were accepted, all that the batch had gathered are delivered,
/// and nothing is left.
#[test]
fn stop_under_continuous_submission_loses_no_call() {
    let mut batch = four();
    batch["otlp"]["min_size"] = json!(64);
    let host = batching(batch);
    let next = AtomicU64::new(1);
    let (accepted, outcomes) = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..3)
            .map(|_| {
                let (host, next) = (&host, &next);
                scope.spawn(move || {
                    let mut accepted = 0_usize;
                    loop {
                        let call_id = next.fetch_add(1, Ordering::Relaxed);
                        match host.try_submit(submission(call_id, "ack")) {
                            Ok(()) => accepted += 1,
                            Err(refusal) if refusal.reason == Reason::Stopping => return accepted,
                            Err(_) => std::thread::yield_now(),
                        }
                    }
                })
            })
            .collect();
        let mut outcomes = Vec::new();
        let mut stop = None;
        while host.engine.poll(Duration::from_millis(10), |message| {
            if let Message::Completion {
                call_id, outcome, ..
            } = message
            {
                outcomes.push((*call_id, outcome.clone()));
            }
            true
        }) {
            if outcomes.len() > 5000 && stop.is_none() {
                stop = Some(scope.spawn(|| host.engine.stop(Duration::from_secs(30))));
            }
        }
        let accepted: usize = workers.into_iter().map(|it| it.join().unwrap()).sum();
        assert!(stop.unwrap().join().unwrap());
        (accepted, outcomes)
    });
    let ids: BTreeSet<_> = outcomes.iter().map(|(call_id, _)| *call_id).collect();
    assert_eq!((ids.len(), outcomes.len()), (accepted, accepted));
    let status = host.status();
    assert_eq!(status["submitted"], accepted);
    for count in ["inFlight", "payloadBytes", "openBatches"] {
        assert_eq!(status[count], 0, "{count}");
    }
    let failed: Vec<_> = outcomes.iter().filter(|it| it.1.is_err()).collect();
    assert!(failed.is_empty(), "{failed:?}");
}
