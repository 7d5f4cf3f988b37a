// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The protocols that our exporters speak, for tests of both.

use std::time::Duration;

use http::HeaderMap;
use serde_json::{Value, json};

use super::downstream::Downstream;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Grpc,
    Http,
}

pub(super) const BOTH: [Protocol; 2] = [Protocol::Grpc, Protocol::Http];

impl Protocol {
    /// The start of an engine: the host, these processors, and our exporter to the server, with
    /// `more` in its configuration.
    pub(super) fn chain(
        self,
        downstream: &Downstream,
        processors: &[(&str, Value)],
        more: &Value,
    ) -> Value {
        let url = format!("http://{}", downstream.address);
        let (kind, mut config) = match self {
            Self::Grpc => ("otlp_grpc", json!({"grpc_endpoint": url})),
            Self::Http => ("otlp_http", json!({"endpoint": url})),
        };
        for (key, value) in more.as_object().unwrap() {
            config[key] = value.clone();
        }
        let kind = format!("urn:ferrule:exporter:{kind}");
        let mut chain = super::node::chain(processors, &kind, json!({}));
        chain["spec"]["groups"]["default"]["pipelines"]["main"]["nodes"]["out"]["config"] = config;
        chain
    }

    /// The time that the call had left when the request went out.
    pub(super) fn time_left(self, headers: &HeaderMap) -> Duration {
        let name = match self {
            Self::Grpc => "grpc-timeout",
            Self::Http => "connect-timeout-ms",
        };
        let value = headers[name].to_str().unwrap();
        let digits = value.trim_end_matches(|it: char| it.is_ascii_alphabetic());
        let number = digits.parse().unwrap();
        match (self, &value[digits.len()..]) {
            (Self::Http, "") | (Self::Grpc, "m") => Duration::from_millis(number),
            (Self::Grpc, "n") => Duration::from_nanos(number),
            (Self::Grpc, "u") => Duration::from_micros(number),
            (Self::Grpc, "S") => Duration::from_secs(number),
            _ => panic!("{value}"),
        }
    }
}
