// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::validate;

const LIMIT: usize = 1 << 20;

fn convert(signal: Signal, json: &str) -> Result<Vec<u8>, Error> {
    json_to_protobuf(signal, json.as_bytes(), JsonMode::Strict, LIMIT)
}

/// Converts the members of a span.
fn span(members: &str) -> Result<Vec<u8>, Error> {
    span_in(members, JsonMode::Strict)
}

/// Converts the members of a span to the bytes of the span.
fn span_in(members: &str, mode: JsonMode) -> Result<Vec<u8>, Error> {
    let json = format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{{members}}}]}}]}}]}}"#);
    let bytes = json_to_protobuf(Signal::Traces, json.as_bytes(), mode, LIMIT)?;
    assert_eq!(
        validate(Signal::Traces, &bytes).map(|stats| stats.items),
        Ok(1)
    );
    assert!(bytes.len() < 100, "short enough for lengths of one byte");
    Ok(bytes[6..].to_vec())
}

fn reason(result: Result<Vec<u8>, Error>) -> String {
    result.expect_err("refused").to_string()
}

#[test]
fn defaults_are_not_written() {
    let members =
        r#""traceId":"","name":"","kind":0,"startTimeUnixNano":"0","flags":0,"attributes":[]"#;
    assert_eq!(span(members), Ok(vec![]));
}

#[test]
fn present_message_and_oneof_member_are_written() {
    assert_eq!(span(r#""status":{}"#), Ok(vec![0x7a, 0]));
    assert_eq!(
        span(r#""attributes":[{"value":{"intValue":0}}]"#),
        Ok(vec![0x4a, 4, 0x12, 2, 0x18, 0])
    );
    assert_eq!(
        span(r#""attributes":[{"value":{"boolValue":false}}]"#),
        Ok(vec![0x4a, 4, 0x12, 2, 0x10, 0])
    );
    assert_eq!(
        span(r#""attributes":[{"value":{"stringValue":""}}]"#),
        Ok(vec![0x4a, 4, 0x12, 2, 0x0a, 0])
    );
}

#[test]
fn last_of_several_values_wins() {
    assert_eq!(
        span(r#""name":"a","kind":1,"name":"b""#),
        Ok(vec![0x30, 1, 0x2a, 1, b'b'])
    );
    assert_eq!(span(r#""name":"a","name":"""#), Ok(vec![]));
    assert_eq!(span(r#""name":"a","name":null"#), Ok(vec![]));
    assert_eq!(span(r#""kind":1,"kind":2"#), Ok(vec![0x30, 2]));
    assert_eq!(
        span(r#""status":{"message":"m"},"status":{"code":1}"#),
        Ok(vec![0x7a, 2, 0x18, 1])
    );
    assert_eq!(
        span(r#""events":[{},{}],"name":"n","events":[{}]"#),
        Ok(vec![0x2a, 1, b'n', 0x5a, 0])
    );
}

#[test]
fn several_values_of_several_fields_are_told_apart() {
    let members =
        r#""name":"a","kind":1,"traceState":"t","kind":2,"name":"bb","traceState":"u","name":"c""#;
    assert_eq!(
        span(members),
        Ok(vec![0x30, 2, 0x1a, 1, b'u', 0x2a, 1, b'c'])
    );
}

#[test]
fn oneof_members_exclude_each_other() {
    let two = r#""attributes":[{"value":{"intValue":"5","stringValue":"x"}}]"#;
    assert_eq!(
        reason(span(two)),
        "resourceSpans[0].scopeSpans[0].spans[0].attributes[0].value.stringValue: \
         excludes another field that is present"
    );
    assert!(span(r#""attributes":[{"value":{"intValue":"5","stringValue":null}}]"#).is_ok());
    assert!(
        span(r#""attributes":[{"value":{"intValue":"5","intValue":null,"stringValue":"x"}}]"#)
            .is_ok()
    );
    assert!(span(r#""attributes":[{"value":{"intValue":"5","intValue":"6"}}]"#).is_ok());
}

#[test]
fn integers_have_ranges() {
    assert_eq!(span(r#""kind":-1"#).map(|bytes| bytes.len()), Ok(11));
    assert!(span(r#""kind":2147483648"#).is_err());
    assert_eq!(
        span(r#""flags":4294967295"#),
        Ok(vec![0x85, 1, 255, 255, 255, 255])
    );
    assert_eq!(span(r#""droppedLinksCount":"7""#), Ok(vec![0x70, 7]));
    assert_eq!(span(r#""droppedLinksCount":7.0"#), Ok(vec![0x70, 7]));
    for bad in [
        "4294967296",
        "-1",
        "1.5",
        "true",
        "{}",
        "[1]",
        "\"\"",
        "\"0x1\"",
        "\"7 \"",
    ] {
        assert!(
            span(&format!(r#""droppedLinksCount":{bad}"#)).is_err(),
            "{bad}"
        );
    }
    assert_eq!(
        span(r#""endTimeUnixNano":"\u0031""#),
        Ok(vec![0x41, 1, 0, 0, 0, 0, 0, 0, 0])
    );
}

#[test]
fn lists_of_numbers_are_packed() {
    let json = r#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"exponentialHistogram":{"dataPoints":[
        {"scale":-1,"positive":{"offset":1,"bucketCounts":["1",300,0]},"negative":{"bucketCounts":[]}}]}}]}]}]}"#;
    let bytes = convert(Signal::Metrics, json).expect("valid");
    assert_eq!(
        bytes[10..],
        [0x30, 1, 0x42, 8, 0x08, 2, 0x12, 4, 1, 0xac, 2, 0, 0x4a, 0]
    );
    assert!(convert(Signal::Metrics, &json.replace("300", "null")).is_err());
}

#[test]
fn optional_numbers_are_written_even_if_zero() {
    let json = r#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"histogram":{"dataPoints":[
        {"sum":0,"min":null,"count":"0"}]}}]}]}]}"#;
    let bytes = convert(Signal::Metrics, json).expect("valid");
    assert_eq!(bytes[10..], [0x29, 0, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn bytes_are_base64_of_either_alphabet() {
    let value = |text: &str| {
        span(&format!(
            r#""attributes":[{{"value":{{"bytesValue":"{text}"}}}}]"#
        ))
    };
    for text in ["+/+/", "-_-_"] {
        assert_eq!(
            value(text).map(|bytes| bytes[6..].to_vec()),
            Ok(vec![0xfb, 0xff, 0xbf]),
            "{text}"
        );
    }
    assert_eq!(value("AQ"), value("AQ=="));
    assert!(value("A").is_err());
    assert!(value("+_+_").is_err());
    assert!(value("AQ ==").is_err());
}

#[test]
fn lenient_accepts_names_in_snake_case_and_of_enum_values() {
    let members = r#""start_time_unix_nano":"1","kind":"SPAN_KIND_CLIENT","nope_a":1,"status":{"code":"STATUS_CODE_OK"}"#;
    let expected = vec![0x39, 1, 0, 0, 0, 0, 0, 0, 0, 0x30, 3, 0x7a, 2, 0x18, 1];
    assert_eq!(span_in(members, JsonMode::Lenient), Ok(expected));
    assert!(span(members).is_err());
    assert_eq!(
        span(r#""start_time_unix_nano":"1""#),
        Ok(vec![]),
        "an unknown name"
    );
    let both = r#""startTimeUnixNano":"2","start_time_unix_nano":null"#;
    assert_eq!(span_in(both, JsonMode::Lenient), Ok(vec![]));
}

#[test]
fn lenient_refuses_what_no_one_writes() {
    for members in [
        r#""kind":"CLIENT""#,
        r#""kind":"span_kind_client""#,
        r#""kind":"2""#,
        r#""kind":1.5"#,
    ] {
        assert!(span_in(members, JsonMode::Lenient).is_err(), "{members}");
    }
    for json in ["", "nul", "[]", "3", "\"x\"", "{\"resourceSpans\":[null]}"] {
        assert!(
            json_to_protobuf(Signal::Traces, json.as_bytes(), JsonMode::Lenient, LIMIT).is_err(),
            "{json}"
        );
    }
}

#[test]
fn lenient_accepts_null_and_trailing_text() {
    for json in ["null", "{} x", "{}{}", "{}\n"] {
        assert_eq!(
            json_to_protobuf(Signal::Logs, json.as_bytes(), JsonMode::Lenient, LIMIT),
            Ok(vec![]),
            "{json}"
        );
    }
}

#[test]
fn byte_order_mark_is_refused() {
    assert!(convert(Signal::Traces, "\u{feff}{}").is_err());
}

#[test]
fn errors_name_the_place_and_hide_the_payload() {
    let secret = "s3cret".repeat(20);
    assert_eq!(
        reason(span(&format!(
            r#""name":"n","attributes":[{{}},{{"key":["{secret}"]}}]"#
        ))),
        "resourceSpans[0].scopeSpans[0].spans[0].attributes[1].key: expected a string at line 1 column 80"
    );
    let error = reason(span(&format!(r#""traceId":"{secret}""#)));
    assert!(
        error.starts_with(
            "resourceSpans[0].scopeSpans[0].spans[0].traceId: not 32 hexadecimal digits"
        ),
        "{error}"
    );
    assert!(!error.contains(&secret), "{error}");
    assert!(!reason(span(&format!(r#""kind":"{secret}""#))).contains(&secret));
    assert!(!reason(span(&format!(r#""status":"{secret}""#))).contains(&secret));
    assert!(!reason(convert(Signal::Logs, &format!("\"{secret}\""))).contains(&secret));
    assert_eq!(
        reason(convert(Signal::Logs, "{} {")),
        "request: not JSON: trailing characters at line 1 column 4"
    );
    assert_eq!(
        reason(convert(Signal::Logs, r#"{"resourceLogs":{}}"#)),
        "resourceLogs: expected an array at line 1 column 18"
    );
}

#[test]
fn kinds_tell_failures_apart() {
    let kind = |json: &[u8]| {
        json_to_protobuf(Signal::Traces, json, JsonMode::Strict, LIMIT).map_err(|e| e.kind())
    };
    assert_eq!(kind(b"{"), Err(ErrorKind::Malformed));
    assert_eq!(kind(b"{]"), Err(ErrorKind::Malformed));
    assert_eq!(kind(b"{\"a\":\"\xff\"}"), Err(ErrorKind::Utf8));
    assert_eq!(kind(b"{\"resourceSpans\":1}"), Err(ErrorKind::Type));
    let limit = json_to_protobuf(
        Signal::Traces,
        b"{\"resourceSpans\":[{},{}]}",
        JsonMode::Strict,
        3,
    );
    assert_eq!(limit.map_err(|error| error.kind()), Err(ErrorKind::Size));
}

#[test]
fn nesting_is_limited_but_not_that_of_ignored_values() {
    let nested = |levels: usize| {
        let (open, close) = (
            r#"{"arrayValue":{"values":["#.repeat(levels),
            "]}}".repeat(levels),
        );
        let json = format!(
            r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{"body":{open}{{}}{close}}}]}}]}}]}}"#
        );
        convert(Signal::Logs, &json).map_err(|error| error.kind())
    };
    assert!(nested(39).is_ok());
    assert_eq!(nested(40), Err(ErrorKind::Depth));
    assert_eq!(nested(100_000), Err(ErrorKind::Depth));
    let deep = format!(
        r#"{{"nope":{}1{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert_eq!(convert(Signal::Logs, &deep), Ok(vec![]));
}

#[test]
fn long_messages_get_long_lengths() {
    let json = format!(
        r#"{{"resourceSpans":[{{"schemaUrl":"{}"}}]}}"#,
        "x".repeat(20_000)
    );
    let bytes = convert(Signal::Traces, &json).expect("valid");
    assert_eq!(bytes.len(), 20_000 + 4 + 4);
    assert_eq!(
        validate(Signal::Traces, &bytes).map(|stats| stats.items),
        Ok(0)
    );
}
