// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

use proptest::prelude::*;

use super::context::is_name_byte;
use super::*;
use crate::layout::{WELL_KNOWN_NAMES, frame as at};

fn frame(metadata: &[(&str, &[u8], u16)], trace_state: &str, payload: &[u8]) -> Vec<u8> {
    let mut index = Vec::new();
    let mut text = trace_state.as_bytes().to_vec();
    for (name, value, flags) in metadata {
        let number = WELL_KNOWN_NAMES.iter().position(|known| known == name);
        let number = number.filter(|_| usize::from(*flags) & at::ENTRY_WELL_KNOWN != 0);
        index.extend_from_slice(&(number.unwrap_or(name.len()) as u16).to_le_bytes());
        index.extend_from_slice(&flags.to_le_bytes());
        index.extend_from_slice(&(value.len() as u32).to_le_bytes());
        if number.is_none() {
            text.extend_from_slice(name.as_bytes());
        }
        text.extend_from_slice(value);
    }
    let context = [index, text].concat();
    let start = (at::FIXED_LENGTH + context.len()).next_multiple_of(at::PAYLOAD_ALIGNMENT);
    let mut frame = vec![0; start];
    frame[at::FIXED_LENGTH..at::FIXED_LENGTH + context.len()].copy_from_slice(&context);
    frame.extend_from_slice(payload);
    let length = frame.len() as u32;
    let mut put = |offset: usize, bytes: &[u8]| {
        frame[offset..offset + bytes.len()].copy_from_slice(bytes);
    };
    put(at::VERSION_OFFSET, &ABI_VERSION.to_le_bytes());
    put(at::FRAME_LENGTH_OFFSET, &length.to_le_bytes());
    put(at::CALL_ID_OFFSET, &9_u64.to_le_bytes());
    put(
        at::PAYLOAD_LENGTH_OFFSET,
        &(payload.len() as u32).to_le_bytes(),
    );
    put(
        at::METADATA_COUNT_OFFSET,
        &(metadata.len() as u32).to_le_bytes(),
    );
    put(
        at::CONTEXT_LENGTH_OFFSET,
        &(context.len() as u32).to_le_bytes(),
    );
    put(
        at::TRACE_STATE_LENGTH_OFFSET,
        &(trace_state.len() as u32).to_le_bytes(),
    );
    frame
}

fn header(frame: &[u8]) -> Result<Header, FrameError> {
    let mut fixed = [0; at::FIXED_LENGTH];
    fixed.copy_from_slice(&frame[..at::FIXED_LENGTH]);
    Header::parse(fixed, frame.len())
}

fn context<'a>(header: &Header, frame: &'a [u8]) -> Result<ContextView<'a>, FrameError> {
    ContextView::parse(
        header,
        &frame[at::FIXED_LENGTH..at::FIXED_LENGTH + header.context_length()],
    )
}

fn entries_are_refused(frame: &[u8]) -> bool {
    let header = header(frame).unwrap();
    context(&header, frame).map_or(true, |context| {
        context.entries().any(|entry| entry.is_err())
    })
}

#[test]
fn entries_come_back_in_order_with_their_flags() {
    let bytes = frame(
        &[
            ("x-tenant", b"a", 0),
            ("x-tenant", b"b", 0),
            ("authorization", b"secret", at::ENTRY_SENSITIVE as u16),
            ("x-bin", &[0, 255], at::ENTRY_BINARY as u16),
        ],
        "k=v",
        b"payload",
    );
    let header = header(&bytes).unwrap();
    let context = context(&header, &bytes).unwrap();
    let entries = context.entries().collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(context.trace_state(), "k=v");
    assert_eq!(entries.len(), 4);
    assert_eq!(entries[1].name, EntryName::Text(b"x-tenant"));
    assert_eq!(entries[1].value, b"b");
    assert!(entries[2].sensitive);
    assert!(entries[3].binary);
    assert_eq!(&bytes[header.payload_start()..], b"payload");
}

#[test]
fn well_known_name_takes_no_text() {
    let flags = (at::ENTRY_WELL_KNOWN | at::ENTRY_SENSITIVE) as u16;
    let bytes = frame(&[("authorization", b"s", flags), ("x", b"1", 0)], "", b"");
    let header = header(&bytes).unwrap();
    let context = context(&header, &bytes).unwrap();
    let entries = context.entries().collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(entries[0].name, EntryName::WellKnown(7));
    assert_eq!(WELL_KNOWN_NAMES[7], "authorization");
    assert_eq!((entries[0].value, entries[0].sensitive), (&b"s"[..], true));
    assert_eq!(entries[1].name, EntryName::Text(b"x"));
    assert_eq!(header.context_length(), 2 * at::INDEX_ENTRY_LENGTH + 3);
}

#[test]
fn unknown_number_is_refused() {
    let mut bytes = frame(&[("host", b"h", at::ENTRY_WELL_KNOWN as u16)], "", b"");
    bytes[at::FIXED_LENGTH..][..2].copy_from_slice(&(WELL_KNOWN_NAMES.len() as u16).to_le_bytes());
    assert!(entries_are_refused(&bytes));
}

#[test]
fn well_known_names_are_lower_case_tokens_and_unique() {
    let mut seen = std::collections::HashSet::new();
    for name in WELL_KNOWN_NAMES {
        assert!(name.bytes().all(is_name_byte), "{name}");
        assert!(seen.insert(name), "{name} twice");
    }
}

#[test]
fn newer_version_is_told_apart_whatever_follows() {
    for version in [0, ABI_VERSION + 1, u16::MAX] {
        let mut bytes = frame(&[], "", b"");
        bytes[at::FLAGS_OFFSET..].fill(0xff);
        bytes[at::VERSION_OFFSET..][..2].copy_from_slice(&version.to_le_bytes());
        assert_eq!(header(&bytes).unwrap_err(), FrameError::Version(version));
    }
}

#[test]
fn truncated_frame_is_refused() {
    let bytes = frame(&[("a", b"b", 0)], "", b"payload");
    assert!(header(&bytes[..bytes.len() - 1]).is_err());
}

#[test]
fn zero_call_id_is_refused() {
    let mut bytes = frame(&[], "", b"");
    bytes[at::CALL_ID_OFFSET] = 0;
    assert!(header(&bytes).is_err());
}

#[test]
fn name_that_is_no_lower_case_token_is_refused() {
    for name in ["X-Tenant", "", "a b", "a\u{e9}", ":path"] {
        let bytes = frame(&[("a", b"1", 0), (name, b"a", 0)], "", b"");
        assert!(entries_are_refused(&bytes), "{name}");
    }
}

#[test]
fn text_behind_the_last_entry_is_refused() {
    for metadata in [&[][..], &[("a", b"1".as_slice(), 0)]] {
        let mut bytes = frame(metadata, "k=v", b"");
        bytes[at::TRACE_STATE_LENGTH_OFFSET] -= 1;
        assert!(entries_are_refused(&bytes));
    }
}

#[test]
fn entry_longer_than_the_text_is_refused() {
    let mut bytes = frame(&[("a", b"b", 0)], "", b"");
    bytes[at::FIXED_LENGTH + 4] = 200;
    assert!(entries_are_refused(&bytes));
}

proptest! {
    /// Scenario: any bytes at all arrive as a frame.
    /// Guarantees: they are refused or read, without a panic and within their bounds.
    #[test]
    fn any_bytes_are_refused_or_read(
        mut bytes in proptest::collection::vec(any::<u8>(), at::FIXED_LENGTH..400),
        plausible in any::<bool>(),
        count in 0_u32..8,
        context_length in 0_u32..300,
    ) {
        if plausible {
            let length = bytes.len() as u32;
            bytes[..2].copy_from_slice(&ABI_VERSION.to_le_bytes());
            bytes[at::FRAME_LENGTH_OFFSET..][..4].copy_from_slice(&length.to_le_bytes());
            bytes[at::RESERVED_OFFSET..][..4].fill(0);
            bytes[at::METADATA_COUNT_OFFSET..][..4].copy_from_slice(&count.to_le_bytes());
            bytes[at::CONTEXT_LENGTH_OFFSET..][..4].copy_from_slice(&context_length.to_le_bytes());
            bytes[at::PAYLOAD_HANDLE_OFFSET..][..8].fill(0);
            let start = (at::FIXED_LENGTH as u32 + context_length).next_multiple_of(8);
            let payload = length.saturating_sub(start);
            bytes[at::PAYLOAD_LENGTH_OFFSET..][..4].copy_from_slice(&payload.to_le_bytes());
        }
        if let Ok(header) = header(&bytes) {
            prop_assert!(header.payload_start() <= bytes.len());
            if let Ok(context) = context(&header, &bytes) {
                prop_assert!(context.entries().count() <= 8);
                for entry in context.entries().map_while(Result::ok) {
                    prop_assert!(entry.value_start + entry.value.len() <= bytes.len());
                }
            }
        }
    }
}
