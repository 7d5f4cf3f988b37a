// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

use super::*;

fn check(signal: Signal, bytes: &[u8]) -> Result<u64, String> {
    validate(signal, bytes)
        .map(|stats| stats.items)
        .map_err(|error| error.to_string())
}

/// Wraps fields of a span in a request.
fn with_span(fields: &[u8]) -> Vec<u8> {
    let mut bytes = fields.to_vec();
    for number in [2, 2, 1] {
        assert!(bytes.len() < 128);
        bytes.splice(..0, [number << 3 | 2, bytes.len() as u8]);
    }
    bytes
}

/// Wraps fields of a histogram's data point in a request.
fn with_point(fields: &[u8]) -> Vec<u8> {
    let mut bytes = fields.to_vec();
    for number in [1, 9, 2, 2, 1] {
        assert!(bytes.len() < 128);
        bytes.splice(..0, [number << 3 | 2, bytes.len() as u8]);
    }
    bytes
}

#[test]
fn empty_request_has_no_items() {
    for signal in Signal::ALL {
        assert_eq!(check(signal, &[]), Ok(0));
    }
}

#[test]
fn items_are_counted() {
    assert_eq!(check(Signal::Traces, &[10, 6, 18, 4, 18, 0, 18, 0]), Ok(2));
    assert_eq!(check(Signal::Logs, &[10, 4, 18, 2, 18, 0]), Ok(1));
    assert_eq!(check(Signal::Metrics, &with_point(&[])), Ok(1));
}

#[test]
fn field_sixteen_is_known() {
    assert_eq!(
        check(Signal::Traces, &with_span(&[0x85, 1, 0, 0, 0, 0])),
        Ok(1)
    );
    let error = check(Signal::Traces, &with_span(&[0x80, 1, 0]));
    assert_eq!(
        error,
        Err("Span.flags at byte 6: wrong wire type".to_owned())
    );
}

#[test]
fn wrong_wire_type_of_known_field_is_refused() {
    let error = validate(Signal::Traces, &with_span(&[0x28, 1])).expect_err("name is a varint");
    assert_eq!(error.kind(), ErrorKind::Type);
    assert_eq!(error.to_string(), "Span.name at byte 6: wrong wire type");
}

#[test]
fn unknown_fields_are_skipped_if_well_formed() {
    let unknown = [
        0xa0, 6, 1, 0xa1, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0xa2, 6, 1, 0xff, 0xa5, 6, 0, 0, 0, 0,
    ];
    assert_eq!(check(Signal::Traces, &with_span(&unknown)), Ok(1));
    for end in [2, 5, 8, 15, 18, 20] {
        assert!(
            check(Signal::Traces, &with_span(&unknown[..end])).is_err(),
            "cut at {end}"
        );
    }
}

#[test]
fn packed_and_single_numbers_are_accepted() {
    // bucket_counts of a histogram, fixed64.
    let single = [0x31, 1, 0, 0, 0, 0, 0, 0, 0];
    let packed = [0x32, 8, 1, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(check(Signal::Metrics, &with_point(&single)), Ok(1));
    assert_eq!(check(Signal::Metrics, &with_point(&packed)), Ok(1));
    assert!(check(Signal::Metrics, &with_point(&[0x32, 3, 1, 2, 3])).is_err());
}

#[test]
fn packed_varints_are_read() {
    // Exponential histogram: positive buckets with bucket_counts, uint64.
    let with_counts = |counts: &[u8]| {
        let mut bytes = vec![0x12, counts.len() as u8];
        bytes.extend_from_slice(counts);
        for number in [8, 1, 10, 2, 2, 1] {
            bytes.splice(..0, [number << 3 | 2, bytes.len() as u8]);
        }
        bytes
    };
    assert_eq!(check(Signal::Metrics, &with_counts(&[1, 0x80, 1])), Ok(1));
    assert!(check(Signal::Metrics, &with_counts(&[1, 0x80])).is_err());
}

#[test]
fn text_must_be_utf8_but_bytes_need_not() {
    assert_eq!(
        check(Signal::Traces, &with_span(&[0x2a, 2, 0xc3, 0xa4])),
        Ok(1)
    );
    let error =
        validate(Signal::Traces, &with_span(&[0x2a, 2, 0xc3, 0xc3])).expect_err("not UTF-8");
    assert_eq!(error.kind(), ErrorKind::Utf8);
    assert_eq!(
        check(Signal::Traces, &with_span(&[0x0a, 2, 0xff, 0xff])),
        Ok(1)
    );
}

#[test]
fn nested_message_must_fit_its_parent() {
    assert!(check(Signal::Traces, &[10, 2, 18, 1, 0]).is_err());
    assert!(
        check(
            Signal::Traces,
            &[10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]
        )
        .is_err()
    );
}

#[test]
fn bad_keys_are_refused() {
    assert!(check(Signal::Traces, &[0]).is_err(), "field number 0");
    assert!(
        check(Signal::Traces, &[0x80, 0]).is_err(),
        "field number 0 in two bytes"
    );
    assert!(check(Signal::Traces, &[0xa6, 6]).is_err(), "wire type 6");
    assert!(
        check(Signal::Traces, &[0xf8, 0xff, 0xff, 0xff, 0x7f, 0]).is_err(),
        "key above 32 bits"
    );
    assert_eq!(
        check(Signal::Traces, &[0xa3, 6, 0xa4, 6]),
        Err("ExportTraceServiceRequest field 100 at byte 0: groups are not supported".to_owned())
    );
}

#[test]
fn key_with_spare_bytes_is_the_same_key() {
    assert!(check(Signal::Traces, &[0x8a, 0, 0]).is_ok());
    assert!(check(Signal::Traces, &[0x88, 0, 0]).is_err());
}
