// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Numbers as texts, without loss: as values of `serde_json`, long integers in other forms than
//! plain digits would be rounded to `f64`.

use serde_json::value::RawValue;

/// Decimal digits of the largest 64-bit integer.
const MAX_DIGITS: i64 = 20;

/// Reads a JSON number with an integral value of at most 20 digits.
pub(super) fn integer(number: &str) -> Option<i128> {
    let first = number.bytes().next()?;
    if !(first == b'-' || first.is_ascii_digit()) {
        return None;
    }
    // The usual case. Longer ones must not overflow.
    if number.len() <= 20 && number.bytes().skip(1).all(|byte| byte.is_ascii_digit()) {
        return number.parse().ok();
    }
    let (magnitude, sign) = number
        .strip_prefix('-')
        .map_or((number, 1), |rest| (rest, -1));
    let (mantissa, exponent) = magnitude.split_once(['e', 'E']).unwrap_or((magnitude, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let leading = digits.trim_end_matches('0');
    let significant = leading.trim_start_matches('0');
    if significant.is_empty() {
        return Some(0);
    }
    // An exponent that does not fit makes the number a fraction or too large in any case.
    let exponent = exponent.parse::<i64>().ok()?;
    let zeros = exponent
        .checked_sub(i64::try_from(fraction.len()).ok()?)?
        .checked_add(i64::try_from(digits.len() - leading.len()).ok()?)?;
    let length = zeros.checked_add(i64::try_from(significant.len()).ok()?)?;
    if zeros < 0 || length > MAX_DIGITS {
        return None;
    }
    let scale = 10_i128.checked_pow(u32::try_from(zeros).ok()?)?;
    Some(sign * significant.parse::<i128>().ok()? * scale)
}

/// Reads a text that holds an integral JSON number and nothing else.
pub(super) fn integer_text(text: &str) -> Option<i128> {
    is_number(text).then(|| integer(text)).flatten()
}

/// Reads a JSON number.
pub(super) fn double(number: &str) -> Option<f64> {
    let first = number.bytes().next()?;
    if !(first == b'-' || first.is_ascii_digit()) {
        return None;
    }
    number.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Reads a text that holds a JSON number or the name of a value that has no number.
pub(super) fn double_text(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => is_number(text).then(|| double(text)).flatten(),
    }
}

/// Whether a text is a JSON number without anything around it.
fn is_number(text: &str) -> bool {
    let starts_well = text
        .bytes()
        .next()
        .is_some_and(|byte| byte == b'-' || byte.is_ascii_digit());
    starts_well
        && serde_json::from_str::<&RawValue>(text)
            .is_ok_and(|value| value.get().len() == text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_stay_exact() {
        for (text, value) in [
            ("0", 0),
            ("-0", 0),
            ("18446744073709551615", i128::from(u64::MAX)),
            ("-9223372036854775808", i128::from(i64::MIN)),
            ("1700000000000000001.0", 1_700_000_000_000_000_001),
            ("1e3", 1000),
            ("1.5E+1", 15),
            ("1230e-1", 123),
            ("1.700000000000000001e18", 1_700_000_000_000_000_001),
            ("0e999999999999999999999", 0),
            ("-2e0", -2),
        ] {
            assert_eq!(integer_text(text), Some(value), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_integers() {
        let other = [
            "",
            " 1",
            "1 ",
            "+1",
            "01",
            "1.5",
            "1e-1",
            "1e40",
            "1e99999999999999999999",
            "0x10",
            "--1",
            "-",
            "1e",
            "NaN",
            "1_000",
            "٣",
        ];
        for text in other {
            assert_eq!(integer_text(text), None, "{text}");
        }
        assert_eq!(integer("true"), None);
        assert_eq!(integer("{}"), None);
    }

    #[test]
    fn doubles_are_read_to_the_last_bit() {
        assert_eq!(double_text("1.5"), Some(1.5));
        assert_eq!(double("0.1"), Some(0.1));
        assert_eq!(double("2.2250738585072014e-308"), Some(f64::MIN_POSITIVE));
        assert_eq!(double_text("-Infinity"), Some(f64::NEG_INFINITY));
        assert!(double_text("NaN").is_some_and(f64::is_nan));
    }

    #[test]
    fn other_texts_are_no_doubles() {
        for text in [
            "", "nan", "inf", "+1", "1.", ".5", " 1", "1e999", "infinity",
        ] {
            assert_eq!(double_text(text), None, "{text}");
        }
        assert_eq!(double("1e999"), None);
    }
}
