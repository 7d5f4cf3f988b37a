// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! A programmable downstream, and an engine that sends to it.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ferrule_context::{
    Attributes, CancelCause, Entry, Message, Metadata, Outcome, Timings, TraceContext,
};
use ferrule_pipeline::{ContentCoding, Encoding, Engine, Signal, Submission};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A valid `ExportTraceServiceRequest`: one empty `ResourceSpans`.
pub const TRACES: &[u8] = &[0x0a, 0x00];

const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Grpc,
    Http,
}

pub const BOTH: [Protocol; 2] = [Protocol::Grpc, Protocol::Http];

/// What the downstream does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
        trailers: Vec<(&'static str, String)>,
    },
    Hang,
}

impl Reply {
    /// Takes the data, with the answer `message`.
    pub fn ok(protocol: Protocol, message: &[u8]) -> Self {
        match protocol {
            Protocol::Grpc => {
                let length = u32::try_from(message.len()).unwrap().to_be_bytes();
                let body = [&[0], &length[..], message].concat();
                Self::grpc(body, vec![("grpc-status", "0".to_owned())])
            }
            Protocol::Http => Self::http(200, "application/x-protobuf", message),
        }
    }

    pub fn grpc(body: Vec<u8>, trailers: Vec<(&'static str, String)>) -> Self {
        Self::Answer {
            status: 200,
            headers: vec![("content-type", "application/grpc".to_owned())],
            body,
            trailers,
        }
    }

    pub fn code(code: u8, message: &str) -> Self {
        Self::grpc(
            Vec::new(),
            vec![
                ("grpc-status", code.to_string()),
                ("grpc-message", message.to_owned()),
            ],
        )
    }

    pub fn http(status: u16, content_type: &str, body: &[u8]) -> Self {
        Self::Answer {
            status,
            headers: vec![("content-type", content_type.to_owned())],
            body: body.to_vec(),
            trailers: Vec::new(),
        }
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Self::Answer {
            headers, trailers, ..
        } = &mut self
        {
            let target = if trailers.is_empty() {
                headers
            } else {
                trailers
            };
            target.push((name, value.to_owned()));
        }
        self
    }

    /// What stands for "try again" in either protocol.
    pub fn unavailable(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Grpc => Self::code(14, "not now"),
            Protocol::Http => Self::http(503, "text/plain", b"not now"),
        }
    }
}

#[derive(Debug)]
pub enum Event {
    Request {
        path: String,
        headers: HeaderMap,
        body: Bytes,
    },
    /// A request that was hanging was cancelled by the client.
    Cancelled,
}

pub struct Downstream {
    pub address: SocketAddr,
    pub events: Receiver<Event>,
}

type Script = Arc<Mutex<Box<dyn FnMut(&[u8]) -> Reply + Send>>>;

impl Downstream {
    /// Each request gets what `script` returns.
    pub fn start(protocol: Protocol, mut script: impl FnMut() -> Reply + Send + 'static) -> Self {
        Self::start_by_body(protocol, move |_| script())
    }

    /// The same, with the body of the request.
    pub fn start_by_body(
        protocol: Protocol,
        script: impl FnMut(&[u8]) -> Reply + Send + 'static,
    ) -> Self {
        let (sender, events) = channel();
        let script: Script = Arc::new(Mutex::new(Box::new(script)));
        let address = serve(move |stream| {
            let (sender, script) = (sender.clone(), Arc::clone(&script));
            let service =
                service_fn(move |request| answer(request, sender.clone(), Arc::clone(&script)));
            async move {
                let stream = TokioIo::new(stream);
                // The client may go at any time.
                let _ = match protocol {
                    Protocol::Grpc => {
                        let builder =
                            hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                        builder.serve_connection(stream, service).await
                    }
                    Protocol::Http => {
                        let builder = hyper::server::conn::http1::Builder::new();
                        builder.serve_connection(stream, service).await
                    }
                };
            }
        });
        Self { address, events }
    }

    /// Answers whatever comes with these bytes, and closes.
    pub fn raw(bytes: &'static [u8]) -> SocketAddr {
        serve(move |mut stream| async move {
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            let mut buffer = [0; 1024];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(bytes).await;
        })
    }

    pub fn request(&self) -> (String, HeaderMap, Bytes) {
        match self.events.recv_timeout(PATIENCE).unwrap() {
            Event::Request {
                path,
                headers,
                body,
            } => (path, headers, body),
            Event::Cancelled => panic!("a request was expected"),
        }
    }

    pub fn cancelled(&self) {
        assert!(matches!(
            self.events.recv_timeout(PATIENCE).unwrap(),
            Event::Cancelled
        ));
    }

    pub fn is_idle(&self) -> bool {
        self.events.try_recv().is_err()
    }
}

fn serve<F>(mut connection: impl FnMut(tokio::net::TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let (sender, address) = channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap()).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(connection(stream));
            }
        });
    });
    address.recv().unwrap()
}

async fn answer(
    request: Request<Incoming>,
    events: Sender<Event>,
    script: Script,
) -> Result<Response<BoxBody<Bytes, Infallible>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .map(|body| body.to_bytes())
        .unwrap_or_default();
    let _ = events.send(Event::Request {
        path: parts.uri.path().to_owned(),
        headers: parts.headers,
        body: body.clone(),
    });
    let reply = (script.lock().unwrap())(&body);
    let Reply::Answer {
        status,
        headers,
        body,
        trailers,
    } = reply
    else {
        let _cancelled = Cancelled(events);
        return std::future::pending().await;
    };
    let mut response = Response::builder().status(StatusCode::from_u16(status).unwrap());
    for (name, value) in headers {
        response = response.header(name, value);
    }
    let mut trailing = HeaderMap::new();
    for (name, value) in trailers {
        trailing.append(name, value.parse().unwrap());
    }
    let body = Full::new(Bytes::from(body));
    let body = if trailing.is_empty() {
        body.boxed()
    } else {
        body.with_trailers(async move { Some(Ok(trailing)) })
            .boxed()
    };
    Ok(response.body(body).unwrap())
}

struct Cancelled(Sender<Event>);

impl Drop for Cancelled {
    fn drop(&mut self) {
        let _ = self.0.send(Event::Cancelled);
    }
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
        Self::of(&config)
    }

    /// Starts whatever the start configuration says.
    pub fn of(config: &Value) -> Result<Self, ferrule_context::Error> {
        Ok(Self {
            engine: Engine::start(config.to_string().as_bytes())?,
            done: BTreeMap::new(),
            lines: Vec::new(),
        })
    }

    pub fn submit(&self, submission: Submission) {
        self.submit_bytes(submission, TRACES);
    }

    pub fn submit_bytes(&self, submission: Submission, payload: &'static [u8]) {
        let ticket = self.engine.take_place(0).unwrap();
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
