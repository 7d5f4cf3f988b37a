// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Writer of records, which the host reads.

use crate::layout::record as at;

/// Content of a record: an outcome or a log line. The fields are those of
/// [`layout::record`](crate::layout::record); a message that is too long is cut, details that are
/// too long are left out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Record<'a> {
    /// Type: `TYPE_COMPLETION` or `TYPE_LOG`.
    pub record_type: u16,
    /// 0 for a success, the error kind (1 to 6), or a log level (1 to 5).
    pub kind: u8,
    /// `FLAG_...` bits; [`Record::append`] adds `FLAG_TRUNCATED`.
    pub flags: u8,
    /// Call id, or a log line's Unix time in nanoseconds.
    pub call_id: u64,
    /// gRPC code, 0 to 16.
    pub grpc_code: u32,
    /// HTTP status of the answer, or 0.
    pub http_code: u16,
    /// HTTP status of the downstream, or 0.
    pub downstream_http: u16,
    /// Retry delay in nanoseconds.
    pub retry_delay_nanos: Option<i64>,
    /// Nanoseconds of waiting for the pipeline, in the pipeline, and of exporting.
    pub durations: [i64; 3],
    /// Number of export attempts.
    pub attempts: u32,
    /// Cancellation cause (1 to 5), or 0.
    pub cause: u32,
    /// Items that the downstream rejected.
    pub rejected_items: i64,
    /// Message, cut at `MAX_MESSAGE_LENGTH` bytes.
    pub message: &'a str,
    /// Details as JSON, or a log line's target; left out beyond `MAX_DETAILS_LENGTH` bytes.
    pub details: &'a str,
}

impl Record<'_> {
    /// Length in bytes that [`Record::append`] will add, a multiple of `ALIGNMENT`.
    #[must_use]
    pub fn length(&self) -> usize {
        let message = cut(self.message, at::MAX_MESSAGE_LENGTH);
        (at::FIXED_LENGTH + message.len() + self.kept_details().len())
            .next_multiple_of(at::ALIGNMENT)
    }

    /// Appends the record to `out`.
    pub fn append(&self, out: &mut Vec<u8>) {
        let message = cut(self.message, at::MAX_MESSAGE_LENGTH);
        let details = self.kept_details();
        let truncated = message.len() < self.message.len() || details.len() < self.details.len();
        let flags = self.flags
            | if truncated {
                flag(at::FLAG_TRUNCATED)
            } else {
                0
            };
        let start = out.len();
        let length = self.length();
        out.extend_from_slice(&u32_bytes(length));
        out.extend_from_slice(&self.record_type.to_le_bytes());
        out.extend_from_slice(&[self.kind, flags]);
        out.extend_from_slice(&self.call_id.to_le_bytes());
        out.extend_from_slice(&self.grpc_code.to_le_bytes());
        out.extend_from_slice(&self.http_code.to_le_bytes());
        out.extend_from_slice(&self.downstream_http.to_le_bytes());
        out.extend_from_slice(&self.retry_delay_nanos.unwrap_or(-1).to_le_bytes());
        for duration in self.durations {
            out.extend_from_slice(&duration.to_le_bytes());
        }
        out.extend_from_slice(&self.attempts.to_le_bytes());
        out.extend_from_slice(&self.cause.to_le_bytes());
        out.extend_from_slice(&self.rejected_items.to_le_bytes());
        out.extend_from_slice(&u32_bytes(message.len()));
        out.extend_from_slice(&u32_bytes(details.len()));
        debug_assert_eq!(out.len() - start, at::FIXED_LENGTH);
        out.extend_from_slice(message.as_bytes());
        out.extend_from_slice(details.as_bytes());
        out.resize(start + length, 0);
    }

    /// Details are JSON, so they are kept whole or not at all.
    fn kept_details(&self) -> &str {
        if self.details.len() <= at::MAX_DETAILS_LENGTH {
            self.details
        } else {
            ""
        }
    }
}

/// A flag of the layout as the byte that holds it.
///
/// # Panics
/// If the flag does not fit a byte: at compile time, for a constant.
#[must_use]
pub const fn flag(value: usize) -> u8 {
    assert!(value <= 0xff);
    value as u8
}

fn u32_bytes(value: usize) -> [u8; 4] {
    u32::try_from(value).unwrap_or(u32::MAX).to_le_bytes()
}

fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_message_is_cut_at_a_character_and_marked() {
        let message = "é".repeat(at::MAX_MESSAGE_LENGTH);
        let record = Record {
            message: &message,
            ..Record::default()
        };
        let mut out = Vec::new();
        record.append(&mut out);
        assert_eq!(out.len(), record.length());
        assert_eq!(out[at::FLAGS_OFFSET], flag(at::FLAG_TRUNCATED));
        assert_eq!(out.len(), at::FIXED_LENGTH + at::MAX_MESSAGE_LENGTH);
    }

    #[test]
    fn details_are_kept_whole_or_left_out() {
        let details = "x".repeat(at::MAX_DETAILS_LENGTH + 1);
        let mut out = Vec::new();
        Record {
            details: &details,
            message: "m",
            ..Record::default()
        }
        .append(&mut out);
        assert_eq!(out.len(), at::FIXED_LENGTH + 8);
        assert_eq!(out[at::FLAGS_OFFSET], flag(at::FLAG_TRUNCATED));
    }

    #[test]
    fn fields_stand_at_their_offsets() {
        let mut out = Vec::new();
        Record {
            record_type: 1,
            kind: 5,
            call_id: 77,
            grpc_code: 8,
            http_code: 429,
            retry_delay_nanos: Some(1_500_000_000),
            message: "slow down",
            ..Record::default()
        }
        .append(&mut out);
        assert_eq!(out.len() % at::ALIGNMENT, 0);
        assert_eq!(out[at::KIND_OFFSET], 5);
        assert_eq!(out[at::CALL_ID_OFFSET], 77);
        assert_eq!(out[at::GRPC_CODE_OFFSET], 8);
        assert_eq!(
            &out[at::HTTP_CODE_OFFSET..at::HTTP_CODE_OFFSET + 2],
            429_u16.to_le_bytes()
        );
        assert_eq!(
            &out[at::RETRY_DELAY_NANOS_OFFSET..at::RETRY_DELAY_NANOS_OFFSET + 8],
            1_500_000_000_i64.to_le_bytes()
        );
        assert_eq!(&out[at::FIXED_LENGTH..at::FIXED_LENGTH + 9], b"slow down");
    }
}
