// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Details of a downstream's answer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Longest type of a detail, in bytes.
const MOST_TYPE: usize = 512;

/// Details of a `google.rpc.Status` as JSON, within a limit: what does not fit is left out whole,
/// and counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// JSON objects, separated by commas.
    elements: String,
    left_out: u32,
}

impl Details {
    /// Most bytes of all details together, as JSON.
    pub const MOST_BYTES: usize = 15 << 10;

    /// Adds a message that is known as protobuf only, as its type and, in base64, its bytes.
    pub fn push_protobuf(&mut self, type_url: &str, value: &[u8]) {
        // Base64 is longer than what it holds, so that more need not be encoded
        if type_url.len() > MOST_TYPE || value.len() > Self::MOST_BYTES {
            return self.leave_out();
        }
        self.push(&json!({"@type": type_url, "value": STANDARD.encode(value)}));
    }

    /// Adds a message in the JSON mapping of protobuf: an object that names its type in `@type`
    /// ("ProtoJSON format", `Any`). Others are left out.
    pub fn push_json(&mut self, detail: &Value) {
        if detail["@type"].is_string() {
            self.push(detail);
        } else {
            self.leave_out();
        }
    }

    /// Counts a part of the answer that cannot be passed on.
    pub fn leave_out(&mut self) {
        self.left_out = self.left_out.saturating_add(1);
    }

    /// How many parts of the answer cannot be passed on.
    #[must_use]
    pub fn left_out(&self) -> u32 {
        self.left_out
    }

    /// The elements of a JSON array, without its brackets.
    #[must_use]
    pub fn elements(&self) -> &str {
        &self.elements
    }

    fn push(&mut self, element: &Value) {
        let element = element.to_string();
        let comma = usize::from(!self.elements.is_empty());
        if self.elements.len() + comma + element.len() > Self::MOST_BYTES {
            return self.leave_out();
        }
        if comma > 0 {
            self.elements.push(',');
        }
        self.elements.push_str(&element);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_in_both_forms() {
        let mut details = Details::default();
        details.push_protobuf("type.googleapis.com/a.B", &[1, 2, 3]);
        details.push_json(&json!({"@type": "type.googleapis.com/a.C", "x": "\u{1}\"ü"}));
        let expected = r#"{"@type":"type.googleapis.com/a.B","value":"AQID"},{"@type":"type.googleapis.com/a.C","x":"\u0001\"ü"}"#;
        assert_eq!(details.elements(), expected);
        assert_eq!(details.left_out(), 0);
    }

    #[test]
    fn what_does_not_fit_is_left_out_whole_and_counted() {
        let mut details = Details::default();
        details.push_protobuf("a", &vec![0; 1 << 20]);
        details.push_protobuf(&"a".repeat(1 << 20), &[]);
        details.push_protobuf("a", &vec![0; 9 << 10]);
        details.push_protobuf("b", &vec![0; 9 << 10]);
        details.push_protobuf("c", &[]);
        assert_eq!(details.left_out(), 3);
        assert!(details.elements().len() <= Details::MOST_BYTES);
        let whole: Value = serde_json::from_str(&format!("[{}]", details.elements())).unwrap();
        assert_eq!(
            (&whole[0]["@type"], &whole[1]["@type"]),
            (&"a".into(), &"c".into())
        );
    }

    #[test]
    fn what_names_no_type_is_no_detail() {
        let mut details = Details::default();
        for detail in [
            json!(3),
            json!({}),
            json!({"@type": 3}),
            json!([]),
            Value::Null,
        ] {
            details.push_json(&detail);
        }
        assert_eq!((details.elements(), details.left_out()), ("", 5));
    }
}
