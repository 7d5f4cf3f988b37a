// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Calls that end at each stage of their way, in real engines.

mod batch;
mod node;
mod telemetry;

use std::collections::BTreeMap;
use std::time::Duration;

use ferrule_context::{
    Attributes, CancelCause, Entry, Error, ErrorKind, Message, Metadata, Outcome, TraceContext,
};
use ferrule_pipeline::{ContentCoding, Encoding, Engine, Reason, Refusal, Signal, Submission};
use serde_json::{Value, json};

/// A valid `ExportTraceServiceRequest`: one empty `ResourceSpans`.
const TRACES: &[u8] = &[0x0a, 0x00];

/// The least that the engine's channels hold.
const CHANNEL: usize = 512;

/// An engine and what was polled from it.
struct Host {
    engine: Engine,
    outcomes: BTreeMap<u64, Outcome>,
    lines: Vec<String>,
}

impl Host {
    fn start(settings: Value) -> Self {
        let mut config = json!({"cores": 1, "maxInFlight": CHANNEL, "spec": {
            "version": "otel_dataflow/v1",
            "groups": {"default": {"pipelines": {"main": {
                "nodes": {
                    "host": {"type": "urn:ferrule:receiver:host", "config": {}},
                    "probe": {"type": "urn:ferrule-testing:processor:probe", "config": {}},
                    "out": {"type": "urn:ferrule-testing:exporter:outcome", "config": {}},
                },
                "connections": [{"from": "host", "to": "probe"}, {"from": "probe", "to": "out"}],
            }}}},
        }});
        for (key, value) in settings.as_object().unwrap() {
            config[key] = value.clone();
        }
        Self {
            engine: Engine::start(config.to_string().as_bytes()).unwrap(),
            outcomes: BTreeMap::new(),
            lines: Vec::new(),
        }
    }

    fn submit(&self, call_id: u64, order: &str) {
        self.try_submit(submission(call_id, order)).unwrap();
    }

    fn try_submit(&self, submission: Submission) -> Result<(), Refusal> {
        let ticket = self.engine.take_place(0)?;
        let permit = self.engine.take_bytes(TRACES.len())?;
        self.engine.submit(ticket, submission, TRACES, permit)
    }

    fn cancel(&self, call_id: u64) {
        assert!(self.engine.cancel(call_id, CancelCause::Client));
    }

    /// Polls until `done`.
    fn poll_until(&mut self, done: impl Fn(&Self) -> bool) {
        while !done(self) {
            let mut messages = Vec::new();
            assert!(self.engine.poll(Duration::from_millis(10), |message| {
                match message {
                    Message::Completion {
                        call_id, outcome, ..
                    } => messages.push((Some((*call_id, outcome.clone())), None)),
                    Message::Log(line) => messages.push((None, Some(line.text.clone()))),
                }
                true
            }));
            for (outcome, line) in messages {
                self.lines.extend(line);
                if let Some((call_id, outcome)) = outcome {
                    let before = self.outcomes.insert(call_id, outcome);
                    assert!(before.is_none(), "a second outcome of {call_id}");
                }
            }
        }
    }

    fn outcome(&mut self, call_id: u64) -> Outcome {
        self.poll_until(|host| host.outcomes.contains_key(&call_id));
        self.outcomes[&call_id].clone()
    }

    fn poll_until_line(&mut self, start: &str) -> String {
        self.poll_until(|host| host.line(start).is_some());
        self.line(start).unwrap()
    }

    fn line(&self, start: &str) -> Option<String> {
        let found = self.lines.iter().find(|line| line.starts_with(start));
        found.cloned()
    }

    fn status(&self) -> Value {
        serde_json::from_str(&self.engine.status()).unwrap()
    }

    /// Waits until nothing of any call is left.
    fn poll_until_empty(&mut self) {
        self.poll_until(|host| {
            let status = host.status();
            status["inFlight"] == 0
                && status["payloadBytes"] == 0
                && status["pipelines"][0]["queued"] == 0
                && status["submitted"] == host.outcomes.len()
        });
    }
}

fn submission(call_id: u64, order: &str) -> Submission {
    let mut metadata = Metadata::builder(2, 64);
    for (name, value) in [("x-test-outcome", order), ("x-tenant-id", "acme")] {
        metadata.push(Entry {
            name,
            value: value.as_bytes(),
            binary: false,
            sensitive: false,
        });
    }
    Submission {
        call_id,
        time_left: Duration::from_secs(60),
        signal: Signal::Traces,
        encoding: Encoding::Protobuf,
        coding: ContentCoding::Identity,
        metadata: metadata.build(),
        trace: None,
        attributes: Attributes::default(),
    }
}

fn cancelled() -> Outcome {
    Err(Error::cancelled(CancelCause::Client))
}

fn is_timeout(outcome: &Outcome) -> bool {
    matches!(outcome, Err(error) if error.kind == ErrorKind::Timeout)
}

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

/// Scenario: calls end while they wait in the lane of a pipeline whose thread is busy.
/// Guarantees: both get their outcome while the thread is still busy, and give up their places.
#[test]
fn call_in_the_lane_ends_while_the_pipeline_is_busy() {
    let mut host = Host::start(json!({}));
    host.submit(1, "hog;millis=1500");
    host.poll_until(|host| host.status()["pipelines"][0]["queued"] == 0);
    host.submit(2, "ack");
    host.try_submit(Submission {
        time_left: Duration::from_millis(10),
        ..submission(3, "ack")
    })
    .unwrap();
    host.cancel(2);
    assert_eq!(host.outcome(2), cancelled());
    assert!(is_timeout(&host.outcome(3)));
    assert!(
        !host.outcomes.contains_key(&1),
        "the pipeline was still busy"
    );
    assert_eq!(host.outcome(1), Ok(Default::default()));
    host.poll_until_empty();
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
        let ticket = host.engine.take_place(0).unwrap();
        let permit = host.engine.take_bytes(body.len()).unwrap();
        let submission = Submission {
            encoding: Encoding::from_number(2).unwrap(),
            ..submission(call_id, "park")
        };
        host.engine
            .submit(ticket, submission, body, permit)
            .unwrap();
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
    let refusal = host.engine.take_place(0).err().unwrap();
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
