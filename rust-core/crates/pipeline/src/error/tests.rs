// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Answers of downstreams, over gRPC and HTTP.

use std::time::Duration;

use ferrule_context::{Error, ErrorKind};
use prost::Message as _;
use serde_json::{Value, json};

use super::grpc::error_of_parts;
use super::http::error_of_http;
use super::operation::EXPORT;
use super::rpc_status::{DownstreamStatus, RETRY_INFO, RetryInfo, RpcStatus, json_duration};
use crate::test_vectors;

fn status(message: &str, details: Vec<(&str, Vec<u8>)>) -> Vec<u8> {
    RpcStatus {
        message: message.as_bytes().to_vec(),
        details: details
            .into_iter()
            .map(|(name, value)| prost_types::Any {
                type_url: format!("type.googleapis.com/{name}"),
                value,
            })
            .map(|any| any.encode_to_vec())
            .collect(),
    }
    .encode_to_vec()
}

fn retry_info(seconds: i64, nanos: i32) -> (&'static str, Vec<u8>) {
    let info = RetryInfo {
        retry_delay: Some(prost_types::Duration { seconds, nanos }),
    };
    (RETRY_INFO, info.encode_to_vec())
}

#[test]
fn http_vectors() {
    let mut successes = 0;
    for (id, case) in test_vectors::section("httpToGrpc") {
        let status = case["httpStatus"].as_u64().unwrap() as u16;
        if ::http::StatusCode::from_u16(status).unwrap().is_success() {
            assert_eq!(case["success"], true, "{id}");
            successes += 1;
            continue;
        }
        let error = error_of_http(status, DownstreamStatus::default());
        let code = json!(error.effective_grpc_code());
        assert_eq!(code, case["chosenGrpcCode"], "{id}");
        assert_eq!(json!(error.is_permanent()), case["permanent"], "{id}");
        let kind = error.kind.name().to_uppercase();
        assert_eq!(json!(kind), case["chosenKind"], "{id}");
        assert_eq!(error.downstream_http_status, Some(status), "{id}");
        assert_eq!((error.origin, error.operation), ("http", EXPORT), "{id}");
    }
    assert_eq!(successes, 2);
}

#[test]
fn what_is_no_status_is_permanent_and_goes_no_further() {
    for status in [0, 99, 600, 999] {
        let error = error_of_http(status, DownstreamStatus::default());
        assert_eq!(
            (error.kind, error.effective_grpc_code()),
            (ErrorKind::Permanent, 2)
        );
        assert_eq!(error.downstream_http_status, None);
        assert!(error.message.ends_with(&status.to_string()));
    }
}

#[test]
fn grpc_codes_keep_their_number() {
    for code in 1..=16 {
        let error = error_of_parts(code, "m", &[]);
        let retryable = matches!(code, 1 | 4 | 10 | 11 | 14 | 15);
        assert_eq!(error.effective_grpc_code(), code);
        assert_eq!(error.is_permanent(), !retryable, "{code}");
    }
}

#[test]
fn retry_info_keeps_its_precision() {
    for (seconds, nanos, millis) in [
        (7, 0, 7000),
        (1, 500_000_000, 1500),
        (0, 400_000_000, 400),
        (0, 0, 0),
        (i64::MAX, 999_999_999, 0x7fff_ffff * 1000),
    ] {
        let details = status("throttled", vec![retry_info(seconds, nanos)]);
        for code in [8, 14] {
            let error = error_of_parts(code, "throttled", &details);
            assert_eq!(error.retry_delay, Some(Duration::from_millis(millis)));
            assert_eq!(
                (error.effective_grpc_code(), error.is_permanent()),
                (code, false)
            );
        }
    }
    let permanent = error_of_parts(3, "no", &status("no", vec![retry_info(7, 0)]));
    assert_eq!(permanent.retry_delay, None);
}

/// Exhaustion with RetryInfo may be retried, whatever the delay; one that makes no sense is
/// thrown away and counted.
#[test]
fn retry_info_that_makes_no_sense_is_retry_info_all_the_same() {
    for (seconds, nanos) in [
        (-3, 0),
        (i64::MIN, 0),
        (1, -1),
        (1, i32::MAX),
        (0, 1_000_000_000),
    ] {
        let details = status("m", vec![retry_info(seconds, nanos)]);
        for (code, kind) in [
            (8, ErrorKind::ResourceExhausted),
            (14, ErrorKind::Retryable),
        ] {
            let error = error_of_parts(code, "m", &details);
            assert_eq!(
                (error.kind, error.retry_delay),
                (kind, None),
                "{seconds} {nanos}"
            );
            assert_eq!((error.left_out(), error.effective_grpc_code()), (1, code));
        }
    }
    let garbage = error_of_parts(8, "m", &status("m", vec![(RETRY_INFO, vec![0xff])]));
    assert_eq!(
        (garbage.kind, garbage.retry_delay),
        (ErrorKind::ResourceExhausted, None)
    );
}

#[test]
fn retry_info_without_a_delay_means_now() {
    let details = status("m", vec![(RETRY_INFO, Vec::new())]);
    assert_eq!(
        error_of_parts(8, "m", &details).retry_delay,
        Some(Duration::ZERO)
    );
    let body = br#"{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo"}]}"#;
    assert_eq!(
        error_of_http(429, DownstreamStatus::from_json(body)).retry_delay,
        Some(Duration::ZERO)
    );
}

#[test]
fn delay_in_json_is_read_to_the_nanosecond() {
    for (text, delay) in [
        ("0s", Some(Duration::ZERO)),
        ("1.000000001s", Some(Duration::new(1, 1))),
        ("0.5s", Some(Duration::from_millis(500))),
        ("99999999999999999999s", Some(Error::LONGEST_DELAY)),
        ("-1s", None),
        ("+1s", None),
        ("NaNs", None),
        ("infs", None),
        ("1e3s", None),
        ("1.s", None),
        (".5s", None),
        ("1.0000000001s", None),
        ("1", None),
        ("s", None),
        ("", None),
    ] {
        assert_eq!(json_duration(text), delay, "{text}");
    }
}

#[test]
fn one_bad_part_does_not_take_the_others_with_it() {
    let any = |type_url: &[u8]| [&[0x0a, u8::try_from(type_url.len()).unwrap()], type_url].concat();
    let retry_info = prost_types::Any {
        type_url: format!("type.googleapis.com/{RETRY_INFO}"),
        value: retry_info(2, 0).1,
    };
    let details = RpcStatus {
        message: b"caf\xe9".to_vec(),
        details: vec![
            any(b"\xff\xfe"),
            vec![0xff; 9],
            retry_info.encode_to_vec(),
            any(b"a"),
        ],
    }
    .encode_to_vec();
    let error = error_of_http(503, DownstreamStatus::from_protobuf(&details));
    assert_eq!((&*error.message, error.left_out()), ("caf\u{fffd}", 2));
    assert_eq!(error.retry_delay, Some(Duration::from_secs(2)));
    assert_eq!(
        error.details.unwrap().elements(),
        r#"{"@type":"a","value":""}"#
    );
    let error = error_of_http(
        503,
        DownstreamStatus::from_json(b"{\"message\":\"caf\xe9\",\"details\":[3]}"),
    );
    assert_eq!((&*error.message, error.left_out()), ("caf\u{fffd}", 1));
}

#[test]
fn details_beyond_the_limit_are_left_out_whole() {
    let large = vec![7; 10 << 10];
    let details = status(
        "m",
        vec![("a", large.clone()), ("b", large), ("c", vec![1])],
    );
    let error = error_of_parts(14, "m", &details);
    assert_eq!(error.left_out(), 1);
    let json: Value = serde_json::from_str(&error.details_json().unwrap()).unwrap();
    let types: Vec<_> = json["details"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["@type"])
        .collect();
    assert_eq!(types, ["type.googleapis.com/a", "type.googleapis.com/c"]);
    assert_eq!(
        (&json["source"], &json["operation"]),
        (&"grpc".into(), &"export".into())
    );
}

/// Bytes like those of a status, with some of them replaced.
#[test]
fn nothing_that_a_downstream_sends_is_too_much() {
    let mut random = fastrand::Rng::with_seed(11);
    let protobuf = status(
        "slow",
        vec![retry_info(7, 5), ("google.rpc.ErrorInfo", vec![1, 2, 3])],
    );
    let json = br#"{"code":8,"message":"slow","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.5s"},{"@type":"a","x":[1]}]}"#;
    for (good, read) in [
        (
            &protobuf[..],
            DownstreamStatus::from_protobuf as fn(&[u8]) -> DownstreamStatus,
        ),
        (&json[..], DownstreamStatus::from_json),
    ] {
        for _ in 0..50_000 {
            let mut bytes = good.to_vec();
            for _ in 0..random.usize(1..6) {
                let at = random.usize(..bytes.len());
                bytes[at] = random.u8(..);
            }
            bytes.truncate(random.usize(1..=bytes.len() * 2).min(bytes.len()));
            let answer = read(&bytes);
            assert!(
                answer
                    .retry_delay
                    .is_none_or(|delay| delay <= Error::LONGEST_DELAY)
            );
            let error = error_of_http(429, answer);
            assert!(error.message.chars().all(|c| !c.is_control()), "{error}");
            let json = error.details_json().unwrap();
            assert!(serde_json::from_str::<Value>(&json).unwrap()["source"] == "http");
        }
    }
}

#[test]
fn other_details_go_on_as_they_are() {
    let details = status(
        "no",
        vec![("google.rpc.ErrorInfo", vec![1, 2, 3]), retry_info(1, 0)],
    );
    let error = error_of_parts(3, "no", &details);
    assert_eq!(
        error.details_json().as_deref(),
        Some(
            r#"{"details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","value":"AQID"}],"source":"grpc","operation":"export"}"#
        )
    );
}

#[test]
fn status_in_json_says_the_same() {
    let body = br#"{"code":8,"message":"slow\ndown","details":[
        {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.5s"}]}"#;
    let error = error_of_http(429, DownstreamStatus::from_json(body));
    assert_eq!(error.kind, ErrorKind::ResourceExhausted);
    assert_eq!(error.retry_delay, Some(Duration::from_millis(1500)));
    assert_eq!((&*error.message, error.details), ("slow down", None));
}

#[test]
fn garbage_says_nothing() {
    for bytes in [&b""[..], b"\xff\xff", b"<html>", b"[]", b"{\"message\":3}"] {
        for answer in [
            DownstreamStatus::from_protobuf(bytes),
            DownstreamStatus::from_json(bytes),
        ] {
            let error = error_of_http(503, answer);
            assert_eq!(
                error.message,
                "the downstream answered with HTTP status 503"
            );
        }
    }
}
