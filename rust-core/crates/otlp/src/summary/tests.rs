// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{JsonMode, json_to_protobuf};

fn line(signal: Signal, json: &str) -> String {
    let bytes =
        json_to_protobuf(signal, json.as_bytes(), JsonMode::Strict, 1 << 20).expect("valid JSON");
    summarize(signal, &bytes).to_string()
}

const RESOURCE: &str = r#""resource":{"attributes":[{"key":"a"},{"key":"service.name","value":{"stringValue":"checkout"}}]}"#;

#[test]
fn traces_show_names_kinds_and_durations() {
    let json = format!(
        r#"{{"resourceSpans":[{{{RESOURCE},"scopeSpans":[{{"spans":[
            {{"name":"GET /cart","kind":2,"startTimeUnixNano":"1000000","endTimeUnixNano":"13345678"}},
            {{"name":"db.query","kind":3,"startTimeUnixNano":5,"endTimeUnixNano":4}}]}},
            {{"spans":[{{"kind":77}},{{}},{{}}]}}]}}]}}"#
    );
    assert_eq!(
        line(Signal::Traces, &json),
        "traces: 5 spans in 2 scopes of 1 resource (service.name=checkout); \
         \"GET /cart\" SERVER 12.3ms, \"db.query\" CLIENT, \"\" UNKNOWN, ... 2 more"
    );
}

#[test]
fn metrics_show_names_kinds_and_points() {
    let json = format!(
        r#"{{"resourceMetrics":[{{{RESOURCE},"scopeMetrics":[{{"metrics":[
            {{"name":"m1","gauge":{{"dataPoints":[{{}},{{}}]}}}},
            {{"name":"m2","exponentialHistogram":{{"dataPoints":[{{}}]}}}},
            {{"name":"m3"}}]}}]}}]}}"#
    );
    assert_eq!(
        line(Signal::Metrics, &json),
        "metrics: 3 points of 3 metrics in 1 scope of 1 resource (service.name=checkout); \
         \"m1\" gauge 2 points, \"m2\" exponentialHistogram 1 point, \"m3\" without data 0 points"
    );
}

#[test]
fn logs_show_severity_and_body() {
    let json = r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[
        {"severityNumber":9,"body":{"stringValue":"paid\nok"}},
        {"severityText":"notice","body":{"intValue":-3}},
        {"severityNumber":18}]}]}]}"#;
    assert_eq!(
        line(Signal::Logs, json),
        "logs: 3 records in 1 scope of 1 resource; INFO \"paid\u{fffd}ok\", notice -3, ERROR2 without body"
    );
}

#[test]
fn bodies_of_each_type_are_shown() {
    for (body, shown) in [
        (r#"{"boolValue":true}"#, "true"),
        (r#"{"doubleValue":1.5}"#, "1.5"),
        (r#"{"doubleValue":"NaN"}"#, "NaN"),
        (r#"{"arrayValue":{"values":[{},{}]}}"#, "[2 values]"),
        (r#"{"kvlistValue":{"values":[{}]}}"#, "{1 key}"),
        (r#"{"bytesValue":"AQID"}"#, "<3 bytes>"),
        ("{}", "empty body"),
    ] {
        let json = format!(
            r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{"body":{body}}}]}}]}}]}}"#
        );
        assert_eq!(
            line(Signal::Logs, &json),
            format!("logs: 1 record in 1 scope of 1 resource; UNSPECIFIED {shown}")
        );
    }
}

#[test]
fn empty_request_is_shown() {
    assert_eq!(
        summarize(Signal::Traces, &[]).to_string(),
        "traces: 0 spans in 0 scopes of 0 resources"
    );
}

#[test]
fn line_is_bounded() {
    let name = "😀".repeat(5000);
    let span = format!(r#"{{"name":"{name}"}}"#);
    let spans = vec![span; 10].join(",");
    let service = RESOURCE.replace("checkout", &name);
    let json =
        format!(r#"{{"resourceSpans":[{{{service},"scopeSpans":[{{"spans":[{spans}]}}]}}]}}"#);
    let line = line(Signal::Traces, &json);
    assert!(line.len() <= MAX_BYTES + 3 && line.ends_with('…'), "{line}");
}

#[test]
fn odd_bytes_are_passed_over() {
    assert_eq!(
        summarize(Signal::Traces, &[10, 6, 18, 4, 18, 2, 0x2a, 9, 0xff]).to_string(),
        "traces: 1 span in 1 scope of 1 resource; \"\" UNSPECIFIED"
    );
}
