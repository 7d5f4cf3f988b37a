// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What a pipeline's refusal means. Our own exporters hand over structured errors; for the
//! engine's, whose Nack holds text only, the text is read.

use std::time::Duration;

use ferrule_context::Error;
use otel_arrow_dfe_engine::control::{NackCause, NackMsg};
use otel_arrow_dfe_otap::pdata::OtapPdata;

use crate::exporter::of_grpc_code;
use crate::shared::Shared;
use crate::slab::without_markers;
use crate::text;

/// Says that code, delay and kind of an error were read from the text of one of the engine's own
/// exporters, and may be wrong.
const FROM_TEXT: &str = r#"{"source":"engine-text"}"#;

/// Descriptions under which tonic prints gRPC codes, by code.
const GRPC_CODES: [(&str, u8); 16] = [
    ("The operation was cancelled", 1),
    ("Unknown error", 2),
    ("Client specified an invalid argument", 3),
    ("Deadline expired before operation could complete", 4),
    ("Some requested entity was not found", 5),
    ("Some entity that we attempted to create already exists", 6),
    (
        "The caller does not have permission to execute the specified operation",
        7,
    ),
    ("Some resource has been exhausted", 8),
    (
        "The system is not in a state required for the operation's execution",
        9,
    ),
    ("The operation was aborted", 10),
    ("Operation was attempted past the valid range", 11),
    ("Operation is not implemented or not supported", 12),
    ("Internal error", 13),
    ("The service is currently unavailable", 14),
    ("Unrecoverable data loss or corruption", 15),
    (
        "The request does not have valid authentication credentials",
        16,
    ),
];

impl Shared {
    /// The error that a Nack stands for: the one that our exporter stored, or what can be told
    /// from the Nack itself. A batch asks once for all its members.
    #[must_use]
    pub fn error_of(&self, nack: &NackMsg<OtapPdata>) -> Error {
        self.errors.resolve(&nack.reason).unwrap_or_else(|| {
            let reason = without_markers(&nack.reason);
            error_of(
                &reason,
                nack.permanent,
                nack.cause,
                self.config.retry_delay(),
            )
        })
    }

    /// The reason for a Nack that stands for `error`. Whoever receives the Nack gets the error
    /// from [`Shared::error_of`].
    #[must_use]
    pub fn reason_of(&self, error: Error) -> String {
        self.errors.reason(error)
    }
}

fn error_of(reason: &str, permanent: bool, cause: NackCause, retry_delay: Duration) -> Error {
    match cause {
        NackCause::RouteFull => Error::exhausted("the pipeline is full", retry_delay),
        NackCause::RouteClosed | NackCause::NodeShutdown => closed(),
        NackCause::Refused => Error::permanent(clean(reason)),
        NackCause::Unspecified => match grpc_code(reason) {
            Some(code) => Error {
                details: Some(FROM_TEXT.into()),
                ..grpc_error(code, reason)
            },
            None if permanent => Error::permanent(clean(reason)),
            None => Error::retryable(clean(reason)),
        },
    }
}

/// Code 2 is what the engine's exporter reports while it cannot connect.
fn grpc_error(code: u8, reason: &str) -> Error {
    let message = grpc_message(reason);
    match code {
        2 => Error::retryable(message),
        _ => of_grpc_code(code, message, retry_delay(reason)),
    }
}

fn grpc_code(reason: &str) -> Option<u8> {
    let (_, description) = reason.split_once("code: '")?;
    GRPC_CODES
        .iter()
        .find(|(text, _)| {
            description
                .strip_prefix(text)
                .is_some_and(|rest| rest.starts_with('\''))
        })
        .map(|(_, code)| *code)
}

/// The quoted message in tonic's text, or a neutral one.
fn grpc_message(reason: &str) -> String {
    let quoted = reason.split_once(", message: ").and_then(|(_, rest)| {
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        values.next()?.ok()
    });
    quoted.map_or_else(
        || "the downstream refused the data".to_owned(),
        |message| clean(&message),
    )
}

/// The engine's exporter appends `(retry after 1500ms)`.
fn retry_delay(reason: &str) -> Option<Duration> {
    let (_, rest) = reason.rsplit_once("(retry after ")?;
    let millis = rest.strip_suffix("ms)")?.parse().ok()?;
    Some(Duration::from_millis(millis))
}

/// The address of the downstream, which the clients in the engine's exporters append, is cut off.
fn clean(reason: &str) -> String {
    let end = [", source: ", " for url (", ": tonic::transport::Error("]
        .iter()
        .filter_map(|mark| reason.find(mark))
        .min()
        .unwrap_or(reason.len());
    text::clean(&reason[..end])
}

/// What a Nack says, without the data that it is for.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    reason: String,
    permanent: bool,
    cause: NackCause,
}

impl Refusal {
    /// Says the same as a Nack.
    pub(crate) fn of(nack: &NackMsg<OtapPdata>) -> Self {
        Self {
            reason: nack.reason.clone(),
            permanent: nack.permanent,
            cause: nack.cause,
        }
    }

    /// Stands for an error.
    pub(crate) fn new(shared: &Shared, error: Error) -> Self {
        Self {
            permanent: error.is_permanent(),
            reason: shared.reason_of(error),
            cause: NackCause::Unspecified,
        }
    }

    /// The Nack for some data.
    pub(crate) fn nack(&self, data: OtapPdata) -> NackMsg<OtapPdata> {
        let (reason, cause) = (self.reason.clone(), self.cause);
        if self.permanent {
            NackMsg::new_permanent_with_cause(reason, data, cause)
        } else {
            NackMsg::new_with_cause(reason, data, cause)
        }
    }
}

/// The Nack for data that nobody waits for any more; retrying would be in vain.
pub(crate) fn of_ended(data: OtapPdata) -> NackMsg<OtapPdata> {
    NackMsg::new_permanent_with_cause("the call has ended", data, NackCause::Refused)
}

/// The next node takes no more data.
pub(crate) fn closed() -> Error {
    Error::retryable("the pipeline is being restarted or stopped")
}

#[cfg(test)]
mod tests {
    use ferrule_context::ErrorKind;

    use super::*;

    const DELAY: Duration = Duration::from_secs(1);

    fn unspecified(reason: &str, permanent: bool) -> Error {
        error_of(reason, permanent, NackCause::Unspecified, DELAY)
    }

    #[test]
    fn rate_limit_keeps_its_delay() {
        let error = unspecified(
            "code: 'Some resource has been exhausted', message: \"slow \\\"down\\\"\" (retry after 7000ms)",
            false,
        );
        assert_eq!(error.kind, ErrorKind::ResourceExhausted);
        assert_eq!(error.retry_delay, Some(Duration::from_secs(7)));
        assert_eq!(error.message, "slow \"down\"");
    }

    #[test]
    fn exhaustion_without_delay_is_permanent() {
        let error = unspecified(
            "code: 'Some resource has been exhausted', message: \"full\"",
            false,
        );
        assert!(error.is_permanent());
        assert_eq!(error.effective_grpc_code(), 8);
    }

    #[test]
    fn unavailable_is_retryable() {
        let error = unspecified("code: 'The service is currently unavailable'", false);
        assert_eq!(
            (error.kind, error.effective_grpc_code()),
            (ErrorKind::Retryable, 14)
        );
    }

    #[test]
    fn permission_denied_is_permanent() {
        let error = unspecified(
            "code: 'The caller does not have permission to execute the specified operation', message: \"no\"",
            true,
        );
        assert!(error.is_permanent());
        assert_eq!(error.effective_grpc_code(), 7);
    }

    #[test]
    fn other_text_follows_the_flag() {
        assert!(unspecified("HTTP status 400\r\nbad", true).is_permanent());
        let error = unspecified("something\r\nelse", false);
        assert_eq!(error.kind, ErrorKind::Retryable);
        assert_eq!(error.message, "something  else");
    }

    #[test]
    fn downstream_address_is_cut_off() {
        for reason in [
            "error sending request for url (http://10.0.0.1:4318/v1/traces)",
            "code: 'The service is currently unavailable', message: \"tcp connect error\", source: \
             tonic::transport::Error(Transport, ConnectError(ConnectError(\"tcp\", 10.0.0.1:9)))",
            "Export failed: code: 'Unknown error', message: \"Service was not ready: transport error\", \
             source: ConnectError(10.0.0.1:9)",
        ] {
            let error = unspecified(reason, false);
            assert!(!error.message.contains("10.0.0.1"), "{error}");
            assert!(!error.message.is_empty());
        }
    }
}
