// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! No panic crosses the boundary.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ferrule_pipeline::{Reason, Refusal};

/// Runs `call`; a panic, which the hook has reported, becomes `panicked`.
pub(crate) fn guarded<T>(panicked: T, call: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or(panicked)
}

/// The refusal code of a submission that panicked.
pub(crate) fn panicked() -> i64 {
    Refusal::of(Reason::Internal).code()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panic_becomes_a_code() {
        assert_eq!(guarded(7, || panic!("caught")), 7);
        assert_eq!(guarded(7, || 3), 3);
    }
}
