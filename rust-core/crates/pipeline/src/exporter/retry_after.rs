// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The header `Retry-After` of an answer.

use std::time::{Duration, SystemTime};

/// Longer delays are cut.
const MOST_SECONDS: u64 = 0x7fff_ffff;

/// The delay that a header's first value asks for: digits, or one of the three forms of an HTTP
/// date, where a date in the past means now. Anything else asks for nothing.
pub(super) fn parse(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim_matches([' ', '\t']);
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are a long time, too
        let seconds = value.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds.min(MOST_SECONDS)));
    }
    let delay = date(value)?.duration_since(now).unwrap_or_default();
    Some(delay.min(Duration::from_secs(MOST_SECONDS)))
}

/// A leap second, which the library does not know, is read as the next second.
fn date(value: &str) -> Option<SystemTime> {
    if let Some((minute, rest)) = value.split_once(":60 ") {
        let date = format!("{minute}:59 {rest}");
        return Some(httpdate::parse_http_date(&date).ok()? + Duration::from_secs(1));
    }
    httpdate::parse_http_date(value).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn vectors() {
        let file = include_str!(
            "../../../../../autoconfigure/src/test/resources/semantics/error-mapping.json"
        );
        let vectors: Value = serde_json::from_str(file).unwrap();
        for case in vectors["retryAfterParse"].as_array().unwrap() {
            let now = humantime(case["now"].as_str().unwrap());
            let first = case["headerValues"][0].as_str();
            let delay = first.and_then(|value| parse(value, now));
            let expected = case["expectDelayMillis"]
                .as_u64()
                .map(Duration::from_millis);
            assert_eq!(delay, expected, "{}", case["id"]);
        }
    }

    /// All cases are of one instant.
    fn humantime(text: &str) -> SystemTime {
        assert_eq!(text, "2026-01-01T00:00:00Z");
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600)
    }
}
