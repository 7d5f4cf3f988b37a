// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! A programmable downstream, and an engine that sends to it.

#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod downstream;
pub mod proxy;
pub mod tls;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ferrule_context::{
    Attributes, CancelCause, Entry, Message, Metadata, Outcome, Timings, TraceContext,
};
use ferrule_pipeline::{ContentCoding, Encoding, Engine, Signal, Submission};
use serde_json::{Value, json};

#[allow(unused_imports, reason = "each test file uses a part of them")]
pub use self::downstream::{Downstream, End, Reply};

/// A valid `ExportTraceServiceRequest`: one empty `ResourceSpans`.
pub const TRACES: &[u8] = &[0x0a, 0x00];

pub const PATIENCE: Duration = Duration::from_secs(20);

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

/// An engine with one pipeline.
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
        let nodes = json!({"out": exporter(protocol, url, more)});
        let connections = json!([{"from": "host", "to": "out"}]);
        Self::of_nodes(nodes, connections, json!({"context": context}))
    }

    /// `nodes` stand behind the receiver `host`; `settings` are those of the start.
    pub fn of_nodes(
        mut nodes: Value,
        connections: Value,
        settings: Value,
    ) -> Result<Self, ferrule_context::Error> {
        nodes["host"] = json!({"type": "urn:ferrule:receiver:host", "config": {}});
        let mut config = json!({"cores": 1, "spec": {
            "version": "otel_dataflow/v1",
            "groups": {"default": {"pipelines": {"main": {
                "nodes": nodes,
                "connections": connections,
            }}}},
        }});
        merge(&mut config, settings);
        Self::of(&config)
    }

    /// Starts whatever the start configuration says.
    pub fn of(config: &Value) -> Result<Self, ferrule_context::Error> {
        let engine = Engine::start(config.to_string().as_bytes())?;
        // That of the engine tells the host only.
        std::panic::set_hook(Box::new(|panic| eprintln!("{panic}")));
        Ok(Self {
            engine,
            done: BTreeMap::new(),
            lines: Vec::new(),
        })
    }

    pub fn submit(&self, submission: Submission) {
        self.submit_payload(submission, TRACES);
    }

    pub fn submit_payload(&self, submission: Submission, payload: &'static [u8]) {
        let ticket = self.engine.reserve_lane(0).unwrap();
        let permit = self.engine.take_bytes(payload.len()).unwrap();
        self.engine
            .submit(ticket, submission, payload, permit)
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

/// A node that sends to `url`.
pub fn exporter(protocol: Protocol, url: &str, more: Value) -> Value {
    let (kind, mut config) = match protocol {
        Protocol::Grpc => ("otlp_grpc", json!({"grpc_endpoint": url})),
        Protocol::Http => ("otlp_http", json!({"endpoint": url})),
    };
    merge(&mut config, more);
    json!({"type": format!("urn:ferrule:exporter:{kind}"), "config": config})
}

/// Settings of the connection, which stand elsewhere in each protocol.
pub fn client(protocol: Protocol, settings: Value) -> Value {
    let mut config = json!({"retry": {"enabled": false}});
    match protocol {
        Protocol::Grpc => merge(&mut config, settings),
        Protocol::Http => config["http"] = settings,
    }
    config
}

pub fn merge(into: &mut Value, more: Value) {
    let Value::Object(more) = more else {
        panic!("an object was expected");
    };
    into.as_object_mut().unwrap().extend(more);
}

/// Runs the test called `name` again in a process with other variables. There it returns true,
/// and false in one without; none where the two were started and have passed.
pub fn in_child(name: &str, variables: &[(&str, &str)]) -> Option<bool> {
    const ROLE: &str = "FERRULE_TEST_CHILD";
    if let Ok(role) = std::env::var(ROLE) {
        return Some(role == "changed");
    }
    for role in ["changed", "plain"] {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", name, "--nocapture"]).env(ROLE, role);
        if role == "changed" {
            child.envs(variables.iter().copied());
        }
        assert!(child.status().unwrap().success(), "{role}");
    }
    None
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
