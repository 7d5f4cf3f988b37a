// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! A programmable downstream, and an engine that sends to it.

#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(dead_code, reason = "no test needs all of it")]

pub mod downstream;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ferrule_context::{
    Attributes, CancelCause, Entry, Message, Metadata, Outcome, Timings, TraceContext,
};
use ferrule_pipeline::{ContentCoding, Encoding, Engine, Signal, Submission};
use serde_json::{Value, json};

pub use self::downstream::{Downstream, Reply};

/// A valid `ExportTraceServiceRequest`: one empty `ResourceSpans`.
pub const TRACES: &[u8] = &[0x0a, 0x00];

const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Grpc,
    Http,
}

pub const BOTH: [Protocol; 2] = [Protocol::Grpc, Protocol::Http];

/// Of an exporter that does not retry.
pub fn once() -> Value {
    json!({"retry": {"enabled": false}})
}

/// The error of one call without retries.
pub fn error_of(protocol: Protocol, reply: Reply) -> ferrule_context::Error {
    error_and_dropped(protocol, reply).0
}

/// The error of one call without retries, and how many parts of the answer were dropped.
pub fn error_and_dropped(protocol: Protocol, reply: Reply) -> (ferrule_context::Error, Value) {
    let downstream = Downstream::start(protocol, move || reply.clone());
    let mut host = Host::start(protocol, downstream.address, once());
    let error = host.run(1).unwrap_err();
    downstream.request();
    host.poll_until_empty();
    (error, host.status()["droppedDetails"].take())
}

/// An engine with one exporter.
pub struct Host {
    pub engine: Engine,
    done: BTreeMap<u64, (Outcome, Timings)>,
    pub lines: Vec<String>,
}

impl Host {
    /// `more` is added to the exporter's configuration.
    pub fn start(protocol: Protocol, address: SocketAddr, more: Value) -> Self {
        Self::try_start(protocol, &format!("http://{address}"), more, json!({})).unwrap()
    }

    pub fn try_start(
        protocol: Protocol,
        url: &str,
        more: Value,
        context: Value,
    ) -> Result<Self, ferrule_context::Error> {
        let (kind, mut config) = match protocol {
            Protocol::Grpc => ("otlp_grpc", json!({"grpc_endpoint": url})),
            Protocol::Http => ("otlp_http", json!({"endpoint": url})),
        };
        for (key, value) in more.as_object().unwrap() {
            config[key] = value.clone();
        }
        let config = json!({"cores": 1, "context": context, "spec": {
            "version": "otel_dataflow/v1",
            "groups": {"default": {"pipelines": {"main": {
                "nodes": {
                    "host": {"type": "urn:ferrule:receiver:host", "config": {}},
                    "out": {"type": format!("urn:ferrule:exporter:{kind}"), "config": config},
                },
                "connections": [{"from": "host", "to": "out"}],
            }}}},
        }});
        Ok(Self {
            engine: Engine::start(config.to_string().as_bytes())?,
            done: BTreeMap::new(),
            lines: Vec::new(),
        })
    }

    pub fn submit(&self, submission: Submission) {
        let ticket = self.engine.take_place(0).unwrap();
        let permit = self.engine.take_bytes(TRACES.len()).unwrap();
        self.engine
            .submit(ticket, submission, TRACES, permit)
            .unwrap();
    }

    pub fn cancel(&self, call_id: u64) {
        assert!(self.engine.cancel(call_id, CancelCause::Client));
    }

    pub fn poll(&mut self) {
        let (done, lines) = (&mut self.done, &mut self.lines);
        self.engine.poll(Duration::from_millis(10), |message| {
            match message {
                Message::Completion {
                    call_id,
                    outcome,
                    timings,
                } => {
                    let before = done.insert(*call_id, (outcome.clone(), *timings));
                    assert!(before.is_none(), "a second outcome of {call_id}");
                }
                Message::Log(line) => lines.push(line.text.clone()),
            }
            true
        });
    }

    pub fn outcome(&mut self, call_id: u64) -> (Outcome, Timings) {
        let start = Instant::now();
        while !self.done.contains_key(&call_id) {
            assert!(start.elapsed() < PATIENCE, "no outcome of {call_id}");
            self.poll();
        }
        self.done[&call_id].clone()
    }

    /// Submits one call and waits for its end.
    pub fn run(&mut self, call_id: u64) -> Outcome {
        self.submit(submission(call_id));
        self.outcome(call_id).0
    }

    pub fn status(&self) -> Value {
        serde_json::from_str(&self.engine.status()).unwrap()
    }

    /// Waits until the pipeline holds nothing any more.
    pub fn poll_until_empty(&mut self) {
        let start = Instant::now();
        while self.status()["payloadBytes"] != 0 || self.status()["inFlight"] != 0 {
            assert!(start.elapsed() < PATIENCE, "{}", self.status());
            self.poll();
        }
        assert_eq!(self.status()["submitted"], self.done.len());
    }
}

pub fn submission(call_id: u64) -> Submission {
    let mut metadata = Metadata::builder(4, 64);
    for (name, value, sensitive) in [
        ("x-tenant", "acme", false),
        ("x-tenant", "b", false),
        ("x-fixed", "theirs", false),
        ("x-private", "p", false),
        ("authorization", "s3cret", true),
    ] {
        metadata.push(Entry {
            name,
            value: value.as_bytes(),
            binary: false,
            sensitive,
        });
    }
    metadata.push(Entry {
        name: "x-key-bin",
        value: &[1, 0xff],
        binary: true,
        sensitive: false,
    });
    Submission {
        call_id,
        time_left: Duration::from_secs(30),
        signal: Signal::Traces,
        encoding: Encoding::Protobuf,
        coding: ContentCoding::Identity,
        metadata: metadata.build(),
        trace: Some(TraceContext {
            trace_id: [0xab; 16],
            span_id: [0xcd; 8],
            flags: 1,
            trace_state: "a=b".into(),
            remote: true,
        }),
        attributes: Attributes::default(),
    }
}
