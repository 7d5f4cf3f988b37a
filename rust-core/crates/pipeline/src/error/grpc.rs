// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Errors that a gRPC status stands for.

use std::borrow::Cow;
use std::time::Duration;

use ferrule_context::Error;
use tonic::Status;

use super::operation::EXPORT;
use super::rpc_status::DownstreamStatus;
use crate::text::clean;

/// What a refusal without a message says.
pub(crate) const REFUSED: &str = "the downstream refused the data";

/// The error that a code of a downstream stands for. Its own deadline and its own cancellation
/// are not ours, so they may be retried; exhaustion only if it says when.
pub(crate) fn error_of_code(code: u8, message: String, retry_delay: Option<Duration>) -> Error {
    let grpc_code = Some(code);
    let message: Cow<'static, str> = if message.trim().is_empty() {
        REFUSED.into()
    } else {
        message.into()
    };
    let error = match (code, retry_delay) {
        (8, Some(delay)) => Error::exhausted(message, delay),
        (1 | 4 | 10 | 11 | 14 | 15, retry_delay) => Error {
            grpc_code,
            retry_delay,
            ..Error::retryable(message)
        },
        _ => Error {
            grpc_code,
            ..Error::permanent(message)
        },
    };
    error.during(EXPORT)
}

/// The error that a gRPC status stands for, as the answer of a downstream: its code, its delay and
/// its details are kept. A status that stands for no answer, because there was no connection, must
/// be recognised by the caller.
#[must_use]
pub fn error_of_status(status: &Status) -> Error {
    // tonic takes codes that it does not know for UNKNOWN
    let code = u8::try_from(i32::from(status.code())).unwrap_or(2);
    error_of_parts(code, status.message(), status.details())
}

/// The error that the parts of a gRPC status stand for.
pub(super) fn error_of_parts(code: u8, message: &str, details: &[u8]) -> Error {
    let status = DownstreamStatus::from_protobuf(details);
    let retry_delay = status
        .retry_delay
        .or(status.throttles.then_some(Duration::ZERO));
    let error = error_of_code(code, clean(message), retry_delay);
    Error {
        retry_delay: error.retry_delay.and(status.retry_delay),
        origin: "grpc",
        details: status.details(),
        ..error
    }
}

#[cfg(test)]
mod tests {
    use ferrule_context::ErrorKind;

    use super::*;

    #[test]
    fn status_of_a_downstream_keeps_code_and_message() {
        let error = error_of_status(&Status::unavailable("busy\r\n"));
        assert_eq!(
            (error.kind, error.effective_grpc_code()),
            (ErrorKind::Retryable, 14)
        );
        assert_eq!((&*error.message, error.origin), ("busy  ", "grpc"));
        let error = error_of_status(&Status::ok(""));
        assert_eq!(
            (error.kind, error.effective_grpc_code()),
            (ErrorKind::Permanent, 13)
        );
    }
}
