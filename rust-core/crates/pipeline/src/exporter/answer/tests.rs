// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

use super::*;

fn status(message: &str, details: Vec<(&str, Vec<u8>)>) -> Vec<u8> {
    RpcStatus {
        message: message.to_owned(),
        details: details
            .into_iter()
            .map(|(name, value)| prost_types::Any {
                type_url: format!("type.googleapis.com/{name}"),
                value,
            })
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
    let file = include_str!(
        "../../../../../../autoconfigure/src/test/resources/semantics/error-mapping.json"
    );
    let vectors: Value = serde_json::from_str(file).unwrap();
    for case in vectors["httpToGrpc"].as_array().unwrap() {
        if case["success"] == true {
            continue;
        }
        let status = case["httpStatus"].as_u64().unwrap() as u16;
        let error = of_http(status, &Said::default());
        assert_eq!(
            json!(error.effective_grpc_code()),
            case["chosenGrpcCode"],
            "{status}"
        );
        assert_eq!(json!(error.is_permanent()), case["permanent"], "{status}");
        assert_eq!(
            json!(error.kind.name().to_uppercase()),
            case["chosenKind"],
            "{status}"
        );
        assert_eq!(error.downstream_http_status, Some(status));
    }
}

#[test]
fn grpc_codes_keep_their_number() {
    for code in 1..=16 {
        let error = of_grpc(code, "m", &[]);
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
        (-3, 0, 0),
    ] {
        let details = status("throttled", vec![retry_info(seconds, nanos)]);
        for code in [8, 14] {
            let error = of_grpc(code, "throttled", &details);
            assert_eq!(error.retry_delay, Some(Duration::from_millis(millis)));
            assert_eq!(
                (error.effective_grpc_code(), error.is_permanent()),
                (code, false)
            );
        }
    }
    let permanent = of_grpc(3, "no", &status("no", vec![retry_info(7, 0)]));
    assert_eq!(permanent.retry_delay, None);
}

#[test]
fn other_details_go_on_as_they_are() {
    let details = status(
        "no",
        vec![("google.rpc.ErrorInfo", vec![1, 2, 3]), retry_info(1, 0)],
    );
    let error = of_grpc(3, "no", &details);
    assert_eq!(
        error.details.as_deref(),
        Some(
            r#"{"details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","value":"AQID"}]}"#
        )
    );
}

#[test]
fn status_in_json_says_the_same() {
    let body = br#"{"code":8,"message":"slow\ndown","details":[
        {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.5s"}]}"#;
    let error = of_http(429, &Said::from_json(body));
    assert_eq!(error.kind, ErrorKind::ResourceExhausted);
    assert_eq!(error.retry_delay, Some(Duration::from_millis(1500)));
    assert_eq!((&*error.message, error.details), ("slow down", None));
}

#[test]
fn garbage_says_nothing() {
    for bytes in [&b""[..], b"\xff\xff", b"<html>", b"[]", b"{\"message\":3}"] {
        for said in [Said::from_protobuf(bytes), Said::from_json(bytes)] {
            let error = of_http(503, &said);
            assert_eq!(
                error.message,
                "the downstream answered with HTTP status 503"
            );
        }
    }
}

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
}
