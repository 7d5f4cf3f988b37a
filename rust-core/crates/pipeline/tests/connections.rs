// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The connections of the exporters, and what stands before them in a pipeline.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use ferrule_context::{ErrorKind, Success};
use serde_json::{Value, json};

use self::support::proxy::Proxy;
use self::support::tls::{acceptor, trusting};
use self::support::{
    BOTH, Downstream, Host, Protocol, Reply, TRACES, client, exporter, in_child, merge, submission,
};

/// An `ExportTraceServiceRequest` of one span called `op`, whose resource has the attribute
/// `service.name`.
const SPAN: &[u8] = b"\x0a\x3d\x0a\x15\x0a\x13\x0a\x0cservice.name\x12\x03\x0a\x01s\
    \x12\x24\x12\x22\x0a\x10aaaaaaaaaaaaaaaa\x12\x08bbbbbbbb\x2a\x02op\x30\x01";

fn taking(protocol: Protocol) -> Downstream {
    Downstream::start(protocol, move || Reply::ok(protocol, b""))
}

#[test]
fn connection_serves_one_call_after_the_other() {
    for protocol in BOTH {
        let downstream = taking(protocol);
        let mut host = Host::start(protocol, downstream.address, json!({}));
        for call_id in 1..=3 {
            assert_eq!(host.run(call_id), Ok(Success::default()));
        }
        assert_eq!(downstream.connections.try_iter().count(), 1);
    }
}

/// Scenario: a downstream refuses data, then its connection breaks.
/// Guarantees: a refusal costs no connection, a break costs one.
#[test]
fn connection_outlives_a_refusal_but_not_a_break() {
    for protocol in BOTH {
        let mut answers = 0;
        let downstream = Downstream::start(protocol, move || {
            answers += 1;
            match answers {
                1 => Reply::unavailable(protocol),
                _ => Reply::ok(protocol, b""),
            }
        });
        let mut host = Host::start(protocol, downstream.address, client(protocol, json!({})));
        host.run(1).unwrap_err();
        assert_eq!(host.run(2), Ok(Success::default()));
        assert_eq!(downstream.connections.try_iter().count(), 1);
    }
}

#[test]
fn connections_are_as_many_as_configured() {
    for protocol in BOTH {
        let downstream = taking(protocol);
        let key = match protocol {
            Protocol::Grpc => "num_connections",
            Protocol::Http => "client_pool_size",
        };
        let mut host = Host::start(protocol, downstream.address, json!({key: 2}));
        for call_id in 1..=4 {
            assert_eq!(host.run(call_id), Ok(Success::default()));
        }
        assert_eq!(downstream.connections.try_iter().count(), 2);
    }
}

fn proxied(protocol: Protocol, url: &str, proxy: Value, tls: Option<Value>) -> Host {
    let mut more = client(protocol, tls.map_or(json!({}), |tls| json!({"tls": tls})));
    merge(&mut more, json!({"proxy": proxy}));
    Host::try_start(protocol, url, more, json!({})).unwrap()
}

/// gRPC goes through a tunnel always, HTTP only with TLS.
#[test]
fn proxy_of_the_configuration_is_used() {
    for protocol in BOTH {
        let proxy = Proxy::start();
        let through = format!("http://user:pass@{}", proxy.address);
        let plain = taking(protocol);
        let target = plain.address;
        let mut host = proxied(
            protocol,
            &format!("http://{target}"),
            json!({"http_proxy": through}),
            None,
        );
        assert_eq!(host.run(1), Ok(Success::default()));
        let head = proxy.head();
        let first = match protocol {
            Protocol::Grpc => format!("CONNECT {target} HTTP/1.1\r\n"),
            Protocol::Http => format!("POST http://{target}/v1/traces HTTP/1.1\r\n"),
        };
        assert!(head.starts_with(&first), "{head}");
        let head = head.to_ascii_lowercase();
        assert!(
            head.contains("proxy-authorization: basic dxnlcjpwyxnz\r\n"),
            "{head}"
        );
        plain.request();

        let tls = Some(acceptor(protocol, false));
        let secure = Downstream::start_with(protocol, tls, move |_| Reply::ok(protocol, b""));
        let target = format!("localhost:{}", secure.address.port());
        let mut host = proxied(
            protocol,
            &format!("https://{target}"),
            json!({"https_proxy": through}),
            Some(trusting("ca.pem")),
        );
        assert_eq!(host.run(1), Ok(Success::default()));
        let head = proxy.head();
        assert!(
            head.starts_with(&format!("CONNECT {target} HTTP/1.1\r\n")),
            "{head}"
        );
        secure.request();

        let mut host = proxied(
            protocol,
            &format!("http://{}", plain.address),
            json!({"all_proxy": through, "no_proxy": "127.0.0.1"}),
            None,
        );
        assert_eq!(host.run(1), Ok(Success::default()));
        assert!(proxy.is_idle());
    }
}

#[test]
fn proxy_that_cannot_be_reached_is_not_named_to_the_caller() {
    for protocol in BOTH {
        let mut host = proxied(
            protocol,
            "http://127.0.0.1:1",
            json!({"all_proxy": "http://user:s3cret@127.0.0.1:1"}),
            None,
        );
        let error = host.run(1).unwrap_err();
        assert_eq!(
            (
                error.kind,
                error.effective_grpc_code(),
                error.delivery_unknown
            ),
            (ErrorKind::Retryable, 14, false),
            "{error:?}"
        );
        assert!(!error.message.contains("127.0.0.1"), "{error}");
        while host.lines.is_empty() {
            host.poll();
        }
        assert!(!host.lines.concat().contains("s3cret"), "{:?}", host.lines);
    }
}

/// Scenario: a process whose environment names a proxy.
/// Guarantees: exporters use it, unless their own configuration names another.
#[test]
fn proxy_of_the_environment_is_the_default() {
    const NAME: &str = "proxy_of_the_environment_is_the_default";
    let theirs = Proxy::start();
    let url = format!("http://{}", theirs.address);
    let variables = [
        ("http_proxy", &*url),
        ("HTTP_PROXY", &url),
        ("no_proxy", ""),
        ("NO_PROXY", ""),
    ];
    let Some(is_child) = in_child(NAME, &variables) else {
        assert!(theirs.head().contains("127.0.0.1"));
        assert!(theirs.head().contains("127.0.0.1"));
        assert!(theirs.is_idle());
        return;
    };
    if !is_child {
        return;
    }
    for protocol in BOTH {
        let downstream = taking(protocol);
        let mut host = Host::start(protocol, downstream.address, json!({}));
        assert_eq!(host.run(1), Ok(Success::default()));
        let ours = Proxy::start();
        let mut host = proxied(
            protocol,
            &format!("http://{}", downstream.address),
            json!({"http_proxy": format!("http://{}", ours.address)}),
            None,
        );
        assert_eq!(host.run(1), Ok(Success::default()));
        ours.head();
    }
}

/// The engine's processor turns OTLP into records.
#[test]
fn records_are_encoded_as_otlp() {
    for protocol in BOTH {
        let downstream = taking(protocol);
        let url = format!("http://{}", downstream.address);
        let nodes = json!({
            "attributes": {"type": "processor:attribute", "config": {
                "actions": [{"action": "rename", "source_key": "service.name", "destination_key": "renamed"}],
                "apply_to": ["resource"],
            }},
            "out": exporter(protocol, &url, json!({})),
        });
        let connections = json!([
            {"from": "host", "to": "attributes"},
            {"from": "attributes", "to": "out"},
        ]);
        let context = json!({"context": {"outbound": {"headers": ["x-tenant"]}}});
        let mut host = Host::of_nodes(nodes, connections, context).unwrap();
        host.submit_payload(submission(1), SPAN);
        assert_eq!(host.outcome(1).0, Ok(Success::default()));
        let (_, headers, body) = downstream.request();
        let contains = |part: &[u8]| body.windows(part.len()).any(|window| window == part);
        assert!(contains(b"renamed") && contains(b"op") && !contains(b"service.name"));
        assert_eq!(headers["x-tenant"], "acme");
        assert!(headers.contains_key("traceparent"));
        host.poll_until_empty();
    }
}

/// Scenario: data goes to two exporters, of which one fails.
/// Guarantees: one outcome, which is the error of the one that failed, with all that it says.
#[test]
fn error_of_one_branch_is_the_outcome() {
    for failing in BOTH {
        let url = |downstream: &Downstream| format!("http://{}", downstream.address);
        let good = taking(Protocol::Grpc);
        let bad = Downstream::start(failing, move || match failing {
            Protocol::Grpc => Reply::code(7, "not you"),
            Protocol::Http => Reply::http(403, "text/plain", b"not you"),
        });
        let nodes = json!({
            "fan": {"type": "processor:fanout", "outputs": ["a", "b"], "config": {
                "mode": "parallel", "await_ack": "all",
                "destinations": [{"port": "a", "primary": true}, {"port": "b"}],
            }},
            "good": exporter(Protocol::Grpc, &url(&good), json!({})),
            "bad": exporter(failing, &url(&bad), json!({})),
        });
        let connections = json!([
            {"from": "host", "to": "fan"},
            {"from": "fan[\"a\"]", "to": "good"},
            {"from": "fan[\"b\"]", "to": "bad"},
        ]);
        let mut host = Host::of_nodes(nodes, connections, json!({})).unwrap();
        for call_id in 1..=3 {
            let error = host.run(call_id).unwrap_err();
            assert_eq!(
                (error.kind, error.effective_grpc_code(), &*error.message),
                (ErrorKind::Permanent, 7, "not you")
            );
            let status = (failing == Protocol::Http).then_some(403);
            assert_eq!(error.downstream_http_status, status);
            assert!(good.request().2.ends_with(TRACES));
            bad.request();
        }
        host.poll_until_empty();
    }
}
