// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The exporters against real servers: what goes out, what comes back, and what ends it.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::io::Read as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ferrule_context::{CancelCause, Error, ErrorKind, Success};
use ferrule_pipeline::Submission;
use flate2::read::GzDecoder;
use prost::Message as _;
use serde_json::json;

use self::support::{
    BOTH, Downstream, Host, Protocol, Reply, TRACES, client, error_of, once, submission,
};

/// `google.rpc.Status` with RetryInfo of 1.5 s and an ErrorInfo of three bytes.
fn details() -> String {
    let any = |name: &str, value: &[u8]| {
        let any = prost_types::Any {
            type_url: format!("type.googleapis.com/google.rpc.{name}"),
            value: value.to_vec(),
        };
        let bytes = any.encode_to_vec();
        [&[0x1a, u8::try_from(bytes.len()).unwrap()], &bytes[..]].concat()
    };
    let delay = prost_types::Duration {
        seconds: 1,
        nanos: 500_000_000,
    }
    .encode_to_vec();
    let retry_info = [&[0x0a, u8::try_from(delay.len()).unwrap()], &delay[..]].concat();
    let status = [any("RetryInfo", &retry_info), any("ErrorInfo", &[1, 2, 3])].concat();
    STANDARD_NO_PAD.encode(status)
}

#[test]
fn data_goes_out_as_it_came_with_what_may_go_with_it() {
    for protocol in BOTH {
        let downstream = Downstream::start(protocol, move || Reply::ok(protocol, b""));
        let fixed = json!({"X-Fixed": "ours"});
        let more = match protocol {
            Protocol::Grpc => json!({"headers": fixed}),
            Protocol::Http => json!({"http": {"headers": fixed}}),
        };
        let context = json!({"outbound": {"headers": ["x-tenant", "x-fixed", "x-key-bin"]}});
        let url = format!("http://{}", downstream.address);
        let mut host = Host::try_start(protocol, &url, more, context).unwrap();
        assert_eq!(host.run(1), Ok(Success::default()));
        let (path, headers, body) = downstream.request();
        let all = |name: &str| -> Vec<_> {
            headers
                .get_all(name)
                .iter()
                .map(|value| value.to_str().unwrap())
                .collect()
        };
        assert_eq!(all("x-tenant"), ["acme", "b"]);
        assert_eq!(all("x-fixed"), ["ours"]);
        assert_eq!(all("x-key-bin"), ["Af8"]);
        let parent = format!("00-{}-{}-01", "ab".repeat(16), "cd".repeat(8));
        assert_eq!(all("traceparent"), [parent]);
        assert_eq!(all("tracestate"), ["a=b"]);
        for name in ["x-private", "authorization", "ferrule.call"] {
            assert!(all(name).is_empty(), "{name}");
        }
        match protocol {
            Protocol::Grpc => {
                assert_eq!(
                    path,
                    "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
                );
                assert_eq!(&body[5..], TRACES);
                let timeout = all("grpc-timeout")[0].strip_suffix('u').unwrap();
                let micros: u64 = timeout.parse().unwrap();
                assert!(micros > 20_000_000 && micros < 30_000_000, "{micros}");
            }
            Protocol::Http => {
                assert_eq!((path.as_str(), &*body), ("/v1/traces", TRACES));
                assert_eq!(all("content-type"), ["application/x-protobuf"]);
                let millis: u64 = all("connect-timeout-ms")[0].parse().unwrap();
                assert!(millis > 20_000 && millis < 30_000, "{millis}");
            }
        }
        let (_, timings) = host.outcome(1);
        assert_eq!(timings.attempts, 1);
        assert!(timings.exporting > 0);
        host.poll_until_empty();
    }
}

#[test]
fn body_is_compressed_as_configured() {
    for (protocol, coding) in BOTH
        .into_iter()
        .flat_map(|protocol| ["gzip", "zstd"].map(|coding| (protocol, coding)))
    {
        let downstream = Downstream::start(protocol, move || Reply::ok(protocol, b""));
        let more = client(protocol, json!({"compression": coding}));
        let mut host = Host::start(protocol, downstream.address, more);
        assert_eq!(host.run(1), Ok(Success::default()));
        let (_, headers, body) = downstream.request();
        let (name, start) = match protocol {
            Protocol::Grpc => ("grpc-encoding", 5),
            Protocol::Http => ("content-encoding", 0),
        };
        assert_eq!(headers[name], coding);
        let body = &body[start..];
        let plain = match coding {
            "gzip" => {
                let mut plain = Vec::new();
                GzDecoder::new(body).read_to_end(&mut plain).unwrap();
                plain
            }
            _ => zstd::decode_all(body).unwrap(),
        };
        assert_eq!(plain, TRACES);
    }
}

#[test]
fn shorter_of_timeout_and_deadline_is_told() {
    for protocol in BOTH {
        let downstream = Downstream::start(protocol, move || Reply::ok(protocol, b""));
        let more = client(protocol, json!({"timeout": "10s"}));
        let mut host = Host::start(protocol, downstream.address, more);
        for (call_id, seconds, most) in [(1, 30, 10), (2, 5, 5)] {
            host.submit(Submission {
                time_left: Duration::from_secs(seconds),
                ..submission(call_id)
            });
            assert_eq!(host.outcome(call_id).0, Ok(Success::default()));
            let (_, headers, _) = downstream.request();
            let (name, unit) = match protocol {
                Protocol::Grpc => ("grpc-timeout", 1_000_000),
                Protocol::Http => ("connect-timeout-ms", 1_000),
            };
            let told = headers[name].to_str().unwrap().trim_end_matches('u');
            let told: u64 = told.parse().unwrap();
            assert!(told <= most * unit && told > (most - 4) * unit, "{told}");
        }
    }
}

#[test]
fn answer_of_a_grpc_downstream_comes_back_whole() {
    let details = details();
    for code in [8, 14] {
        let reply = Reply::code(code, "slow").header("grpc-status-details-bin", &details);
        let error = error_of(Protocol::Grpc, reply);
        assert_eq!(error.effective_grpc_code(), code);
        assert_eq!(error.retry_delay, Some(Duration::from_millis(1500)));
        assert_eq!(error.message, "slow");
        let details = error.details_json().unwrap();
        assert!(details.contains("google.rpc.ErrorInfo"), "{details}");
    }
    for (code, kind) in [
        (3, ErrorKind::Permanent),
        (4, ErrorKind::Retryable),
        (8, ErrorKind::Permanent),
    ] {
        let error = error_of(Protocol::Grpc, Reply::code(code, "m%C3%BC"));
        assert_eq!((error.kind, error.effective_grpc_code()), (kind, code));
        assert_eq!(error.message, "mü");
    }
}

#[test]
fn answer_of_an_http_downstream_comes_back_whole() {
    let json = br#"{"code":14,"message":"busy"}"#;
    let reply =
        Reply::http(503, "application/json; charset=utf-8", json).header("retry-after", "7");
    let error = error_of(Protocol::Http, reply);
    assert_eq!(
        (error.kind, error.downstream_http_status),
        (ErrorKind::Retryable, Some(503))
    );
    assert_eq!(
        (error.retry_delay, &*error.message),
        (Some(Duration::from_secs(7)), "busy")
    );
    let error = error_of(
        Protocol::Http,
        Reply::http(429, "application/x-protobuf", b"\x08\x08\x12\x04slow"),
    );
    assert_eq!(
        (error.kind, &*error.message),
        (ErrorKind::ResourceExhausted, "slow")
    );
    assert_eq!(error.retry_delay, Some(Duration::from_secs(1)));
    let error = error_of(Protocol::Http, Reply::http(413, "text/html", b"<html>"));
    assert!(error.is_permanent());
    assert_eq!(error.effective_grpc_code(), 8);
    assert_eq!(
        error.message,
        "the downstream answered with HTTP status 413"
    );
}

#[test]
fn partial_success_is_told() {
    for protocol in BOTH {
        // ExportTracePartialSuccess: 3 rejected, "bad"
        let message = b"\x0a\x07\x08\x03\x12\x03bad";
        let downstream = Downstream::start(protocol, move || Reply::ok(protocol, message));
        let mut host = Host::start(protocol, downstream.address, json!({}));
        let success = host.run(1).unwrap();
        assert_eq!(
            (success.rejected_items, success.message.as_deref()),
            (3, Some("bad"))
        );
    }
}

#[test]
fn unreadable_success_is_not_sent_again() {
    for protocol in BOTH {
        let downstream = Downstream::start(protocol, move || Reply::ok(protocol, b"\xff\xff"));
        let mut host = Host::start(protocol, downstream.address, json!({}));
        let error = host.run(1).unwrap_err();
        assert_eq!(
            (error.is_permanent(), error.effective_grpc_code()),
            (true, 13),
            "{error:?}"
        );
        assert_eq!(host.outcome(1).1.attempts, 1);
    }
}

#[test]
fn retry_goes_on_until_the_data_is_taken() {
    for protocol in BOTH {
        let mut requests = 0;
        let downstream = Downstream::start(protocol, move || {
            requests += 1;
            match requests {
                1 | 2 => Reply::unavailable(protocol),
                _ => Reply::ok(protocol, b""),
            }
        });
        let retry = json!({"retry": {"initial_interval": "1ms"}});
        let mut host = Host::start(protocol, downstream.address, retry);
        assert_eq!(host.run(1), Ok(Success::default()));
        assert_eq!(host.outcome(1).1.attempts, 3);
        for _ in 0..3 {
            assert!(downstream.request().2.ends_with(TRACES));
        }
    }
}

#[test]
fn delay_beyond_the_budget_ends_the_call_at_once_with_its_error() {
    let reply = Reply::http(503, "text/plain", b"later").header("retry-after", "3");
    let downstream = Downstream::start(Protocol::Http, move || reply.clone());
    let mut host = Host::start(Protocol::Http, downstream.address, json!({}));
    host.submit(Submission {
        time_left: Duration::from_secs(2),
        ..submission(1)
    });
    let error = host.outcome(1).0.unwrap_err();
    assert_eq!(
        (error.kind, error.retry_delay),
        (ErrorKind::Retryable, Some(Duration::from_secs(3)))
    );
    assert_eq!(host.outcome(1).1.attempts, 1);
}

/// Scenario: calls are cancelled on the wire and while they wait for a place; a third one's
/// deadline passes on the wire.
/// Guarantees: the request on the wire is cancelled there, the waiting one is never sent, and
/// both free what the pipeline held.
#[test]
fn call_that_ends_is_let_go_of() {
    for protocol in BOTH {
        let downstream = Downstream::start(protocol, || Reply::Hang);
        let mut host = Host::start(protocol, downstream.address, json!({"max_in_flight": 1}));
        host.submit(submission(1));
        downstream.request();
        host.submit(submission(2));
        host.cancel(2);
        host.cancel(1);
        for call_id in [1, 2] {
            assert_eq!(
                host.outcome(call_id).0,
                Err(Error::cancelled(CancelCause::Client))
            );
        }
        downstream.cancelled();
        host.poll_until_empty();
        host.submit(Submission {
            time_left: Duration::from_millis(200),
            ..submission(3)
        });
        downstream.request();
        assert_eq!(host.outcome(3).0, Err(Error::timeout()));
        downstream.cancelled();
        host.poll_until_empty();
        assert!(downstream.is_idle());
    }
}

#[test]
fn cancelled_call_is_not_sent_again() {
    for protocol in BOTH {
        let downstream = Downstream::start(protocol, move || Reply::unavailable(protocol));
        let retry = json!({"retry": {"initial_interval": "4s", "jitter": 0}});
        let mut host = Host::start(protocol, downstream.address, retry);
        host.submit(submission(1));
        downstream.request();
        host.cancel(1);
        assert_eq!(
            host.outcome(1).0,
            Err(Error::cancelled(CancelCause::Client))
        );
        host.poll_until_empty();
        assert!(downstream.is_idle());
    }
}

#[test]
fn timeout_of_the_exporter_is_not_that_of_the_call() {
    for protocol in BOTH {
        let downstream = Downstream::start(protocol, || Reply::Hang);
        let mut more = once();
        match protocol {
            Protocol::Grpc => more["timeout"] = json!("100ms"),
            Protocol::Http => more["http"] = json!({"timeout": "100ms"}),
        }
        let mut host = Host::start(protocol, downstream.address, more);
        let error = host.run(1).unwrap_err();
        assert_eq!(
            (error.kind, error.effective_grpc_code()),
            (ErrorKind::Retryable, 4),
            "{error:?}"
        );
        downstream.request();
        downstream.cancelled();
    }
}

/// Scenario: the engine is stopped while the downstream does not answer.
/// Guarantees: the call is answered within the drain, and the request is cancelled.
#[test]
fn drain_ends_what_hangs() {
    for protocol in BOTH {
        let downstream = Downstream::start(protocol, || Reply::Hang);
        let mut host = Host::start(protocol, downstream.address, json!({}));
        host.submit(submission(1));
        downstream.request();
        assert!(host.engine.stop(Duration::from_millis(300)));
        assert_eq!(
            host.outcome(1).0,
            Err(Error::cancelled(CancelCause::Shutdown))
        );
        downstream.cancelled();
    }
}

#[test]
fn wrong_configuration_is_refused_before_the_start() {
    let context = || json!({"outbound": {"headers": ["authorization"], "allowCredentials": true}});
    for (protocol, url, more, context, wanted) in [
        (
            Protocol::Grpc,
            "http://a:1",
            json!({"max_in_flight": 0}),
            json!({}),
            "max_in_flight",
        ),
        (
            Protocol::Grpc,
            "http://a:1",
            json!({"retry": {"jitter": 2}}),
            json!({}),
            "retry.jitter",
        ),
        (
            Protocol::Grpc,
            "http://a:1",
            json!({"retries": 1}),
            json!({}),
            "retries",
        ),
        (Protocol::Grpc, "ftp://a:1", json!({}), json!({}), "ftp"),
        (Protocol::Http, "a:1", json!({}), json!({}), "endpoint"),
        (
            Protocol::Http,
            "http://a:1",
            json!({"traces_endpoint": "x"}),
            json!({}),
            "traces_endpoint",
        ),
        (
            Protocol::Http,
            "http://a:1",
            json!({"http": {"headers": {"host": "b"}}}),
            json!({}),
            "host",
        ),
        (
            Protocol::Grpc,
            "http://far:1",
            json!({}),
            context(),
            "without encryption",
        ),
        (
            Protocol::Http,
            "http://far:1",
            json!({}),
            context(),
            "without encryption",
        ),
    ] {
        let error = Host::try_start(protocol, url, more, context).err().unwrap();
        assert_eq!(error.kind, ErrorKind::Configuration, "{error}");
        assert!(error.message.contains(wanted), "{wanted}: {error}");
    }
}
