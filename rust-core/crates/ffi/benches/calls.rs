// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Calls through the exports, as the host makes them, into a pipeline that answers at once:
//! `cargo bench -p ferrule`. A payload has 1 KB, a context 12 headers, a deadline and a trace.
//!
//! Written with the standard library, because a benchmark library's dependencies would share
//! features with the engine's and compile it a second time.

#![allow(unsafe_code, reason = "the exports take addresses")]

use std::collections::HashMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use ferrule::{
    ferrule_engine_cancel, ferrule_engine_free, ferrule_engine_poll, ferrule_engine_start,
    ferrule_engine_stop, ferrule_engine_submit,
};
use ferrule_abi::layout::{ABI_VERSION, frame as at, record as record_at, refusal};

const WARM_UP: usize = 5_000;
const CALLS: usize = 50_000;
const IN_FLIGHT: usize = 64;

const CONFIG: &str = r#"{"cores": 1, "spec": {"version": "otel_dataflow/v1", "groups": {
    "default": {"pipelines": {"main": {
        "nodes": {
            "host": {"type": "urn:ferrule:receiver:host", "config": {}},
            "out": {"type": "exporter:noop", "config": {}}
        },
        "connections": [{"from": "host", "to": "out"}]
    }}}}}}"#;

const HEADERS: [(&str, &str); 12] = [
    ("host", "gateway.example.org:4318"),
    ("user-agent", "OTel-OTLP-Exporter-Java/1.62.0"),
    ("content-type", "application/x-protobuf"),
    ("accept", "*/*"),
    ("accept-encoding", "gzip"),
    ("x-tenant-id", "acme"),
    ("x-request-id", "7b1c9c1e-6a3f-4c7e-9a57-0f5c1c3f7a11"),
    ("x-forwarded-for", "203.0.113.7, 10.0.0.4"),
    ("x-forwarded-proto", "https"),
    ("x-region", "eu-central-1"),
    ("x-environment", "production"),
    ("x-scope-orgid", "team-telemetry"),
];

fn main() {
    let mut host = Host::start();
    host.one_at_a_time(WARM_UP);
    println!("{:<40} {:>8} {:>12} {:>12}", "", "n", "p50", "p99");
    let (submits, trips) = host.one_at_a_time(CALLS);
    report("submit, 1 KB, 12 headers", submits);
    report("submit to polled record, 1 in flight", trips);
    let (trips, time) = host.many_at_a_time(CALLS * 4);
    let rate = (CALLS * 4) as f64 / time.as_secs_f64();
    report(
        &format!("submit to polled record, {IN_FLIGHT} in flight"),
        trips,
    );
    println!("{:<40} {rate:>8.0} calls/s", "");
    report("cancel of a call in flight", host.cancels(CALLS));
}

fn report(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    println!(
        "{name:<40} {:>8} {:>9} ns {:>9} ns",
        times.len(),
        at(50).as_nanos(),
        at(99).as_nanos()
    );
}

struct Host {
    engine: i64,
    frame: Vec<u8>,
    last_call: u64,
    records: Vec<u8>,
}

impl Host {
    fn start() -> Self {
        let mut records = vec![0; 256 << 10];
        let (config, out) = (CONFIG.as_bytes(), records.as_mut_ptr() as i64);
        // SAFETY: both ranges are ours and alive.
        let engine = unsafe {
            ferrule_engine_start(
                config.as_ptr() as i64,
                config.len() as i64,
                out,
                records.len() as i64,
            )
        };
        assert!(engine > 0, "the engine does not start");
        Self {
            engine,
            frame: frame(),
            last_call: 0,
            records,
        }
    }

    /// Submits a call, again and again while the lane is full of calls that were cancelled.
    fn submit(&mut self) -> u64 {
        self.last_call += 1;
        self.frame[at::CALL_ID_OFFSET..][..8].copy_from_slice(&self.last_call.to_le_bytes());
        let frame = black_box(&self.frame);
        loop {
            // SAFETY: the frame is ours and alive.
            let code = unsafe {
                ferrule_engine_submit(self.engine, frame.as_ptr() as i64, frame.len() as i64)
            };
            match code >> 8 & 0xff {
                0 => return self.last_call,
                reason if reason == refusal::LANE_FULL as i64 => std::thread::yield_now(),
                reason => {
                    // The engine's panic hook prints nothing.
                    eprintln!("refused for reason {reason}");
                    std::process::exit(1);
                }
            }
        }
    }

    /// Waits for records and offers the id of each outcome.
    fn poll(&mut self, mut each: impl FnMut(u64)) {
        let (out, capacity) = (self.records.as_mut_ptr() as i64, self.records.len() as i64);
        // SAFETY: the range is ours and alive.
        let written = unsafe { ferrule_engine_poll(self.engine, out, capacity, 1_000_000_000) };
        let mut records = &self.records[..usize::try_from(written).expect("the engine runs")];
        while let Some(length) = records.get(..4) {
            let length = u32::from_le_bytes(length.try_into().expect("four bytes")) as usize;
            if records[record_at::TYPE_OFFSET] == record_at::TYPE_COMPLETION as u8 {
                let id = &records[record_at::CALL_ID_OFFSET..][..8];
                each(u64::from_le_bytes(id.try_into().expect("eight bytes")));
            }
            records = &records[length..];
        }
    }

    fn poll_one(&mut self) {
        let mut found = false;
        while !found {
            self.poll(|_| found = true);
        }
    }

    /// Times of submitting, and from then to the polled record.
    fn one_at_a_time(&mut self, calls: usize) -> (Vec<Duration>, Vec<Duration>) {
        let one = |_| {
            let start = Instant::now();
            self.submit();
            let submitted = start.elapsed();
            self.poll_one();
            (submitted, start.elapsed())
        };
        (0..calls).map(one).unzip()
    }

    fn many_at_a_time(&mut self, calls: usize) -> (Vec<Duration>, Duration) {
        let mut started = HashMap::with_capacity(IN_FLIGHT);
        let mut times = Vec::with_capacity(calls);
        let begin = Instant::now();
        let mut submitted = 0;
        while times.len() < calls {
            while started.len() < IN_FLIGHT && submitted < calls {
                let now = Instant::now();
                started.insert(self.submit(), now);
                submitted += 1;
            }
            self.poll(|call_id| {
                let start = started.remove(&call_id).expect("one outcome for each call");
                times.push(start.elapsed());
            });
        }
        (times, begin.elapsed())
    }

    /// Cancels each call right after its submission; those that were answered before do not count.
    fn cancels(&mut self, calls: usize) -> Vec<Duration> {
        let mut times = Vec::with_capacity(calls);
        for _ in 0..calls {
            let call_id = self.submit();
            let start = Instant::now();
            let answered = ferrule_engine_cancel(self.engine, call_id.cast_signed(), 1) != 0;
            let time = start.elapsed();
            if !answered {
                times.push(time);
            }
            self.poll_one();
        }
        times
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        ferrule_engine_stop(self.engine, 1_000);
        ferrule_engine_free(self.engine);
    }
}

fn frame() -> Vec<u8> {
    let mut context = Vec::new();
    for (name, value) in HEADERS {
        context.extend_from_slice(&(name.len() as u16).to_le_bytes());
        context.extend_from_slice(&0_u16.to_le_bytes());
        context.extend_from_slice(&(value.len() as u32).to_le_bytes());
    }
    for (name, value) in HEADERS {
        context.extend_from_slice(name.as_bytes());
        context.extend_from_slice(value.as_bytes());
    }
    let payload = payload();
    let mut frame = vec![0; at::FIXED_LENGTH];
    frame.extend_from_slice(&context);
    frame.resize(frame.len().next_multiple_of(at::PAYLOAD_ALIGNMENT), 0);
    frame.extend_from_slice(&payload);
    let length = frame.len() as u32;
    let mut put =
        |offset: usize, bytes: &[u8]| frame[offset..offset + bytes.len()].copy_from_slice(bytes);
    put(at::VERSION_OFFSET, &ABI_VERSION.to_le_bytes());
    let flags = (at::FLAG_DEADLINE | at::FLAG_TRACE) as u16;
    put(at::FLAGS_OFFSET, &flags.to_le_bytes());
    put(at::FRAME_LENGTH_OFFSET, &length.to_le_bytes());
    put(
        at::REMAINING_NANOS_OFFSET,
        &30_000_000_000_i64.to_le_bytes(),
    );
    put(at::TRACE_ID_OFFSET, &[1; 16]);
    put(at::SPAN_ID_OFFSET, &[2; 8]);
    put(at::SIGNAL_OFFSET, &[1]);
    put(at::ENCODING_OFFSET, &[1]);
    put(
        at::PAYLOAD_LENGTH_OFFSET,
        &(payload.len() as u32).to_le_bytes(),
    );
    put(
        at::METADATA_COUNT_OFFSET,
        &(HEADERS.len() as u32).to_le_bytes(),
    );
    put(
        at::CONTEXT_LENGTH_OFFSET,
        &(context.len() as u32).to_le_bytes(),
    );
    frame
}

/// Eight spans of about 128 bytes.
fn payload() -> Vec<u8> {
    let name = "GET /orders/{id}/items ".repeat(3);
    let span = [
        field(1, &[1; 16]),
        field(2, &[2; 8]),
        field(5, name.as_bytes()),
        field(
            9,
            &[field(1, b"http.route"), field(2, &field(1, b"/orders"))].concat(),
        ),
    ]
    .concat();
    let spans: Vec<u8> = (0..8).flat_map(|_| field(2, &span)).collect();
    field(1, &field(2, &spans))
}

/// A length-delimited protobuf field.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2];
    let mut length = content.len();
    while length >= 0x80 {
        bytes.push(length as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend_from_slice(content);
    bytes
}
