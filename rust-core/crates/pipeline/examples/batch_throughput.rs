// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Compares `urn:ferrule:processor:batch` with the engine's own batch processor: calls of 1 KiB
//! through host receiver, batch and noop exporter, in turns.
//!
//! `cargo run --release -p ferrule-pipeline --example batch_throughput [rounds] [calls]`

use std::time::{Duration, Instant};

use ferrule_context::{Attributes, Message, Metadata};
use ferrule_pipeline::{ContentCoding, Encoding, Engine, Signal, Submission};

const IN_FLIGHT: u64 = 1024;
const NODES: [(&str, &str); 2] = [
    ("ours", "urn:ferrule:processor:batch"),
    ("engine's", "processor:batch"),
];

fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|it| it.parse().ok());
    let rounds: usize = arguments.next().unwrap_or(5);
    let calls: u64 = arguments.next().map_or(200_000, |it: usize| it as u64);
    let payload = payload();
    let mut rates = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        for ((_, node), rates) in NODES.iter().zip(&mut rates) {
            rates.push(run(node, &payload, calls));
        }
    }
    for ((name, _), rates) in NODES.iter().zip(&mut rates) {
        rates.sort_by(f64::total_cmp);
        println!(
            "{name}: {rates:.0?} calls/s, median {:.0}",
            rates[rounds / 2]
        );
    }
    let [ours, theirs] = rates.map(|rates| rates[rounds / 2]);
    println!("ratio of the medians: {:.2}", ours / theirs);
}

fn run(node: &str, payload: &[u8], calls: u64) -> f64 {
    let config = format!(
        r#"{{"cores": 1, "maxInFlight": 4096, "laneCapacity": 4096,
            "spec": {{"version": "otel_dataflow/v1", "groups": {{"default": {{"pipelines": {{"main": {{
            "nodes": {{
                "host": {{"type": "urn:ferrule:receiver:host", "config": {{}}}},
                "batch": {{"type": "{node}", "config": {{
                    "otlp": {{"min_size": 65536, "sizer": "bytes"}},
                    "inbound_request_limit": 4096, "outbound_request_limit": 4096}}}},
                "out": {{"type": "exporter:noop", "config": {{}}}}
            }},
            "connections": [{{"from": "host", "to": "batch"}}, {{"from": "batch", "to": "out"}}]
        }}}}}}}}}}}}"#
    );
    let engine = Engine::start(config.as_bytes()).expect("the configuration is right");
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
        .take_place(0)
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
