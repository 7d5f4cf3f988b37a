// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

use std::io::Write;
use std::time::Duration;

use ferrule_context::ErrorKind;
use flate2::Compression;

use super::*;

/// An `ExportTraceServiceRequest` with one empty `ResourceSpans`.
const TRACES: &[u8] = &[0x0a, 0x00];

fn limits(max_decoded: usize) -> DecodeLimits {
    DecodeLimits {
        budget: ByteBudget::new(1 << 20),
        max_decoded,
        retry_delay: Duration::from_secs(1),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn decoded(coding: ContentCoding, payload: &[u8], limits: &DecodeLimits) -> Result<Bytes, Error> {
    decode(
        Signal::Traces,
        Encoding::Protobuf,
        coding,
        Bytes::copy_from_slice(payload),
        limits,
        &|| true,
    )
}

#[test]
fn decompression_stops_once_nobody_wants_it() {
    let zeros = vec![0; 8 << 20];
    let limits = limits(8 << 20);
    let asked = std::cell::Cell::new(0);
    let is_wanted = || {
        asked.set(asked.get() + 1);
        asked.get() < 3
    };
    let result = decode(
        Signal::Traces,
        Encoding::Protobuf,
        ContentCoding::Gzip,
        gzip(&zeros).into(),
        &limits,
        &is_wanted,
    );
    assert_eq!(result.unwrap_err().kind, ErrorKind::Cancelled);
    assert_eq!((asked.get(), limits.budget.used()), (3, 0));
}

#[test]
fn each_coding_gives_the_payload_back() {
    let limits = limits(100);
    let zstd = zstd::encode_all(TRACES, 1).unwrap();
    for (coding, payload) in [
        (ContentCoding::Identity, TRACES.to_vec()),
        (ContentCoding::Gzip, gzip(TRACES)),
        (
            ContentCoding::Gzip,
            [gzip(&TRACES[..1]), gzip(&TRACES[1..])].concat(),
        ),
        (ContentCoding::Deflate, zlib(TRACES)),
        (ContentCoding::Zstd, zstd),
    ] {
        assert_eq!(
            &decoded(coding, &payload, &limits).unwrap()[..],
            TRACES,
            "{coding:?}"
        );
    }
    assert_eq!(limits.budget.used(), 0);
}

#[test]
fn truncated_or_foreign_streams_are_invalid() {
    let zstd = zstd::encode_all(&[7_u8; 5000][..], 1).unwrap();
    for (coding, payload) in [
        (ContentCoding::Gzip, gzip(TRACES)[..15].to_vec()),
        (ContentCoding::Gzip, Vec::new()),
        (
            ContentCoding::Gzip,
            [gzip(TRACES), b"garbage".to_vec()].concat(),
        ),
        (ContentCoding::Deflate, zlib(TRACES)[..4].to_vec()),
        (
            ContentCoding::Deflate,
            [zlib(TRACES), b"garbage".to_vec()].concat(),
        ),
        (ContentCoding::Deflate, b"\x03\x00 raw deflate".to_vec()),
        (ContentCoding::Zstd, zstd[..zstd.len() - 3].to_vec()),
        (ContentCoding::Zstd, Vec::new()),
    ] {
        let error = decoded(coding, &payload, &limits(10_000)).unwrap_err();
        assert_eq!(error.effective_grpc_code(), 3, "{coding:?} {error}");
    }
}

#[test]
fn bomb_is_refused_at_the_limit() {
    let bomb = gzip(&vec![0; 4 << 20]);
    let limits = limits(100_000);
    let error = decoded(ContentCoding::Gzip, &bomb, &limits).unwrap_err();
    assert_eq!(
        (error.kind, error.http_status),
        (ErrorKind::Permanent, Some(413))
    );
    assert_eq!(limits.budget.used(), 0);
}

#[test]
fn payload_of_exactly_the_limit_is_accepted() {
    // Field 1000 of any length is unknown and skipped.
    let mut payload = vec![0xc2, 0x3e, 0x60];
    payload.resize(3 + 0x60, 0);
    let compressed = gzip(&payload);
    assert!(decoded(ContentCoding::Gzip, &compressed, &limits(payload.len())).is_ok());
    assert!(decoded(ContentCoding::Gzip, &compressed, &limits(payload.len() - 1)).is_err());
}

#[test]
fn used_up_budget_is_exhaustion_with_a_delay() {
    let limits = DecodeLimits {
        budget: ByteBudget::new(1000),
        ..limits(1 << 20)
    };
    let error = decoded(ContentCoding::Gzip, &gzip(&vec![0; 100_000]), &limits).unwrap_err();
    assert_eq!(error.kind, ErrorKind::ResourceExhausted);
    assert_eq!(error.retry_delay, Some(Duration::from_secs(1)));
}

#[test]
fn small_payload_holds_only_its_own_bytes() {
    let limits = limits(1 << 20);
    let payload = decoded(ContentCoding::Gzip, &gzip(TRACES), &limits).unwrap();
    assert_eq!(limits.budget.used(), payload.len());
}
