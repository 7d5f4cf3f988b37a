// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Nacks and the errors that they stand for. Our own exporters hand over structured errors; for the
//! engine's, whose Nack holds text only, the text is read.

use std::borrow::Cow;
use std::time::Duration;

use ferrule_context::Error;

use super::grpc::{REFUSED, error_of_code};
use crate::engine_api::{NackCause, NackMsg, OtapPdata};
use crate::text;

/// Origin of an error whose code, delay and kind were read from the text of one of the engine's own
/// exporters, and may be wrong.
const FROM_TEXT: &str = "engine-text";

const CLOSED: &str = "the pipeline is being restarted or stopped";

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

/// The error that a Nack's parts stand for. The flag decides whether to retry; only a code in the
/// text knows better.
pub(crate) fn error_of(
    reason: &str,
    permanent: bool,
    cause: NackCause,
    retry_delay: Duration,
) -> Error {
    let hint = retry_hint(reason);
    if cause == NackCause::Unspecified
        && let Some(code) = grpc_code(reason)
    {
        return grpc_error(code, reason, hint);
    }
    let message: Cow<'static, str> = match cause {
        NackCause::RouteFull => "the pipeline is full".into(),
        NackCause::RouteClosed | NackCause::NodeShutdown => CLOSED.into(),
        NackCause::Unspecified | NackCause::Refused => clean(reason).into(),
    };
    match (permanent, cause) {
        (true, NackCause::Refused) => Error::invalid_payload(message),
        (true, _) => Error::permanent(message),
        (false, NackCause::RouteFull) => Error {
            retry_delay: Some(retry_delay),
            ..Error::retryable(message)
        },
        (false, _) => Error {
            retry_delay: hint,
            origin: if hint.is_some() { FROM_TEXT } else { "" },
            ..Error::retryable(message)
        },
    }
}

/// Code 2 is what the engine's exporter reports while it cannot connect.
fn grpc_error(code: u8, reason: &str, hint: Option<Duration>) -> Error {
    let message = grpc_message(reason);
    let error = match code {
        2 => Error::retryable(message),
        _ => error_of_code(code, message.into_owned(), hint),
    };
    Error {
        origin: FROM_TEXT,
        ..error
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
fn grpc_message(reason: &str) -> Cow<'static, str> {
    let quoted = reason.split_once(", message: ").and_then(|(_, rest)| {
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        values.next()?.ok()
    });
    quoted.map_or(REFUSED.into(), |message| clean(&message).into())
}

/// The engine's exporter appends `(retry after 1500ms)`.
fn retry_hint(reason: &str) -> Option<Duration> {
    let (_, rest) = reason.rsplit_once("(retry after ")?;
    let millis = text::digits(rest.strip_suffix("ms)")?)?;
    Some(Duration::from_millis(millis).min(Error::LONGEST_DELAY))
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

/// A Nack without the data that it is for.
#[derive(Debug, Clone)]
pub(crate) struct NackTemplate {
    reason: String,
    permanent: bool,
    cause: NackCause,
}

impl NackTemplate {
    /// Says the same as a Nack.
    pub(crate) fn of(nack: &NackMsg<OtapPdata>) -> Self {
        Self {
            reason: nack.reason.clone(),
            permanent: nack.permanent,
            cause: nack.cause,
        }
    }

    /// A Nack for this reason.
    pub(crate) const fn new(reason: String, permanent: bool) -> Self {
        Self {
            reason,
            permanent,
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
    Error::retryable(CLOSED)
}

#[cfg(test)]
mod tests {
    use ferrule_context::ErrorKind;
    use serde_json::json;

    use super::*;
    use crate::test_vectors;

    const DELAY: Duration = Duration::from_secs(1);

    fn unspecified(reason: &str, permanent: bool) -> Error {
        error_of(reason, permanent, NackCause::Unspecified, DELAY)
    }

    #[test]
    fn vectors() {
        let (mut mapped, mut hints) = (0, 0);
        for (id, case) in test_vectors::section("nackMapping") {
            let (input, expect) = (&case["input"], &case["expect"]);
            let cause = match input["cause"].as_str() {
                None | Some("Unspecified") => NackCause::Unspecified,
                Some("RouteFull") => NackCause::RouteFull,
                Some("RouteClosed") => NackCause::RouteClosed,
                Some("NodeShutdown") => NackCause::NodeShutdown,
                Some("Refused") => NackCause::Refused,
                Some(other) => panic!("{id}: no such cause: {other}"),
            };
            let permanent = input["permanent"].as_bool().unwrap();
            let reason = input["reason"].as_str().unwrap_or("why");
            let error = error_of(reason, permanent, cause, DELAY);
            if let Some(delay) = expect.get("retryDelayMillis") {
                let millis = error.retry_delay.map(|delay| delay.as_millis() as u64);
                assert_eq!(json!(millis), *delay, "{id}");
                hints += 1;
            } else {
                let kind = error.kind.name().to_uppercase();
                assert_eq!(json!(kind), expect["kind"], "{id}");
                assert_eq!(json!(error.effective_grpc_code()), expect["code"], "{id}");
                assert_eq!(json!(error.is_permanent()), expect["permanent"], "{id}");
                mapped += 1;
            }
        }
        assert_eq!((mapped, hints), (10, 7));
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
    fn rate_limit_that_may_be_tried_at_once_is_none_for_good() {
        let reason = "code: 'Some resource has been exhausted', message: \"m\" (retry after 0ms)";
        let error = unspecified(reason, false);
        assert_eq!(error.kind, ErrorKind::ResourceExhausted);
        assert_eq!(error.retry_delay, Some(Duration::ZERO));
        assert_eq!(error.origin, "engine-text");
    }

    #[test]
    fn delay_out_of_range_is_bounded() {
        let error = unspecified("m (retry after 99999999999999999999ms)", false);
        assert_eq!(error.retry_delay, Some(Error::LONGEST_DELAY));
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
