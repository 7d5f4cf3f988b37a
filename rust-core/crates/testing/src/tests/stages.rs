// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Each stage on a call's way to a real server, and each way in which a call can end there: the
//! caller has its outcome while the stage lasts, the work stops, and the server sees no more.

use std::sync::mpsc::{Receiver, channel};

use ferrule_context::{Outcome, Phase};

use super::batch::four;
use super::downstream::{Downstream, Reply};
use super::protocol::BOTH;
use super::*;

/// The call that ends.
const SUBJECT: u64 = 1;

/// A call that holds up the one that ends.
const BEFORE: u64 = 2;

/// A call that is delivered afterwards.
const AFTER: u64 = 3;

#[derive(Debug, Clone, Copy)]
enum End {
    Deadline,
    Cancel,
}

impl End {
    fn submission(self) -> Submission {
        let time_left = match self {
            Self::Deadline => Duration::from_secs(1),
            Self::Cancel => Duration::from_secs(60),
        };
        Submission {
            time_left,
            ..submission(SUBJECT, "ack")
        }
    }

    /// Ends the call in this phase, and waits for its outcome.
    fn end(self, host: &mut Host, phase: Phase) {
        if let Self::Cancel = self {
            host.poll_until(|host| host.engine.phase(SUBJECT) == Some(phase));
            host.cancel(SUBJECT);
        }
        let outcome = host.outcome(SUBJECT);
        assert!(self.is(&outcome), "{self:?}: {outcome:?}");
    }

    fn is(self, outcome: &Outcome) -> bool {
        match self {
            Self::Deadline => is_timeout(outcome),
            Self::Cancel => *outcome == cancelled(),
        }
    }
}

fn each(check: impl Fn(End, Protocol)) {
    for end in [End::Deadline, End::Cancel] {
        for protocol in BOTH {
            check(end, protocol);
        }
    }
}

/// A server that gives these replies, and takes all data then.
fn server(protocol: Protocol, replies: impl Into<Vec<Reply>>) -> Downstream {
    let mut replies = replies.into().into_iter();
    Downstream::start(protocol, move || {
        replies.next().unwrap_or_else(|| Reply::ok(protocol, b""))
    })
}

fn start(
    downstream: &Downstream,
    protocol: Protocol,
    processors: &[(&str, Value)],
    more: &Value,
) -> Host {
    let mut config = protocol.chain(downstream, processors, more);
    config["codecThreads"] = json!(1);
    Host::start(config)
}

/// Nothing of the calls so far is left, or is sent; what comes after them is.
fn assert_over(host: &mut Host, downstream: &Downstream) {
    host.submit_large(AFTER, "ack");
    assert_eq!(host.outcome(AFTER), Ok(Default::default()));
    assert!(downstream.request().2.ends_with(LARGE));
    host.poll_until_empty();
    assert!(downstream.is_idle());
}

/// Scenario: the thread of the pipeline is busy with another call.
#[test]
fn in_the_lane() {
    each(|end, protocol| {
        let downstream = server(protocol, []);
        let probe = ("urn:ferrule-testing:processor:probe", json!({}));
        let mut host = start(&downstream, protocol, &[probe], &json!({}));
        host.submit(BEFORE, "hog");
        host.poll_until_line("hogging ");
        host.try_submit(end.submission()).unwrap();
        end.end(&mut host, Phase::Queued);
        assert!(!host.outcomes.contains_key(&BEFORE));
        host.cancel(BEFORE);
        assert_over(&mut host, &downstream);
    });
}

/// A payload that keeps its thread busy when it is dropped, until the other end is.
struct Held(&'static [u8], Receiver<()>);

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        self.0
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.1.recv();
    }
}

/// Scenario: the only thread that decodes is busy with another call.
#[test]
fn in_the_codec() {
    each(|end, protocol| {
        let downstream = server(protocol, []);
        let mut host = start(&downstream, protocol, &[], &json!({}));
        let json = |submission: Submission| Submission {
            encoding: Encoding::from_number(2).unwrap(),
            ..submission
        };
        let (release, held) = channel();
        let before = Held(br#"{"resourceSpans":[{}]}"#, held);
        host.submit_bytes(json(submission(BEFORE, "ack")), before)
            .unwrap();
        host.submit_bytes(json(end.submission()), br#"{"resourceSpans":[]}"#)
            .unwrap();
        end.end(&mut host, Phase::Decoding);
        assert!(!host.outcomes.contains_key(&BEFORE));
        drop(release);
        assert_eq!(host.outcome(BEFORE), Ok(Default::default()));
        assert!(downstream.request().2.ends_with(TRACES));
        assert_over(&mut host, &downstream);
    });
}

/// Scenario: the call gathers in a batch that is neither full nor old.
/// Guarantees: the batch goes out before the deadline, or never.
#[test]
fn in_a_batch() {
    each(|end, protocol| {
        let replies = match end {
            End::Deadline => vec![Reply::Hang],
            End::Cancel => vec![],
        };
        let downstream = server(protocol, replies);
        let mut batch = four();
        batch["deadline_margin"] = json!("800ms");
        let batch = ("urn:ferrule:processor:batch", batch);
        let mut host = start(&downstream, protocol, &[batch], &json!({}));
        host.try_submit(end.submission()).unwrap();
        match end {
            End::Deadline => {
                let (_, headers, body) = downstream.request();
                assert!(body.ends_with(TRACES));
                let left = protocol.time_left(&headers);
                assert!(left <= Duration::from_millis(800), "{left:?}");
                end.end(&mut host, Phase::Export);
                downstream.cancelled();
            }
            End::Cancel => {
                // It is large enough to go on alone, and the call before it is in the batch then
                host.submit_large(BEFORE, "ack");
                assert!(downstream.request().2.ends_with(LARGE));
                end.end(&mut host, Phase::Pipeline);
            }
        }
        assert_over(&mut host, &downstream);
        assert!(host.engine.stop(Duration::from_secs(10)));
        assert!(downstream.is_idle());
    });
}

/// Scenario: the exporter has as many requests under way as it may.
#[test]
fn waiting_for_a_request_to_end() {
    each(|end, protocol| {
        let downstream = server(protocol, [Reply::Hang]);
        let mut host = start(&downstream, protocol, &[], &json!({"max_in_flight": 1}));
        host.submit_large(BEFORE, "ack");
        assert!(downstream.request().2.ends_with(LARGE));
        host.try_submit(end.submission()).unwrap();
        end.end(&mut host, Phase::Pipeline);
        assert!(!host.outcomes.contains_key(&BEFORE));
        host.cancel(BEFORE);
        downstream.cancelled();
        assert_over(&mut host, &downstream);
    });
}

/// Scenario: the server refused the call for the moment, and the next attempt is far away.
/// Guarantees: a wait that goes beyond the deadline does not begin, and the refusal is the
/// outcome; another ends with its call.
#[test]
fn in_backoff() {
    each(|end, protocol| {
        let downstream = server(protocol, [Reply::unavailable(protocol)]);
        let more = json!({"retry": {"initial_interval": "1h", "max_interval": "1h",
            "max_elapsed_time": "3h"}});
        let mut host = start(&downstream, protocol, &[], &more);
        let mut submission = end.submission();
        if let End::Cancel = end {
            submission.time_left = Duration::from_secs(2 * 60 * 60);
        }
        host.try_submit(submission).unwrap();
        assert!(downstream.request().2.ends_with(TRACES));
        match end {
            End::Deadline => {
                let error = host.error(SUBJECT);
                assert_eq!(error.kind, ErrorKind::Retryable);
                assert_eq!(error.message, "not now");
            }
            End::Cancel => end.end(&mut host, Phase::Export),
        }
        assert_over(&mut host, &downstream);
    });
}

/// Scenario: the server has the request and does not answer.
/// Guarantees: it was told how long the call has, and sees it cancelled.
#[test]
fn on_the_wire() {
    each(|end, protocol| {
        let downstream = server(protocol, [Reply::Hang]);
        let mut host = start(&downstream, protocol, &[], &json!({}));
        let submission = end.submission();
        let given = submission.time_left;
        host.try_submit(submission).unwrap();
        let (_, headers, body) = downstream.request();
        assert!(body.ends_with(TRACES));
        let left = protocol.time_left(&headers);
        assert!(left < given && !left.is_zero(), "{left:?}");
        end.end(&mut host, Phase::Export);
        downstream.cancelled();
        assert_over(&mut host, &downstream);
    });
}
