// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! An engine as its host uses it.

use std::collections::BTreeMap;
use std::time::Duration;

use ferrule_context::{
    Attributes, CancelCause, Entry, Error, ErrorKind, Message, Metadata, Outcome,
};
use ferrule_pipeline::{ContentCoding, Encoding, Engine, Refusal, Signal, Submission};
use serde_json::{Value, json};

/// A valid `ExportTraceServiceRequest`: one empty `ResourceSpans`.
pub(super) const TRACES: &[u8] = &[0x0a, 0x00];

/// Four of `TRACES`: as large as a batch of four calls.
pub(super) const LARGE: &[u8] = &[0x0a, 0, 0x0a, 0, 0x0a, 0, 0x0a, 0];

/// The least that the engine's channels hold.
pub(super) const CHANNEL: usize = 512;

/// An engine and what was polled from it.
pub(super) struct Host {
    pub(super) engine: Engine,
    pub(super) outcomes: BTreeMap<u64, Outcome>,
    pub(super) lines: Vec<String>,
}

impl Host {
    pub(super) fn start(settings: Value) -> Self {
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
        let engine = Engine::start(config.to_string().as_bytes()).unwrap();
        // That of the engine tells the host only
        std::panic::set_hook(Box::new(|panic| eprintln!("{panic}")));
        Self {
            engine,
            outcomes: BTreeMap::new(),
            lines: Vec::new(),
        }
    }

    pub(super) fn submit(&self, call_id: u64, order: &str) {
        self.try_submit(submission(call_id, order)).unwrap();
    }

    pub(super) fn try_submit(&self, submission: Submission) -> Result<(), Refusal> {
        self.submit_bytes(submission, TRACES)
    }

    pub(super) fn submit_large(&self, call_id: u64, order: &str) {
        self.submit_bytes(submission(call_id, order), LARGE)
            .unwrap();
    }

    pub(super) fn submit_to(&self, pipeline: usize, submission: Submission) -> Result<(), Refusal> {
        let ticket = self.engine.reserve_lane(pipeline)?;
        let permit = self.engine.take_bytes(TRACES.len())?;
        self.engine.submit(ticket, submission, TRACES, permit)
    }

    pub(super) fn submit_bytes(
        &self,
        submission: Submission,
        bytes: impl AsRef<[u8]> + Send + 'static,
    ) -> Result<(), Refusal> {
        let ticket = self.engine.reserve_lane(0)?;
        let permit = self.engine.take_bytes(bytes.as_ref().len())?;
        self.engine.submit(ticket, submission, bytes, permit)
    }

    pub(super) fn cancel(&self, call_id: u64) {
        assert!(self.engine.cancel(call_id, CancelCause::Client));
    }

    /// Polls until `done`.
    pub(super) fn poll_until(&mut self, done: impl Fn(&Self) -> bool) {
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

    pub(super) fn outcome(&mut self, call_id: u64) -> Outcome {
        self.poll_until(|host| host.outcomes.contains_key(&call_id));
        self.outcomes[&call_id].clone()
    }

    pub(super) fn error(&mut self, call_id: u64) -> Error {
        self.outcome(call_id).unwrap_err()
    }

    pub(super) fn poll_until_line(&mut self, start: &str) -> String {
        self.poll_until(|host| host.line(start).is_some());
        self.line(start).unwrap()
    }

    pub(super) fn line(&self, start: &str) -> Option<String> {
        let found = self.lines.iter().find(|line| line.starts_with(start));
        found.cloned()
    }

    pub(super) fn status(&self) -> Value {
        serde_json::from_str(&self.engine.status()).unwrap()
    }

    /// Waits until nothing of any call is left.
    pub(super) fn poll_until_empty(&mut self) {
        self.poll_until(|host| {
            let status = host.status();
            status["inFlight"] == 0
                && status["payloadBytes"] == 0
                && status["pipelines"][0]["queued"] == 0
                && status["submitted"] == host.outcomes.len()
        });
    }

    /// Waits until nothing of any call or batch is left.
    pub(super) fn poll_until_no_batch(&mut self) {
        self.poll_until_empty();
        self.poll_until(|host| host.status()["openBatches"] == 0);
    }
}

pub(super) fn submission(call_id: u64, order: &str) -> Submission {
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

pub(super) fn cancelled() -> Outcome {
    Err(Error::cancelled(CancelCause::Client))
}

pub(super) fn is_timeout(outcome: &Outcome) -> bool {
    matches!(outcome, Err(error) if error.kind == ErrorKind::Timeout)
}
