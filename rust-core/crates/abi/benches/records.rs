// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Encoding of records: `cargo bench -p ferrule-abi`

use divan::{Bencher, black_box};
use ferrule_abi::layout::record as at;
use ferrule_abi::record::{Record, flag};

fn main() {
    divan::main();
}

fn encode(bencher: Bencher<'_, '_>, record: Record<'_>) {
    let mut out = Vec::with_capacity(32 << 10);
    bencher.bench_local(|| {
        out.clear();
        black_box(&record).append(&mut out);
        black_box(out.len())
    });
}

#[divan::bench]
fn success(bencher: Bencher<'_, '_>) {
    encode(
        bencher,
        Record {
            record_type: at::TYPE_COMPLETION as u16,
            call_id: 77,
            durations: [1, 2, 3],
            ..Record::default()
        },
    );
}

fn failure(details: &str) -> Record<'_> {
    Record {
        record_type: at::TYPE_COMPLETION as u16,
        kind: 2,
        flags: flag(at::FLAG_DELIVERY_UNKNOWN),
        call_id: 77,
        grpc_code: 14,
        http_code: 503,
        downstream_http: 503,
        retry_delay_nanos: Some(1_000_000_000),
        message: "the downstream is unavailable: connection refused",
        details,
        ..Record::default()
    }
}

#[divan::bench]
fn error(bencher: Bencher<'_, '_>) {
    encode(bencher, failure(""));
}

#[divan::bench]
fn error_with_names(bencher: Bencher<'_, '_>) {
    encode(
        bencher,
        failure(r#"{"source":"grpc","operation":"export"}"#),
    );
}

/// Of the length in bytes.
#[divan::bench(args = [1024, at::MAX_DETAILS_LENGTH])]
fn error_with_details(bencher: Bencher<'_, '_>, length: usize) {
    encode(bencher, failure(&"x".repeat(length)));
}
