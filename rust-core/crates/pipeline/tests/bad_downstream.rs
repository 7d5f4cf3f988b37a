// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Downstreams that answer what they should not, and what the caller is told of it.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::Ordering;
use std::time::Duration;

use ferrule_context::{Error, ErrorKind, Outcome, Success};
use ferrule_pipeline::Submission;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use self::support::{BOTH, Downstream, End, Host, Protocol, Reply, client, submission};

const MIB: usize = 1 << 20;

fn once(protocol: Protocol, address: SocketAddr) -> (Outcome, Host) {
    let mut host = Host::start(protocol, address, client(protocol, json!({})));
    let outcome = host.run(1);
    host.poll_until_empty();
    (outcome, host)
}

fn outcome(protocol: Protocol, reply: Reply) -> Outcome {
    let downstream = Downstream::start(protocol, move || reply.clone());
    once(protocol, downstream.address).0
}

fn error_of(protocol: Protocol, reply: Reply) -> Error {
    outcome(protocol, reply).unwrap_err()
}

/// Kind, gRPC code, and whether the data may have arrived.
fn facts(error: &Error) -> (ErrorKind, u8, bool) {
    (
        error.kind,
        error.effective_grpc_code(),
        error.delivery_unknown,
    )
}

const LOST: (ErrorKind, u8, bool) = (ErrorKind::Retryable, 14, true);

#[test]
fn break_before_or_in_the_answer_may_be_tried_again() {
    for protocol in BOTH {
        let cut = Reply::ok(protocol, &[0x12; 100]).ending(End::Broken);
        for address in [
            Downstream::resetting(),
            Downstream::raw(b""),
            Downstream::raw(b"garbage\r\n\r\n"),
            Downstream::raw([0xff; 100]),
            Downstream::start(protocol, move || cut.clone()).address,
            Downstream::raw(
                "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\n\
                Content-Length: 9\r\n\r\n\n",
            ),
        ] {
            let (outcome, mut host) = once(protocol, address);
            let error = outcome.unwrap_err();
            assert_eq!(facts(&error), LOST, "{error:?}");
            assert!(!error.message.contains(&address.port().to_string()));
            while host.lines.is_empty() {
                host.poll();
            }
        }
    }
}

#[test]
fn nothing_listens() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    for protocol in BOTH {
        let (outcome, mut host) = once(protocol, address);
        let error = outcome.unwrap_err();
        assert_eq!(
            facts(&error),
            (ErrorKind::Retryable, 14, false),
            "{error:?}"
        );
        assert!(!error.message.contains(&address.port().to_string()));
        while host.lines.is_empty() {
            host.poll();
        }
    }
}

#[test]
fn downstream_recovers_on_a_new_connection() {
    for protocol in BOTH {
        let mut answers = 0;
        let downstream = Downstream::start(protocol, move || {
            answers += 1;
            let end = if answers == 1 {
                End::Broken
            } else {
                End::Whole
            };
            Reply::ok(protocol, b"").ending(end)
        });
        let mut host = Host::start(protocol, downstream.address, client(protocol, json!({})));
        assert_eq!(facts(&host.run(1).unwrap_err()), LOST);
        assert_eq!(host.run(2), Ok(Success::default()));
    }
}

/// Scenario: the downstream never answers, or never ends its answer.
/// Guarantees: the call ends with its deadline, and the request with it.
#[test]
fn answer_that_does_not_end_is_cut_by_the_deadline() {
    for protocol in BOTH {
        for reply in [
            Reply::Hang,
            Reply::ok(protocol, &[0x12; 100]).ending(End::Stalled),
            Reply::unavailable(protocol).ending(End::Stalled),
        ] {
            let downstream = Downstream::start(protocol, move || reply.clone());
            let more = client(protocol, json!({}));
            let mut host = Host::start(protocol, downstream.address, more);
            host.submit(Submission {
                time_left: Duration::from_millis(300),
                ..submission(1)
            });
            assert_eq!(host.outcome(1).0, Err(Error::timeout()));
            host.poll_until_empty();
        }
    }
}

#[test]
fn nanosecond_is_too_short_to_send_anything() {
    for protocol in BOTH {
        let downstream = Downstream::start(protocol, || Reply::Hang);
        let mut host = Host::start(protocol, downstream.address, json!({}));
        host.submit(Submission {
            time_left: Duration::from_nanos(1),
            ..submission(1)
        });
        assert_eq!(host.outcome(1).0, Err(Error::timeout()));
        host.poll_until_empty();
        assert!(downstream.is_idle());
    }
}

#[test]
fn answer_without_end_is_not_kept() {
    let block = vec![0x12; 16 << 10];
    for (protocol, reply) in [
        (
            Protocol::Grpc,
            Reply::grpc([&[0, 0xff, 0xff, 0xff, 0xff], &block[..]].concat(), vec![]),
        ),
        (
            Protocol::Http,
            Reply::http(200, "application/x-protobuf", &block),
        ),
        (Protocol::Http, Reply::http(400, "text/plain", &block)),
    ] {
        let reply = reply.ending(End::Endless);
        let downstream = Downstream::start(protocol, move || reply.clone());
        let error = once(protocol, downstream.address).0.unwrap_err();
        assert!(error.is_permanent(), "{error:?}");
        assert!(error.message.len() <= 1024, "{error}");
        // The answer may be 4 MiB; the rest is in the buffers of the sockets.
        let sent = downstream.sent.load(Ordering::Relaxed);
        assert!(sent < 32 * MIB, "{sent}");
    }
}

#[test]
fn compressed_answer_is_bounded_after_decompression() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![0; 64 * MIB]).unwrap();
    let bomb = encoder.finish().unwrap();
    let length = u32::try_from(bomb.len()).unwrap().to_be_bytes();
    for (protocol, reply) in [
        (
            Protocol::Grpc,
            Reply::grpc(
                [&[1], &length[..], &bomb].concat(),
                vec![("grpc-status", "0".to_owned())],
            )
            .leading("grpc-encoding", "gzip"),
        ),
        (
            Protocol::Http,
            Reply::http(200, "application/x-protobuf", &bomb).leading("content-encoding", "gzip"),
        ),
    ] {
        let error = error_of(protocol, reply);
        assert_eq!(
            (error.is_permanent(), error.effective_grpc_code()),
            (true, 13),
            "{error:?}"
        );
    }
}

#[test]
fn text_of_the_downstream_is_bounded_and_printable() {
    let nasty = format!("a\r\nb\u{1b}[31m\u{0}{}", "x".repeat(MIB));
    for content_type in ["text/plain", "application/json"] {
        let body = match content_type {
            "text/plain" => nasty.clone(),
            _ => json!({"message": nasty}).to_string(),
        };
        let error = error_of(
            Protocol::Http,
            Reply::http(400, content_type, body.as_bytes()),
        );
        assert_eq!(error.effective_grpc_code(), 3);
        assert!(error.message.len() <= 1024, "{error}");
        assert!(!error.message.contains(char::is_control), "{error}");
    }
    let encoded = format!("a%0D%0Ab%1B[31m%00{}", "x".repeat(8000));
    let error = error_of(Protocol::Grpc, Reply::code(3, &encoded));
    assert_eq!(error.effective_grpc_code(), 3);
    assert!(error.message.starts_with("a  b [31m x"), "{error}");
    assert_eq!(error.message.len(), 1024);
    // tonic panics over details that are no base64
    let details = Reply::code(3, "bad").header("grpc-status-details-bin", "!!");
    let error = error_of(Protocol::Grpc, details);
    assert_eq!((error.effective_grpc_code(), &*error.message), (3, "bad"));
}

#[test]
fn headers_without_bounds_lose_the_answer() {
    let huge = "y".repeat(MIB);
    let error = error_of(Protocol::Grpc, Reply::code(3, &huge));
    assert_eq!(facts(&error), LOST, "{error:?}");
    let address = Downstream::raw(format!("HTTP/1.1 400 Bad\r\nx-huge: {huge}\r\n\r\n"));
    let error = once(Protocol::Http, address).0.unwrap_err();
    assert_eq!(facts(&error), LOST, "{error:?}");
    let many = "x: y\r\n".repeat(10_000);
    let address = Downstream::raw(format!("HTTP/1.1 400 Bad\r\n{many}\r\n"));
    let error = once(Protocol::Http, address).0.unwrap_err();
    assert_eq!(facts(&error), LOST, "{error:?}");
}

#[test]
fn redirect_is_a_permanent_error() {
    for protocol in BOTH {
        let reply = Reply::http(307, "text/plain", b"").leading("location", "/v1/traces");
        let downstream = Downstream::start(protocol, move || reply.clone());
        let error = once(protocol, downstream.address).0.unwrap_err();
        assert_eq!(
            (error.kind, error.effective_grpc_code()),
            (ErrorKind::Permanent, 2)
        );
        let status = (protocol == Protocol::Http).then_some(307);
        assert_eq!(error.downstream_http_status, status);
        downstream.request();
        assert!(downstream.is_idle());
    }
}

#[test]
fn plain_forms_of_http_are_understood() {
    for answer in [
        "HTTP/1.0 200 OK\r\nContent-Type: application/x-protobuf\r\n\r\n",
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
        "HTTP/1.1 200 OK\r\nContent-Type: \u{fe}\r\nContent-Length: 6\r\n\r\n\0\0\0\0\0\0",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    ] {
        let (outcome, _) = once(Protocol::Http, Downstream::raw(answer));
        assert_eq!(outcome, Ok(Success::default()), "{answer}");
    }
}

#[test]
fn body_of_an_error_that_is_cut_or_nonsense_leaves_the_status() {
    let error = error_of(
        Protocol::Http,
        Reply::http(503, "application/x-protobuf", &[0xff; 10])
            .leading("retry-after", "7")
            .ending(End::Broken),
    );
    assert_eq!(
        (error.kind, error.downstream_http_status),
        (ErrorKind::Retryable, Some(503))
    );
    assert_eq!(error.retry_delay, Some(Duration::from_secs(7)));
    for body in ["{", "[]", "{\"message\":7,\"details\":\"x\"}", ""] {
        let reply = Reply::http(429, "application/json", body.as_bytes());
        let error = error_of(Protocol::Http, reply.leading("retry-after", "soon"));
        assert_eq!(error.kind, ErrorKind::ResourceExhausted, "{body}");
        assert_eq!(error.retry_delay, Some(Duration::from_secs(1)), "{body}");
    }
}

#[test]
fn success_that_cannot_be_read_is_permanent() {
    for reply in [
        Reply::http(200, "application/json", b"{\"partialSuccess\":"),
        Reply::http(200, "application/x-protobuf", b"plain").leading("content-encoding", "gzip"),
    ] {
        let error = error_of(Protocol::Http, reply);
        assert_eq!(
            (error.is_permanent(), error.effective_grpc_code()),
            (true, 13)
        );
    }
    let status = || vec![("grpc-status", "0".to_owned())];
    for body in [
        b"hello, world".to_vec(),
        Vec::new(),
        b"\0\0\0\0\x02\xff\xff".to_vec(),
        b"\0\0\0\0\x09\xff".to_vec(),
        [&b"\0\0\x50\0\0"[..], &vec![0; 5 * MIB]].concat(),
    ] {
        let error = error_of(Protocol::Grpc, Reply::grpc(body, status()));
        assert_eq!(
            (error.is_permanent(), error.effective_grpc_code()),
            (true, 13),
            "{error:?}"
        );
    }
}

#[test]
fn status_of_grpc_counts_wherever_it_stands() {
    let only = Reply::grpc(Vec::new(), Vec::new())
        .leading("grpc-status", "14")
        .leading("grpc-message", "later");
    let error = error_of(Protocol::Grpc, only);
    assert_eq!(
        (facts(&error), &*error.message),
        ((ErrorKind::Retryable, 14, false), "later")
    );
    let after_data = Reply::grpc(
        b"\0\0\0\0\0".to_vec(),
        vec![("grpc-status", "7".to_owned())],
    );
    assert_eq!(
        facts(&error_of(Protocol::Grpc, after_data)),
        (ErrorKind::Permanent, 7, false)
    );
    let nonsense = Reply::grpc(Vec::new(), vec![("grpc-status", "many".to_owned())]);
    assert_eq!(
        facts(&error_of(Protocol::Grpc, nonsense)),
        (ErrorKind::Permanent, 2, false)
    );
}

#[test]
fn missing_status_of_grpc_is_an_error() {
    for body in [b"\0\0\0\0\0".to_vec(), Vec::new()] {
        let error = error_of(Protocol::Grpc, Reply::grpc(body, Vec::new()));
        assert_eq!(facts(&error), (ErrorKind::Permanent, 2, true), "{error:?}");
    }
    for (status, kind, code) in [
        (200, ErrorKind::Permanent, 2),
        (503, ErrorKind::Retryable, 14),
        (429, ErrorKind::Retryable, 14),
        (401, ErrorKind::Permanent, 16),
        (404, ErrorKind::Permanent, 12),
        (500, ErrorKind::Permanent, 2),
    ] {
        let reply = Reply::http(status, "text/html", b"<html>");
        let error = error_of(Protocol::Grpc, reply);
        assert_eq!(facts(&error), (kind, code, false), "{status} {error:?}");
    }
}
