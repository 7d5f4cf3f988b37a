// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Successes of a downstream.

use ferrule_context::{Error, Success};
use prost::Message;
use serde_json::{Map, Value};

use crate::error::operation::EXPORT;
use crate::text::clean;

/// The answer to any signal; the fields have the same numbers in all three.
#[derive(Clone, PartialEq, Message)]
struct ExportResponse {
    #[prost(message, optional, tag = "1")]
    partial_success: Option<PartialSuccess>,
}

/// The part that the downstream did not take.
#[derive(Clone, PartialEq, Message)]
struct PartialSuccess {
    #[prost(int64, tag = "1")]
    rejected: i64,
    #[prost(string, tag = "2")]
    error_message: String,
}

/// A success, with what the downstream did not take of it.
pub(super) fn success(rejected_items: i64, message: &str) -> Success {
    Success {
        rejected_items: rejected_items.max(0),
        message: (!message.is_empty()).then(|| clean(message).into()),
    }
}

/// Reads the answer to an export; none if it is no such answer.
pub(super) fn success_from_protobuf(bytes: &[u8]) -> Option<Success> {
    let response = ExportResponse::decode(bytes).ok()?;
    let partial = response.partial_success.unwrap_or_default();
    Some(success(partial.rejected, &partial.error_message))
}

/// As [`success_from_protobuf`], in JSON.
pub(super) fn success_from_json(bytes: &[u8]) -> Option<Success> {
    let response: Map<String, Value> = serde_json::from_slice(bytes).ok()?;
    let Some(partial) = response.get("partialSuccess") else {
        return Some(Success::default());
    };
    // 64-bit numbers are strings in JSON, but not everybody knows
    let rejected = ["rejectedSpans", "rejectedDataPoints", "rejectedLogRecords"]
        .into_iter()
        .filter_map(|name| match partial.get(name)? {
            Value::String(text) => text.parse().ok(),
            number => number.as_i64(),
        })
        .fold(0, i64::saturating_add);
    let message = partial.get("errorMessage").and_then(Value::as_str);
    Some(success(rejected, message.unwrap_or_default()))
}

/// The downstream said that it has the data, but not in a way that can be read; sending it again
/// would duplicate it.
pub(super) fn unreadable() -> Error {
    Error::permanent("the downstream took the data, but its answer cannot be read").during(EXPORT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_success_in_both_forms() {
        let expected = success(3, "bad spans");
        let bytes = ExportResponse {
            partial_success: Some(PartialSuccess {
                rejected: 3,
                error_message: "bad spans".to_owned(),
            }),
        }
        .encode_to_vec();
        assert_eq!(success_from_protobuf(&bytes), Some(expected.clone()));
        let json = br#"{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"bad spans"}}"#;
        assert_eq!(success_from_json(json), Some(expected));
        assert_eq!(success_from_protobuf(b""), Some(Success::default()));
        assert_eq!(success_from_json(b"{}"), Some(Success::default()));
        assert_eq!(success_from_protobuf(b"\xff"), None);
        assert_eq!(success_from_json(b"nonsense"), None);
        let json =
            br#"{"partialSuccess":{"rejectedSpans":"9223372036854775807","rejectedLogRecords":1}}"#;
        assert_eq!(success_from_json(json), Some(success(i64::MAX, "")));
        assert_eq!(success(-5, ""), Success::default());
    }
}
