// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Answers that no downstream should give, from real servers.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ferrule_context::ErrorKind;

use self::support::{BOTH, Downstream, Host, Protocol, Reply, error_and_dropped, error_of, once};

const PROTOBUF: &str = "application/x-protobuf";

/// `google.rpc.Status` with these details.
fn status(details: &[(&str, &[u8])]) -> Vec<u8> {
    let mut status = Vec::new();
    for (name, value) in details {
        let any = prost_types::Any {
            type_url: format!("type.googleapis.com/{name}"),
            value: value.to_vec(),
        };
        prost::encoding::message::encode(3, &any, &mut status);
    }
    status
}

fn with_details(code: u8, details: &[(&str, &[u8])]) -> Reply {
    let details = STANDARD_NO_PAD.encode(status(details));
    Reply::code(code, "m").header("grpc-status-details-bin", &details)
}

/// `google.rpc.RetryInfo`
fn retry_info(seconds: i64) -> Vec<u8> {
    let mut info = Vec::new();
    let delay = prost_types::Duration { seconds, nanos: 0 };
    prost::encoding::message::encode(1, &delay, &mut info);
    info
}

#[test]
fn retry_at_once_is_a_delay_too() {
    for info in [retry_info(0), Vec::new()] {
        let error = error_of(
            Protocol::Grpc,
            with_details(8, &[("google.rpc.RetryInfo", &info)]),
        );
        assert_eq!(
            (error.kind, error.retry_delay),
            (ErrorKind::ResourceExhausted, Some(Duration::ZERO))
        );
        let body = status(&[("google.rpc.RetryInfo", &info)]);
        let error = error_of(Protocol::Http, Reply::http(429, PROTOBUF, &body));
        assert_eq!(error.retry_delay, Some(Duration::ZERO));
    }
    let reply = Reply::http(429, "text/plain", b"m").header("retry-after", "0");
    assert_eq!(
        error_of(Protocol::Http, reply).retry_delay,
        Some(Duration::ZERO)
    );
}

#[test]
fn delay_that_makes_no_sense_is_dropped_and_counted() {
    let reply = with_details(8, &[("google.rpc.RetryInfo", &retry_info(i64::MIN))]);
    let (error, dropped) = error_and_dropped(Protocol::Grpc, reply);
    assert_eq!(
        (error.kind, dropped),
        (ErrorKind::ResourceExhausted, 1.into())
    );
    // As if no delay had been named
    assert_eq!(error.retry_delay, Some(Duration::from_secs(1)));
    for value in ["-5", "soon", "1.5", "٣"] {
        let reply = Reply::http(503, "text/plain", b"m").header("retry-after", value);
        let (error, dropped) = error_and_dropped(Protocol::Http, reply);
        assert_eq!((error.retry_delay, dropped), (None, 1.into()), "{value}");
    }
}

#[test]
fn huge_delay_is_bounded() {
    let most = Some(Duration::from_secs(0x7fff_ffff));
    for code in [8, 14] {
        let reply = with_details(code, &[("google.rpc.RetryInfo", &retry_info(i64::MAX))]);
        let (error, dropped) = error_and_dropped(Protocol::Grpc, reply);
        assert_eq!((error.retry_delay, dropped), (most, 0.into()));
    }
    let digits = "9".repeat(200);
    let reply = Reply::http(503, "text/plain", b"m").header("retry-after", &digits);
    assert_eq!(error_of(Protocol::Http, reply).retry_delay, most);
}

/// tonic takes it for UNKNOWN, and the data would be lost.
#[test]
fn message_that_is_no_utf8_keeps_its_code() {
    for code in [3, 14] {
        let error = error_of(Protocol::Grpc, Reply::code(code, "caf%E9 %80%0D%0A"));
        assert_eq!(error.effective_grpc_code(), code);
        assert_eq!(error.message, "caf\u{fffd} \u{fffd}  ");
    }
    let error = error_of(Protocol::Http, Reply::http(503, "text/plain", b"caf\xe9"));
    assert_eq!(error.message, "caf\u{fffd}");
}

#[test]
fn unknown_code_is_permanent() {
    for code in ["17", "99", "-1", "4294967310", "x", ""] {
        let trailers = vec![("grpc-status", code.to_owned())];
        let error = error_of(Protocol::Grpc, Reply::grpc(Vec::new(), trailers));
        assert_eq!(
            (error.kind, error.effective_grpc_code()),
            (ErrorKind::Permanent, 2),
            "{code}"
        );
        assert_eq!(error.message, "the downstream refused the data");
    }
}

#[test]
fn status_that_is_none_goes_no_further() {
    for status in [600, 999] {
        let error = error_of(Protocol::Http, Reply::http(status, "text/plain", b""));
        assert_eq!(
            (error.kind, error.effective_grpc_code()),
            (ErrorKind::Permanent, 2)
        );
        assert_eq!(error.downstream_http_status, None);
    }
}

#[test]
fn details_that_cannot_be_read_are_counted_and_the_code_stays() {
    for garbage in ["!!", "_w==", "/w"] {
        let reply = Reply::code(14, "busy").header("grpc-status-details-bin", garbage);
        let (error, dropped) = error_and_dropped(Protocol::Grpc, reply);
        assert_eq!(
            (error.kind, &*error.message),
            (ErrorKind::Retryable, "busy")
        );
        assert_eq!(dropped, 1, "{garbage}");
    }
    for (content_type, body) in [(PROTOBUF, &b"\xff"[..]), ("application/json", b"{\"mess")] {
        let (error, dropped) =
            error_and_dropped(Protocol::Http, Reply::http(503, content_type, body));
        assert_eq!((error.kind, dropped), (ErrorKind::Retryable, 1.into()));
    }
}

#[test]
fn details_beyond_the_limit_are_left_out_whole_and_counted() {
    let large = vec![7; 10 << 10];
    let body = status(&[("a", &large), ("b", &large), ("c", &[1])]);
    let (error, dropped) = error_and_dropped(Protocol::Http, Reply::http(400, PROTOBUF, &body));
    let json: serde_json::Value = serde_json::from_str(&error.details_json().unwrap()).unwrap();
    assert_eq!(
        (json["details"].as_array().unwrap().len(), dropped),
        (2, 1.into())
    );
    assert_eq!(
        (&json["source"], &json["operation"]),
        (&"http".into(), &"export".into())
    );
}

#[test]
fn message_does_not_tell_where_the_downstream_is() {
    for protocol in BOTH {
        let address = Arc::new(OnceLock::new());
        let told = Arc::clone(&address);
        let mut requests = 0;
        let downstream = Downstream::start(protocol, move || {
            requests += 1;
            let address = told.get().unwrap();
            let text =
                format!("no: http://{address}/v1/traces, {address}; see http://docs.example");
            match (protocol, requests) {
                (Protocol::Grpc, 1) => Reply::code(3, &text),
                (Protocol::Http, 1) => Reply::http(400, "text/plain", text.as_bytes()),
                _ => {
                    let partial = [&[0x12, text.len() as u8], text.as_bytes()].concat();
                    let response = [&[0x0a, partial.len() as u8], &partial[..]].concat();
                    Reply::ok(protocol, &response)
                }
            }
        });
        address.set(downstream.address.to_string()).unwrap();
        let mut host = Host::start(protocol, downstream.address, once());
        let expected = "no: (address), (address); see http://docs.example";
        assert_eq!(host.run(1).unwrap_err().message, expected);
        assert_eq!(host.run(2).unwrap().message.as_deref(), Some(expected));
    }
}
