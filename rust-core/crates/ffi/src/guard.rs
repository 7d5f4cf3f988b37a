// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! No panic crosses the boundary.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ferrule_context::Error;
use ferrule_pipeline::{Reason, Refusal};

/// Runs `call`; a panic, which the hook has reported, becomes `panicked`.
pub(crate) fn guarded<T>(panicked: T, call: impl FnOnce() -> T) -> T {
    let call = || {
        #[cfg(test)]
        tests::panic_if_wanted();
        call()
    };
    catch_unwind(AssertUnwindSafe(call)).unwrap_or(panicked)
}

/// Runs `call`; a panic, which the hook has reported, becomes an error that can be told.
pub(crate) fn caught<T>(call: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| Err(Error::panicked()))
}

/// The refusal code of a submission that panicked.
pub(crate) fn panicked() -> i64 {
    Refusal::of(Reason::Internal).code()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::*;

    thread_local! {
        static PANICS: Cell<bool> = const { Cell::new(false) };
    }

    pub(super) fn panic_if_wanted() {
        assert!(!PANICS.get(), "a test asked for a panic");
    }

    #[test]
    fn panic_becomes_a_code() {
        assert_eq!(guarded(7, || panic!("caught")), 7);
        assert_eq!(guarded(7, || 3), 3);
    }

    #[test]
    fn panic_becomes_an_error() {
        assert_eq!(caught::<()>(|| panic!("caught")), Err(Error::panicked()));
        assert_eq!(caught(|| Ok(3)), Ok(3));
    }

    /// Each export of the header, with a panic in it. Only the version, a constant, has no guard.
    #[test]
    fn no_export_lets_a_panic_out() {
        PANICS.set(true);
        // SAFETY: nothing is read or written, because each call panics before it starts.
        let codes = unsafe {
            [
                ("ferrule_engine_start", ferrule_engine_start(0, 0, 0, 0)),
                (
                    "ferrule_engine_validate",
                    ferrule_engine_validate(0, 0, 0, 0).into(),
                ),
                (
                    "ferrule_engine_update_secrets",
                    ferrule_engine_update_secrets(0, 0, 0, 0, 0).into(),
                ),
                ("ferrule_payload_reserve", ferrule_payload_reserve(0, 0, 0)),
                (
                    "ferrule_payload_release",
                    ferrule_payload_release(0, 0).into(),
                ),
                ("ferrule_engine_submit", ferrule_engine_submit(0, 0, 0)),
                (
                    "ferrule_engine_cancel",
                    ferrule_engine_cancel(0, 0, 0).into(),
                ),
                (
                    "ferrule_engine_poll",
                    ferrule_engine_poll(0, 0, 0, 0).into(),
                ),
                ("ferrule_engine_wake", ferrule_engine_wake(0).into()),
                (
                    "ferrule_engine_status",
                    ferrule_engine_status(0, 0, 0).into(),
                ),
                (
                    "ferrule_engine_metrics",
                    ferrule_engine_metrics(0, 0, 0).into(),
                ),
                (
                    "ferrule_engine_phases",
                    ferrule_engine_phases(0, 0, 0).into(),
                ),
                (
                    "ferrule_engine_log_level",
                    ferrule_engine_log_level(0, 0, 0).into(),
                ),
                ("ferrule_engine_stop", ferrule_engine_stop(0, 0).into()),
                ("ferrule_engine_free", ferrule_engine_free(0).into()),
            ]
        };
        PANICS.set(false);
        let refused = panicked();
        let status = i64::from(STATUS_STALE);
        let expected = [
            0, 1, 1, -refused, 1, refused, 1, 0, 2, status, status, 1, 1, 1, 2,
        ];
        assert_eq!(codes.map(|(_, code)| code), expected);
        assert_eq!(refused & 0xff, i64::from(Error::panicked().kind.number()));
        let mut exports: Vec<_> = include_str!("../../../include/ferrule.h")
            .lines()
            .filter_map(|line| line.split_once('(')?.0.rsplit(' ').next())
            .filter(|name| name.starts_with("ferrule_") && *name != "ferrule_abi_version")
            .collect();
        let mut called = codes.map(|(name, _)| name);
        exports.sort_unstable();
        called.sort_unstable();
        assert_eq!(exports, called);
    }
}
