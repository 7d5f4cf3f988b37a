// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Refusals of submissions.

use std::time::Duration;

use ferrule_context::ErrorKind;

/// The reason of a refusal; numbers are those of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Reason {
    /// The lane into the pipeline is full.
    LaneFull = 1,
    /// Too many calls are in flight.
    TooManyCalls = 2,
    /// The byte budget is used up.
    ByteBudget = 3,
    /// The pipeline is starting or restarting.
    NotReady = 4,
    /// The engine is stopping or has stopped.
    Stopping = 5,
    /// The engine handle is stale or unknown.
    StaleHandle = 6,
    /// The frame is malformed.
    MalformedFrame = 7,
    /// The frame has another version.
    WrongVersion = 8,
    /// The call id is in flight already.
    DuplicateCall = 9,
    /// There is no such pipeline.
    UnknownPipeline = 10,
    /// There is no such reserved payload.
    UnknownPayload = 11,
    /// The engine sheds load because memory is short.
    MemoryPressure = 12,
    /// A panic was caught.
    Internal = 13,
    /// The deadline has passed.
    Expired = 14,
    /// The payload is larger than the whole byte budget.
    PayloadTooLarge = 15,
    /// The engine ended by itself and does not come back.
    Ended = 16,
}

impl Reason {
    /// The kind of failure that the caller sees.
    #[must_use]
    pub const fn kind(self) -> ErrorKind {
        match self {
            Self::LaneFull | Self::TooManyCalls | Self::ByteBudget | Self::MemoryPressure => {
                ErrorKind::ResourceExhausted
            }
            Self::NotReady | Self::Stopping | Self::StaleHandle | Self::Ended => {
                ErrorKind::Retryable
            }
            Self::MalformedFrame
            | Self::WrongVersion
            | Self::DuplicateCall
            | Self::UnknownPipeline
            | Self::UnknownPayload => ErrorKind::Configuration,
            Self::Internal | Self::PayloadTooLarge => ErrorKind::Permanent,
            Self::Expired => ErrorKind::Timeout,
        }
    }
}

/// The refusal of a submission; the call was never in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The reason.
    pub reason: Reason,
    /// The delay to come back after.
    pub retry_delay: Option<Duration>,
}

impl Refusal {
    /// A refusal that coming back does not change.
    #[must_use]
    pub const fn of(reason: Reason) -> Self {
        Self {
            reason,
            retry_delay: None,
        }
    }

    /// Kind, reason and delay as one number: bits 0 to 7, 8 to 15, and 16 to 47 in milliseconds.
    #[must_use]
    pub fn code(self) -> i64 {
        let millis = self
            .retry_delay
            .map_or(0, |delay| delay.as_millis().clamp(1, u32::MAX.into()));
        let millis = i64::try_from(millis).unwrap_or(i64::from(u32::MAX));
        i64::from(self.reason.kind().number()) | i64::from(self.reason as u8) << 8 | millis << 16
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_vectors;

    /// Those that meet a submission; the others are no refusals.
    #[test]
    fn situations() {
        let mut decided = 0;
        for (id, case) in test_vectors::section("situations") {
            let reason = match &*id {
                "SIT-size" => Reason::PayloadTooLarge,
                "SIT-deadline" => Reason::Expired,
                "SIT-queuefull" => Reason::LaneFull,
                "SIT-mem" => Reason::MemoryPressure,
                "SIT-stopping" => Reason::Stopping,
                "SIT-notready" => Reason::NotReady,
                "SIT-enginedown" => Reason::Ended,
                "SIT-panic" => Reason::Internal,
                "SIT-protobuf" | "SIT-authn" | "SIT-authz" | "SIT-signal" | "SIT-clientgone"
                | "SIT-javabug" | "SIT-config" | "SIT-boundary" => continue,
                _ => panic!("{id} is decided by nobody"),
            };
            let kind = reason.kind().name().to_uppercase();
            assert_eq!(kind, case["expect"]["kind"], "{id}");
            decided += 1;
        }
        assert_eq!(decided, 8);
    }

    #[test]
    fn code_holds_kind_reason_and_delay() {
        let refusal = Refusal {
            reason: Reason::LaneFull,
            retry_delay: Some(Duration::from_secs(1)),
        };
        let code = refusal.code();
        assert_eq!((code & 0xff, code >> 8 & 0xff, code >> 16), (5, 1, 1000));
    }

    #[test]
    fn delay_below_a_millisecond_is_not_lost() {
        let refusal = Refusal {
            reason: Reason::NotReady,
            retry_delay: Some(Duration::from_nanos(1)),
        };
        assert_eq!(refusal.code() >> 16, 1);
    }
}
