// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Strictness of JSON decoding.

/// Strictness of JSON decoding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JsonMode {
    /// As the OTLP specification has it, section "JSON Protobuf Encoding".
    #[default]
    Strict,
    /// Also accepts what the OpenTelemetry Collector does: names in `snake_case`, names of enum
    /// values, `null` as the request, and text after the request.
    Lenient,
}
