// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Errors that an HTTP status stands for.

use std::borrow::Cow;

use ferrule_context::{Error, ErrorKind};

use super::operation::EXPORT;
use super::rpc_status::DownstreamStatus;
use crate::text::clean;

/// The error that an HTTP status other than a success stands for. Where none is named, the delay
/// of a 429 is left open: a retry of ours then follows its own pace.
pub(crate) fn error_of_http(status: u16, answer: DownstreamStatus) -> Error {
    let grpc_code = match status {
        400 => 3,
        401 => 16,
        403 => 7,
        404 => 12,
        413 | 429 => 8,
        502..=504 => 14,
        _ => 2,
    };
    let kind = match status {
        429 => ErrorKind::ResourceExhausted,
        502..=504 => ErrorKind::Retryable,
        _ => ErrorKind::Permanent,
    };
    let message = match clean(&answer.message) {
        empty if empty.trim().is_empty() => status_message(status),
        message => message.into(),
    };
    let error = Error::new(kind, message);
    Error {
        grpc_code: (grpc_code != kind.grpc_code()).then_some(grpc_code),
        // What is no status means nothing to the next client
        downstream_http_status: (100..600).contains(&status).then_some(status),
        retry_delay: answer.retry_delay.filter(|_| !error.is_permanent()),
        origin: "http",
        details: answer.details(),
        ..error
    }
    .during(EXPORT)
}

/// Those that come in masses cost nothing.
fn status_message(status: u16) -> Cow<'static, str> {
    match status {
        429 => "the downstream answered with HTTP status 429".into(),
        502 => "the downstream answered with HTTP status 502".into(),
        503 => "the downstream answered with HTTP status 503".into(),
        504 => "the downstream answered with HTTP status 504".into(),
        _ => format!("the downstream answered with HTTP status {status}").into(),
    }
}
