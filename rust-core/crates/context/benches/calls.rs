// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! A call's way through its context: `cargo bench -p ferrule-context`

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use divan::{Bencher, black_box};
use ferrule_abi::frame::{ContextView, EntryName, Header};
use ferrule_abi::layout::{ABI_VERSION, WELL_KNOWN_NAMES, frame as at};
use ferrule_context::{
    Admission, Call, CallBuilder, CallTable, CancelCause, Metadata, OutboundRules, Outbox, Place,
    PlaceName, Success, TraceContext,
};

fn main() {
    divan::main();
}

const HEADERS: [(&str, &str); 12] = [
    ("host", "gateway.example:4318"),
    ("user-agent", "OTel-OTLP-Exporter-Java/1.62.0"),
    ("content-type", "application/x-protobuf"),
    ("accept", "*/*"),
    ("accept-encoding", "gzip, br"),
    ("authorization", "Bearer 2c1743a391305fbf367df8e4f069f9f9"),
    ("x-forwarded-for", "203.0.113.7, 10.1.2.3"),
    ("x-forwarded-proto", "https"),
    ("x-request-id", "b8a9c4e5-2d3f-4f6a-9e1b-7c8d9e0f1a2b"),
    ("x-tenant", "acme"),
    ("x-team", "payments"),
    ("x-region", "eu-central-1"),
];

/// The fixed part and the context of a frame with twelve headers, as the host writes them.
fn frame() -> ([u8; at::FIXED_LENGTH], Vec<u8>) {
    let (mut index, mut text) = (Vec::new(), Vec::new());
    for (name, value) in HEADERS {
        let number = WELL_KNOWN_NAMES.iter().position(|known| *known == name);
        let flags = number.map_or(0, |_| at::ENTRY_WELL_KNOWN);
        index.extend_from_slice(&(number.unwrap_or(name.len()) as u16).to_le_bytes());
        index.extend_from_slice(&(flags as u16).to_le_bytes());
        index.extend_from_slice(&(value.len() as u32).to_le_bytes());
        if number.is_none() {
            text.extend_from_slice(name.as_bytes());
        }
        text.extend_from_slice(value.as_bytes());
    }
    let context = [index, text].concat();
    let length = (at::FIXED_LENGTH + context.len()).next_multiple_of(at::PAYLOAD_ALIGNMENT);
    let mut fixed = [0; at::FIXED_LENGTH];
    let mut put = |offset: usize, value: usize| {
        fixed[offset..offset + 4].copy_from_slice(&(value as u32).to_le_bytes());
    };
    put(at::VERSION_OFFSET, usize::from(ABI_VERSION));
    put(at::FRAME_LENGTH_OFFSET, length);
    put(at::CALL_ID_OFFSET, 1);
    put(at::METADATA_COUNT_OFFSET, HEADERS.len());
    put(at::CONTEXT_LENGTH_OFFSET, context.len());
    (fixed, context)
}

fn decode(fixed: [u8; at::FIXED_LENGTH], context: &[u8]) -> Metadata {
    let length = (at::FIXED_LENGTH + context.len()).next_multiple_of(at::PAYLOAD_ALIGNMENT);
    let header = Header::parse(fixed, length).expect("header");
    let context: Arc<[u8]> = context.into();
    let view = ContextView::parse(&header, &context).expect("context");
    let places = view.entries().map(|entry| {
        entry.map(|entry| Place {
            name: match entry.name {
                EntryName::Text(name) => PlaceName::Text(name.len() as u16),
                EntryName::WellKnown(number) => PlaceName::WellKnown(number),
            },
            value: entry.value_start..entry.value_start + entry.value.len(),
            binary: entry.binary,
            sensitive: entry.sensitive,
        })
    });
    Metadata::in_context(&context, WELL_KNOWN_NAMES, HEADERS.len(), places).expect("entries")
}

fn call(id: u64) -> Call {
    CallBuilder::new(id)
        .time_left(Duration::from_secs(30))
        .build()
        .expect("call")
}

/// A table in which other calls are in flight.
fn table() -> (CallTable, Arc<Outbox>) {
    let outbox = Arc::new(Outbox::new(10_000));
    let table = CallTable::new(Arc::clone(&outbox));
    for id in 1_000_000..1_001_000 {
        assert!(matches!(table.admit(call(id)), Admission::Admitted(_)));
    }
    (table, outbox)
}

#[divan::bench]
fn frame_with_12_headers(bencher: Bencher<'_, '_>) {
    let (fixed, context) = frame();
    bencher.bench_local(|| decode(black_box(fixed), black_box(&context)));
}

#[divan::bench]
fn admit_finish_and_fetch(bencher: Bencher<'_, '_>) {
    let (table, outbox) = table();
    let mut id = 0;
    bencher.bench_local(|| {
        id += 1;
        let _ = black_box(table.admit(call(id)));
        table.finish(id, Ok(Success::default()));
        outbox.fetch(Duration::ZERO, |_| true)
    });
}

/// Each thread has calls of its own, in all parts of the table.
#[divan::bench(threads = [2])]
fn admit_finish_and_fetch_on_threads(bencher: Bencher<'_, '_>) {
    let (table, outbox) = table();
    let ids = AtomicU64::new(1);
    bencher.bench(|| {
        let id = ids.fetch_add(1, Ordering::Relaxed);
        let _ = black_box(table.admit(call(id)));
        table.finish_quietly(id, Ok(Success::default()));
        outbox.fetch(Duration::ZERO, |_| true)
    });
}

#[divan::bench]
fn cancel(bencher: Bencher<'_, '_>) {
    let (table, outbox) = table();
    let mut admitted = 0;
    let mut cancelled = 0;
    bencher
        .with_inputs(|| {
            outbox.fetch(Duration::ZERO, |_| true);
            admitted += 1;
            assert!(matches!(
                table.admit(call(admitted)),
                Admission::Admitted(_)
            ));
            &table
        })
        .bench_local_values(|table| {
            cancelled += 1;
            table.cancel(cancelled, CancelCause::Client)
        });
}

#[divan::bench]
fn two_of_12_headers_go_out(bencher: Bencher<'_, '_>) {
    let (fixed, context) = frame();
    let metadata = decode(fixed, &context);
    let names = ["x-tenant".to_owned(), "x-request-id".to_owned()];
    let rules = OutboundRules::new(&names, false).expect("rules");
    bencher.bench_local(|| rules.for_grpc(black_box(&metadata)).pairs.len());
}

#[divan::bench]
fn traceparent(bencher: Bencher<'_, '_>) {
    let trace = TraceContext {
        trace_id: [0x4b; 16],
        span_id: [0xb7; 8],
        flags: 1,
        trace_state: "".into(),
        remote: true,
    };
    bencher.bench_local(|| black_box(&trace).traceparent());
}
