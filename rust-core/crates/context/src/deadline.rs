// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Deadlines on the monotonic clock, and timeout headers for a downstream.

use std::time::{Duration, Instant};

/// Beyond any deadline that matters, yet safe to add to an instant.
const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// `TimeoutValue` has at most 8 digits (gRPC over HTTP/2, "Requests").
const MOST_GRPC: u128 = 99_999_999;

/// `Connect-Timeout-Ms` has at most 10 digits (Connect protocol, "Timeout-Milliseconds").
const MOST_CONNECT: u128 = 9_999_999_999;

/// The instant `time_left` after `now`, or one a year away if the clock has none.
#[must_use]
pub fn deadline_in(now: Instant, time_left: Duration) -> Instant {
    now.checked_add(time_left).unwrap_or_else(|| now + FAR)
}

/// The time left until a deadline; none once it has passed, and then nothing may be sent.
#[must_use]
pub fn remaining(deadline: Instant, now: Instant) -> Option<Duration> {
    deadline
        .checked_duration_since(now)
        .filter(|left| !left.is_zero())
}

/// The value of `grpc-timeout` (gRPC over HTTP/2): rounded down, in the finest of the units `n`,
/// `u`, `m`, `S`, `M`, `H` in which it has at most 8 digits. None if nothing is left; then the call
/// must not be made.
#[must_use]
pub fn grpc_timeout(remaining: Duration) -> Option<String> {
    const UNITS: [(u128, char); 6] = [
        (1, 'n'),
        (1_000, 'u'),
        (1_000_000, 'm'),
        (1_000_000_000, 'S'),
        (60_000_000_000, 'M'),
        (3_600_000_000_000, 'H'),
    ];
    let nanos = remaining.as_nanos();
    if nanos == 0 {
        return None;
    }
    UNITS
        .into_iter()
        .find(|(unit, _)| nanos / unit <= MOST_GRPC)
        .map(|(unit, letter)| format!("{}{letter}", nanos / unit))
        .or_else(|| Some(format!("{MOST_GRPC}H")))
}

/// The value of a timeout header in milliseconds, such as `connect-timeout-ms`: rounded down, at
/// most 10 digits. None if less than a millisecond is left; then the call must not be made.
#[must_use]
pub fn timeout_millis(remaining: Duration) -> Option<String> {
    match remaining.as_millis().min(MOST_CONNECT) {
        0 => None,
        millis => Some(millis.to_string()),
    }
}

/// The deadline of a merged batch: the latest of its members', and none if one of them has none.
/// Each member still times out alone.
pub fn group_deadline<T: Ord>(members: impl IntoIterator<Item = Option<T>>) -> Option<T> {
    members
        .into_iter()
        .reduce(|latest, next| Some(latest?.max(next?)))
        .flatten()
}

/// Whether a retry after `delay` still starts in time. If not, the caller gets the last error at
/// once.
#[must_use]
pub fn retry_fits(remaining: Duration, delay: Duration) -> bool {
    delay < remaining
}
