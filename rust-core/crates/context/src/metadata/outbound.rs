// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Forwarding of captured headers to a downstream.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::names::{HOST, canonical, is_token};
use super::{Entry, Metadata};
use crate::error::{Error, ErrorKind};

const CREDENTIALS: [&str; 8] = [
    "api-key",
    "authorization",
    "cookie",
    "proxy-authorization",
    "set-cookie",
    "x-amz-security-token",
    "x-api-key",
    "x-goog-iam-authorization-token",
];

/// Beside these, all names that start with `grpc-`.
const RESERVED: [&str; 21] = [
    "accept-encoding",
    "connect-timeout-ms",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    HOST,
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-connection",
    "te",
    "traceparent",
    "tracestate",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-envoy-expected-rq-timeout-ms",
    "x-request-timeout",
];

/// Allow-list of headers that are forwarded. Empty by default: nothing leaves unless named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutboundRules {
    names: BTreeSet<Box<str>>,
    allow_credentials: bool,
}

/// Forwarded headers in their form on the wire.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outbound<'a> {
    /// Names in lower case and values, in the order of the context.
    pub pairs: Vec<(&'a str, Cow<'a, [u8]>)>,
    /// Number of values that the protocol cannot carry; they are left out.
    pub dropped: usize,
}

impl OutboundRules {
    /// Rules that let the named headers out; names in any case.
    ///
    /// # Errors
    /// `Configuration` for an illegal name, for a name that is owned by the transport, the
    /// deadline encoder or the propagator, and for a credential without `allow_credentials`.
    pub fn new(names: &[String], allow_credentials: bool) -> Result<Self, Error> {
        let names = names
            .iter()
            .map(|name| check(name, allow_credentials))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            names,
            allow_credentials,
        })
    }

    /// The rules without `names`, which the exporter is configured to send by itself: configured
    /// headers win over forwarded ones.
    #[must_use]
    pub fn without<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        for name in names {
            self.names.remove(&canonical(name));
        }
        self
    }

    /// Checks that no credential would travel in the clear.
    ///
    /// # Errors
    /// `Configuration` if credentials are allowed and `host` (a name or an address) is neither
    /// reached over TLS nor this machine.
    pub fn check_target(&self, tls: bool, host: &str) -> Result<(), Error> {
        if tls || !self.allow_credentials || self.is_empty() || is_loopback(host) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Configuration,
            format!(
                "credentials of callers would be sent to '{}' without encryption; use TLS, or \
                 remove allow-credentials",
                printable(host)
            ),
        ))
    }

    /// The allowed names, in lower case.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    /// Whether nothing goes out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The entries that go out, in their order. Entries that are marked as credentials stay in
    /// unless credentials are allowed, whatever their name.
    pub fn select<'a>(&'a self, metadata: &'a Metadata) -> impl Iterator<Item = Entry<'a>> {
        // An empty list is the normal case and costs no look at the entries
        let metadata = (!self.is_empty()).then_some(metadata);
        metadata
            .into_iter()
            .flat_map(Metadata::iter)
            .filter(|entry| {
                (self.allow_credentials || !entry.sensitive) && self.names.contains(entry.name)
            })
    }

    /// The entries as gRPC metadata: binary values in base64 without padding, text in printable ASCII
    /// only (gRPC over HTTP/2, "Custom-Metadata").
    #[must_use]
    pub fn for_grpc<'a>(&'a self, metadata: &'a Metadata) -> Outbound<'a> {
        self.written(metadata, |value| {
            value.iter().all(|byte| matches!(byte, b' '..=b'~'))
        })
    }

    /// The entries as HTTP headers: binary values in base64 without padding, text without control
    /// characters but tab (RFC 9110, section 5.5).
    #[must_use]
    pub fn for_http<'a>(&'a self, metadata: &'a Metadata) -> Outbound<'a> {
        self.written(metadata, |value| {
            value
                .iter()
                .all(|byte| !byte.is_ascii_control() || *byte == b'\t')
        })
    }

    fn written<'a>(
        &'a self,
        metadata: &'a Metadata,
        is_legal_text: impl Fn(&[u8]) -> bool,
    ) -> Outbound<'a> {
        let mut outbound = Outbound::default();
        for entry in self.select(metadata) {
            let value = if entry.binary || entry.name.ends_with("-bin") {
                Cow::Owned(STANDARD_NO_PAD.encode(entry.value).into_bytes())
            } else if is_legal_text(entry.value) {
                Cow::Borrowed(entry.value)
            } else {
                outbound.dropped += 1;
                continue;
            };
            outbound.pairs.push((entry.name, value));
        }
        outbound
    }
}

fn check(name: &str, allow_credentials: bool) -> Result<Box<str>, Error> {
    let key = canonical(name);
    let refused = |why: &str| {
        let name = printable(name);
        Err(Error::new(
            ErrorKind::Configuration,
            format!("header '{name}' cannot be forwarded: {why}"),
        ))
    };
    if !is_token(&key) {
        return refused("it is not a legal header name; correct it");
    }
    if is_credential(&key) {
        if allow_credentials {
            return Ok(key);
        }
        return refused("it is a credential; set allow-credentials, or remove it from the list");
    }
    if RESERVED.contains(&&*key) || key.starts_with("grpc-") {
        return refused(
            "it is owned by the transport, the deadline encoder or the propagator; remove it \
             from the list",
        );
    }
    Ok(key)
}

pub(crate) fn is_credential(canonical_name: &str) -> bool {
    CREDENTIALS.contains(&canonical_name)
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}

fn printable(text: &str) -> String {
    text.replace(|c: char| !matches!(c, ' '..='~'), "?")
}
