// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The header `Retry-After` of an answer.

use std::time::{Duration, SystemTime};

use ferrule_context::Error;

use crate::text::digits;

/// The delay that a header's first value asks for: digits, or one of the three forms of an HTTP
/// date, where a date in the past means now. Anything else asks for nothing.
pub(crate) fn parse(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim_matches([' ', '\t']);
    let delay = match digits(value) {
        Some(seconds) => Duration::from_secs(seconds),
        None => date(value)?.duration_since(now).unwrap_or_default(),
    };
    Some(delay.min(Error::LONGEST_DELAY))
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
    use serde_json::json;

    use super::*;
    use crate::test_vectors;

    #[test]
    fn vectors() {
        for (id, case) in test_vectors::section("retryAfterParse") {
            let now = humantime(case["now"].as_str().unwrap());
            let first = case["headerValues"][0].as_str();
            let delay = first.and_then(|value| parse(value, now));
            let expected = case["expectDelayMillis"]
                .as_u64()
                .map(Duration::from_millis);
            assert_eq!(delay, expected, "{id}");
            assert_eq!(json!(delay.is_some()), case["expectUsed"], "{id}");
        }
    }

    /// All cases are of one instant.
    fn humantime(text: &str) -> SystemTime {
        assert_eq!(text, "2026-01-01T00:00:00Z");
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600)
    }

    #[test]
    fn nothing_that_a_downstream_sends_is_too_much() {
        let mut random = fastrand::Rng::with_seed(7);
        let now = humantime("2026-01-01T00:00:00Z");
        let good = "Thu, 01 Jan 2026 00:01:60 GMT";
        for _ in 0..20_000 {
            let mut text: Vec<char> = good.chars().collect();
            for _ in 0..random.usize(1..4) {
                let at = random.usize(..text.len());
                text[at] = if random.bool() {
                    random.char('0'..='9')
                } else {
                    random.char(..)
                };
            }
            let text: String = text.into_iter().collect();
            for text in [
                &*text,
                &text[text.ceil_char_boundary(random.usize(..good.len()))..],
            ] {
                assert!(parse(text, now).is_none_or(|delay| delay <= Error::LONGEST_DELAY));
            }
        }
        for year in ["9999", "0000", "1582"] {
            let _ = parse(&format!("Fri, 31 Dec {year} 23:59:60 GMT"), now);
        }
    }
}
