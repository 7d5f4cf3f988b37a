// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Compares chains of ours with the engine's own, in turns in one process: calls of 1 KiB through
//! host receiver, batch and exporter, which is a noop, or sends to a gRPC server in this process.
//!
//! `cargo bench -p ferrule-pipeline --bench chains -- [rounds] [calls]`

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ferrule_context::{Attributes, Message, Metadata};
use ferrule_pipeline::{ContentCoding, Encoding, Engine, Signal, Submission};
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};

const IN_FLIGHT: u64 = 1024;

/// Requests that either exporter may have under way.
const REQUESTS: usize = 128;

fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|it| it.parse().ok());
    let rounds: usize = arguments.next().unwrap_or(5);
    let calls: u64 = arguments.next().map_or(100_000, |it: usize| it as u64);
    let url = format!("http://{}", serve());
    let sending = |kind: &str| json!({"type": kind, "config": {"grpc_endpoint": url, "max_in_flight": REQUESTS}});
    let noop = json!({"type": "exporter:noop"});
    let ours = node("urn:ferrule:processor:batch");
    let theirs = node("processor:batch");
    let retry = json!({"type": "processor:retry", "config": {}});
    compare(
        rounds,
        calls,
        &[
            ("batch, noop: ours", vec![ours.clone(), noop.clone()]),
            ("batch, noop: engine's", vec![theirs.clone(), noop]),
        ],
    );
    compare(
        rounds,
        calls,
        &[
            (
                "batch, gRPC with retry: ours",
                vec![ours, sending("urn:ferrule:exporter:otlp_grpc")],
            ),
            (
                "batch, gRPC without retry: engine's",
                vec![theirs.clone(), sending("exporter:otlp_grpc")],
            ),
            (
                "batch, retry, gRPC: engine's",
                vec![theirs, retry, sending("exporter:otlp_grpc")],
            ),
        ],
    );
}

fn node(batch: &str) -> Value {
    json!({"type": batch, "config": {
        "otlp": {"min_size": 65536, "sizer": "bytes"},
        "inbound_request_limit": 4096,
        "outbound_request_limit": 4096,
    }})
}

/// Prints the rates of each chain, and how the first one compares with the others.
fn compare(rounds: usize, calls: u64, chains: &[(&str, Vec<Value>)]) {
    let payload = payload();
    let mut rates = vec![Vec::new(); chains.len()];
    for _ in 0..rounds {
        for ((_, nodes), rates) in chains.iter().zip(&mut rates) {
            rates.push(run(nodes, &payload, calls));
        }
    }
    let mut medians = Vec::new();
    for ((name, _), rates) in chains.iter().zip(&mut rates) {
        rates.sort_by(f64::total_cmp);
        let median = rates[rounds / 2];
        medians.push(median);
        let ratio = medians[0] / median;
        println!("{name:<40} median {median:>8.0} calls/s, ours is {ratio:.2} of it; {rates:.0?}");
    }
}

fn run(nodes: &[Value], payload: &[u8], calls: u64) -> f64 {
    let mut all = json!({"host": {"type": "urn:ferrule:receiver:host", "config": {}}});
    let mut connections = Vec::new();
    let mut from = "host".to_owned();
    for (number, node) in nodes.iter().enumerate() {
        let name = format!("n{number}");
        all[&name] = node.clone();
        connections.push(json!({"from": from, "to": name}));
        from = name;
    }
    let config = json!({"cores": 1, "maxInFlight": 4096, "laneCapacity": 4096, "spec": {
        "version": "otel_dataflow/v1",
        "groups": {"default": {"pipelines": {"main": {
            "nodes": all, "connections": connections}}}},
    }});
    let engine = Engine::start(config.to_string().as_bytes()).expect("the configuration is right");
    let start = Instant::now();
    let (mut submitted, mut completed) = (0, 0);
    while completed < calls {
        while submitted < calls && submitted - completed < IN_FLIGHT {
            submitted += 1;
            submit(&engine, submitted, payload);
        }
        engine.poll(Duration::from_millis(100), |message| {
            if let Message::Completion { outcome, .. } = message {
                assert!(outcome.is_ok(), "{outcome:?}");
                completed += 1;
            }
            true
        });
    }
    let rate = calls as f64 / start.elapsed().as_secs_f64();
    engine.stop(Duration::from_secs(5));
    rate
}

/// A gRPC server that reads what comes and takes it.
fn serve() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    listener.set_nonblocking(true).expect("it is a socket");
    std::thread::spawn(move || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a runtime");
            while let Ok((stream, _)) = listener.accept().await {
                let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                tokio::spawn(builder.serve_connection(TokioIo::new(stream), service_fn(take)));
            }
        });
    });
    address
}

async fn take(
    request: Request<Incoming>,
) -> Result<Response<impl hyper::body::Body<Data = Bytes, Error = Infallible>>, hyper::Error> {
    request.into_body().collect().await?;
    let trailers = HeaderMap::from_iter([(
        http::HeaderName::from_static("grpc-status"),
        HeaderValue::from_static("0"),
    )]);
    let empty = Full::new(Bytes::from_static(&[0; 5]));
    let mut response = Response::new(empty.with_trailers(async { Some(Ok(trailers)) }));
    let content_type = HeaderValue::from_static("application/grpc");
    response.headers_mut().insert("content-type", content_type);
    Ok(response)
}

fn submit(engine: &Engine, call_id: u64, payload: &[u8]) {
    let submission = Submission {
        call_id,
        time_left: Duration::from_secs(60),
        signal: Signal::Traces,
        encoding: Encoding::Protobuf,
        coding: ContentCoding::Identity,
        metadata: Metadata::default(),
        trace: None,
        attributes: Attributes::default(),
    };
    let permit = engine.take_bytes(payload.len()).expect("within the budget");
    let ticket = engine
        .reserve_lane(0)
        .expect("a place for each call in flight");
    let submitted = engine.submit(ticket, submission, payload.to_vec(), permit);
    submitted.expect("the engine takes the call");
}

/// One span whose name fills 1 KiB.
fn payload() -> Vec<u8> {
    let field = |number: u8, content: &[u8]| {
        let length = content.len();
        let mut bytes = vec![
            number << 3 | 2,
            (length & 0x7f | 0x80) as u8,
            (length >> 7) as u8,
        ];
        bytes.extend_from_slice(content);
        bytes
    };
    let span = field(5, &[b'x'; 1012]);
    field(1, &field(2, &field(2, &span)))
}
