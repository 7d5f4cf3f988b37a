// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The exporters over TLS: whom they trust, and who they say they are.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::Arc;

use ferrule_context::{Error, ErrorKind, Success};
use serde_json::{Value, json};
use tokio::sync::Notify;

use self::support::tls::{acceptor, certificate, file, text, trusting};
use self::support::{
    BOTH, Downstream, Host, Protocol, Reply, client, exporter, in_child, merge, submission,
};

fn server(protocol: Protocol, clients: bool) -> Downstream {
    let tls = Some(acceptor(protocol, clients));
    Downstream::start_with(protocol, tls, move |_| Reply::ok(protocol, b""))
}

fn url(host: &str, server: &Downstream) -> String {
    format!("https://{host}:{}", server.address.port())
}

fn host(protocol: Protocol, url: &str, tls: Value) -> Host {
    Host::try_start(
        protocol,
        url,
        client(protocol, json!({"tls": tls})),
        json!({}),
    )
    .unwrap()
}

fn refused(host: &mut Host, server: &Downstream) -> Error {
    let error = host.run(1).unwrap_err();
    assert_eq!(
        (error.kind, error.effective_grpc_code()),
        (ErrorKind::Retryable, 14),
        "{error:?}"
    );
    assert!(!error.message.contains("localhost"), "{error}");
    assert!(!error.message.contains("127.0.0.1"), "{error}");
    assert!(server.is_idle());
    while host.lines.is_empty() {
        host.poll();
    }
    error
}

#[test]
fn server_of_a_trusted_authority_is_sent_to() {
    for protocol in BOTH {
        let server = server(protocol, false);
        let both = text("other-ca.pem") + &text("ca.pem");
        for tls in [trusting("ca.pem"), json!({"ca_pem": both})] {
            let mut host = host(protocol, &url("localhost", &server), tls);
            assert_eq!(host.run(1), Ok(Success::default()));
            assert_eq!(server.connections.recv().unwrap(), None);
        }
    }
}

#[test]
fn server_of_another_authority_or_name_gets_nothing() {
    for protocol in BOTH {
        let server = server(protocol, false);
        for (name, authority) in [("localhost", "other-ca.pem"), ("127.0.0.1", "ca.pem")] {
            let mut host = host(protocol, &url(name, &server), trusting(authority));
            let error = refused(&mut host, &server);
            assert!(!error.delivery_unknown, "{error:?}");
            let is_told = host.lines.iter().any(|line| line.contains("certificate"));
            assert!(is_told, "{:?}", host.lines);
        }
    }
}

#[test]
fn name_to_expect_can_be_set_for_grpc() {
    let server = server(Protocol::Grpc, false);
    let mut tls = trusting("ca.pem");
    tls["server_name_override"] = json!("localhost");
    let mut host = host(Protocol::Grpc, &url("127.0.0.1", &server), tls);
    assert_eq!(host.run(1), Ok(Success::default()));
}

#[test]
fn client_shows_its_certificate() {
    for protocol in BOTH {
        let server = server(protocol, true);
        let mut tls = trusting("ca.pem");
        let mut without = host(protocol, &url("localhost", &server), tls.clone());
        refused(&mut without, &server);
        tls["cert_file"] = json!(file("client.pem"));
        tls["key_file"] = json!(file("client.key"));
        let mut with = host(protocol, &url("localhost", &server), tls);
        assert_eq!(with.run(1), Ok(Success::default()));
        assert_eq!(
            server.connections.recv().unwrap(),
            Some(certificate("client.pem"))
        );
    }
}

/// Scenario: an exporter without settings of TLS, in a process whose platform trusts the
/// authority, and in one whose platform does not.
#[test]
fn roots_of_the_platform_are_trusted_unless_told_otherwise() {
    const NAME: &str = "roots_of_the_platform_are_trusted_unless_told_otherwise";
    let authority = file("ca.pem");
    let Some(trusts) = in_child(NAME, &[("SSL_CERT_FILE", authority.to_str().unwrap())]) else {
        return;
    };
    for protocol in BOTH {
        let server = server(protocol, false);
        let url = url("localhost", &server);
        let mut host =
            Host::try_start(protocol, &url, client(protocol, json!({})), json!({})).unwrap();
        if trusts {
            assert_eq!(host.run(1), Ok(Success::default()));
        } else {
            refused(&mut host, &server);
        }
    }
}

#[test]
fn unusable_material_is_refused_before_the_start() {
    for protocol in BOTH {
        for (tls, wanted) in [
            (json!({"ca_file": "/nowhere/ca.pem"}), "No such file"),
            (json!({"ca_pem": "none"}), "certificate"),
            (json!({"cert_file": file("client.pem")}), "key"),
            (
                json!({"cert_file": file("client.pem"), "key_file": file("server.key")}),
                "match",
            ),
        ] {
            let more = client(protocol, json!({"tls": tls}));
            let error = Host::try_start(protocol, "https://localhost:1", more, json!({}))
                .err()
                .unwrap();
            assert_eq!(error.kind, ErrorKind::Configuration, "{error}");
            assert!(error.message.contains(wanted), "{wanted}: {error}");
            assert!(error.message.contains("node=out"), "{error}");
        }
    }
}

fn bundle(authority: &str, client: &str) -> Value {
    json!({"web": {
        "trusted": text(authority),
        "certificates": text(&format!("{client}.pem")),
        "key": text(&format!("{client}.key")),
    }})
}

fn with_bundle(protocol: Protocol, url: &str, more: Value, bundles: Value) -> Result<Host, Error> {
    let mut config = client(protocol, json!({}));
    merge(&mut config, json!({"tls_bundle": "web"}));
    merge(&mut config, more);
    Host::of_nodes(
        json!({"out": exporter(protocol, url, config)}),
        json!([{"from": "host", "to": "out"}]),
        json!({"tlsBundles": bundles}),
    )
}

/// Scenario: the host renews the client's certificate while a call is on the wire.
/// Guarantees: that call ends on its connection; the next one shows the new certificate.
#[test]
fn renewed_bundle_is_used_for_new_requests() {
    for protocol in BOTH {
        let go_on = Arc::new(Notify::new());
        let mut first = Some(Arc::clone(&go_on));
        let tls = Some(acceptor(protocol, true));
        let server = Downstream::start_with(protocol, tls, move |_| {
            let ok = Reply::ok(protocol, b"");
            match first.take() {
                Some(go_on) => Reply::Later(go_on, Box::new(ok)),
                None => ok,
            }
        });
        let url = url("localhost", &server);
        let bundles = bundle("ca.pem", "client");
        let mut host = with_bundle(protocol, &url, json!({}), bundles).unwrap();
        host.submit(submission(1));
        server.request();
        let renewed = bundle("ca.pem", "renewed-client").to_string();
        host.engine.update_tls_bundles(renewed.as_bytes()).unwrap();
        assert_eq!(host.run(2), Ok(Success::default()));
        go_on.notify_one();
        assert_eq!(host.outcome(1).0, Ok(Success::default()));
        for name in ["client.pem", "renewed-client.pem"] {
            assert_eq!(server.connections.recv().unwrap(), Some(certificate(name)));
        }
        host.poll_until_empty();
    }
}

#[test]
fn authority_of_a_bundle_is_renewed_too() {
    for protocol in BOTH {
        let server = server(protocol, false);
        let url = url("localhost", &server);
        let only = |authority: &str| json!({"web": {"trusted": text(authority)}});
        let mut host = with_bundle(protocol, &url, json!({}), only("other-ca.pem")).unwrap();
        refused(&mut host, &server);
        let renewed = only("ca.pem").to_string();
        host.engine.update_tls_bundles(renewed.as_bytes()).unwrap();
        assert_eq!(host.run(2), Ok(Success::default()));
    }
}

#[test]
fn renewal_that_fails_changes_nothing() {
    for protocol in BOTH {
        let server = server(protocol, true);
        let bundles = bundle("ca.pem", "client");
        let url = url("localhost", &server);
        let mut host = with_bundle(protocol, &url, json!({}), bundles).unwrap();
        let mut mixed = bundle("ca.pem", "client");
        mixed["web"]["key"] = json!(text("server.key"));
        for (update, wanted) in [
            (json!({"other": {}}), "other"),
            (json!({"web": {"trusted": "none"}}), "web"),
            (json!({"web": {"key": text("client.key")}}), "web"),
            (mixed, "match"),
            (json!({"web": {"key": ["s3cret"]}}), "JSON"),
        ] {
            let update = update.to_string();
            let error = host
                .engine
                .update_tls_bundles(update.as_bytes())
                .unwrap_err();
            assert_eq!(error.kind, ErrorKind::Configuration);
            assert!(error.message.contains(wanted), "{wanted}: {error}");
            assert!(!error.message.contains("s3cret"), "{error}");
        }
        assert_eq!(host.run(1), Ok(Success::default()));
        let shown = Some(certificate("client.pem"));
        assert_eq!(server.connections.recv().unwrap(), shown);
    }
}

#[test]
fn bundle_that_does_not_fit_is_refused_before_the_start() {
    let good = || bundle("ca.pem", "client");
    for protocol in BOTH {
        let own = match protocol {
            Protocol::Grpc => json!({"tls": trusting("ca.pem")}),
            Protocol::Http => json!({"http": {"tls": trusting("ca.pem")}}),
        };
        for (url, more, bundles, wanted) in [
            (
                "https://localhost:1",
                json!({}),
                json!({}),
                "no TLS bundle called web",
            ),
            (
                "https://localhost:1",
                json!({}),
                json!({"web": {"trusted": "x"}}),
                "certificate",
            ),
            ("http://localhost:1", json!({}), good(), "https"),
            ("https://localhost:1", own, good(), "remove either"),
        ] {
            let error = with_bundle(protocol, url, more, bundles).err().unwrap();
            assert_eq!(error.kind, ErrorKind::Configuration, "{error}");
            assert!(error.message.contains(wanted), "{wanted}: {error}");
        }
    }
}
