// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The cases of `otlp-http.json` whose outcome is decided by decoding.

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ferrule_otlp::{Error, ErrorKind, JsonMode, Signal, json_to_protobuf, validate};
use prost_reflect::Value as Field;
use serde_json::Value;

/// Fewest cases of the file that must have run.
const EXPECTED_CASES: usize = 65;

/// Strict answers 400 to these, lenient accepts them as the collector does.
const ONLY_LENIENT: [&str; 2] = ["H-json-null", "H-json-trailing"];

/// Cases with a body for which something other than decoding decides, by what decides.
const DECIDED_ELSEWHERE: [&str; 1] = ["H-pipelined"];

const LIMIT: usize = 64 << 20;

fn cases() -> Vec<Value> {
    let file: Value =
        serde_json::from_str(include_str!("vectors/otlp-http.json")).expect("vectors");
    file["cases"].as_array().expect("cases").clone()
}

fn signal(case: &Value) -> Option<Signal> {
    match case["request"]["path"].as_str()?.split('?').next()? {
        "/v1/traces" => Some(Signal::Traces),
        "/v1/metrics" => Some(Signal::Metrics),
        "/v1/logs" => Some(Signal::Logs),
        _ => None,
    }
}

/// Whether the body is JSON; nothing if it is of a type that is not decoded.
fn is_json(case: &Value) -> Option<bool> {
    match case["request"]["headers"]["Content-Type"]
        .as_str()?
        .split(';')
        .next()?
    {
        "application/json" => Some(true),
        "application/x-protobuf" => Some(false),
        _ => None,
    }
}

fn is_decided_by_decoding(case: &Value) -> bool {
    let id = case["id"].as_str().expect("id");
    matches!(case["expect"]["status"].as_u64(), Some(200 | 400))
        && case["request"]["method"] == "POST"
        && case["request"]["headers"]["Content-Encoding"].is_null()
        && case["config"]["pipelineOutcome"].is_null()
        && signal(case).is_some()
        && is_json(case).is_some()
        && !DECIDED_ELSEWHERE.contains(&id)
}

fn body(case: &Value) -> Vec<u8> {
    let body = &case["request"]["body"];
    if let Some(text) = body["text"].as_str() {
        return text.as_bytes().to_vec();
    }
    if let Some(base64) = body["base64"].as_str() {
        return STANDARD.decode(base64).expect("base64");
    }
    match body["generate"].as_str().expect("a body") {
        "AnyValue.array_value nested 200 levels in one attribute" => attribute_nested(200),
        "valid request of exactly maxBodyBytes bytes" => {
            request_of_size(case["config"]["maxBodyBytes"].as_u64().expect("limit") as usize)
        }
        "valid 63 MiB request" => request_of_size(63 << 20),
        other => panic!("cannot generate: {other}"),
    }
}

fn field(number: u8, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2];
    prost::encoding::encode_varint(value.len() as u64, &mut bytes);
    bytes.extend_from_slice(value);
    bytes
}

fn request_with_span(span: &[u8]) -> Vec<u8> {
    field(1, &field(2, &field(2, span)))
}

fn attribute_nested(levels: usize) -> Vec<u8> {
    let value = (0..levels).fold(field(1, b"x"), |value, _| field(5, &field(1, &value)));
    request_with_span(&field(9, &field(2, &value)))
}

/// Makes a request with one span whose name fills it up.
fn request_of_size(size: usize) -> Vec<u8> {
    let mut name = size - 20;
    loop {
        let request = request_with_span(&field(5, &vec![b'n'; name]));
        if request.len() == size {
            return request;
        }
        name += size - request.len();
    }
}

fn run(case: &Value, mode: JsonMode) -> Result<Vec<u8>, Error> {
    let (signal, body) = (signal(case).expect("signal"), body(case));
    let bytes = match is_json(case).expect("type") {
        true => json_to_protobuf(signal, &body, mode, LIMIT)?,
        false => body,
    };
    validate(signal, &bytes)?;
    Ok(bytes)
}

fn assert_parsed(id: &str, parsed: &Value, bytes: &[u8]) {
    let message = support::decode(Signal::Traces, bytes);
    for (name, expected) in parsed.as_object().into_iter().flatten() {
        let snake: String = name
            .chars()
            .map(|c| {
                if c.is_uppercase() {
                    format!("_{}", c.to_lowercase())
                } else {
                    c.to_string()
                }
            })
            .collect();
        let found = match support::at(
            &message,
            &format!("resource_spans.0.scope_spans.0.spans.0.{snake}"),
        ) {
            Field::Bytes(id) => hex::encode(id),
            Field::String(text) => text,
            Field::U64(number) => number.to_string(),
            Field::EnumNumber(number) => number.to_string(),
            other => panic!("{id}: {other:?}"),
        };
        let expected = expected
            .as_str()
            .map_or_else(|| expected.to_string(), str::to_owned);
        assert_eq!(found, expected, "{id}: {name}");
    }
}

#[test]
fn cases_get_their_status() {
    let mut ran = Vec::new();
    for case in cases().iter().filter(|case| is_decided_by_decoding(case)) {
        let id = case["id"].as_str().expect("id");
        for mode in [JsonMode::Strict, JsonMode::Lenient] {
            let accepted = case["expect"]["status"] == 200
                || (mode == JsonMode::Lenient && ONLY_LENIENT.contains(&id));
            match run(case, mode) {
                Ok(bytes) => {
                    assert!(accepted, "{id} in {mode:?} is accepted");
                    assert_parsed(id, &case["expect"]["parsed"], &bytes);
                }
                Err(error) => {
                    assert!(!accepted, "{id} in {mode:?}: {error}");
                    assert_ne!(error.kind(), ErrorKind::Size, "{id}");
                    let text = error.to_string();
                    assert!(
                        text.len() < 300 && !text.contains(char::is_control),
                        "{id}: {text}"
                    );
                    println!("{id} {mode:?}: {text}");
                }
            }
        }
        ran.push(id.to_owned());
    }
    println!("ran {} cases: {}", ran.len(), ran.join(" "));
    assert!(ran.len() >= EXPECTED_CASES, "only {} cases ran", ran.len());
}

#[test]
fn nesting_of_one_hundred_messages_is_accepted() {
    // Request, resource, scope, span, attribute and value are five levels below the request.
    let depth =
        |levels| validate(Signal::Traces, &attribute_nested(levels)).map_err(|error| error.kind());
    assert!(depth(47).is_ok());
    assert_eq!(depth(48), Err(ErrorKind::Depth));
}
