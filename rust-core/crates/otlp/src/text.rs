// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Text for log lines.

/// Longest UTF-8 form of one character, in bytes.
const MAX_CHAR_BYTES: usize = 4;

/// Returns at most `max_chars` characters of `bytes`, followed by an ellipsis if cut. Control and
/// direction characters and bytes that are not UTF-8 become U+FFFD, double quotes become single.
pub(crate) fn clean(bytes: &[u8], max_chars: usize) -> String {
    // One more character than wanted tells whether the text goes on; the rest is not looked at.
    let head = &bytes[..bytes.len().min((max_chars + 1) * MAX_CHAR_BYTES)];
    let lossy = String::from_utf8_lossy(head);
    let mut shown = String::with_capacity(lossy.len().min(max_chars * MAX_CHAR_BYTES));
    for (count, character) in lossy.chars().enumerate() {
        if count == max_chars {
            shown.push('…');
            break;
        }
        shown.push(match character {
            '"' => '\'',
            other if is_harmful(other) => char::REPLACEMENT_CHARACTER,
            other => other,
        });
    }
    shown
}

/// Whether a character could break a line or change how the rest of it is shown.
fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Returns a number with its noun, in the plural if need be.
pub(crate) fn count(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_text_stays() {
        assert_eq!(clean("GET /cart ä".as_bytes(), 64), "GET /cart ä");
    }

    #[test]
    fn long_text_is_cut_with_ellipsis() {
        assert_eq!(clean("ääää".as_bytes(), 3), "äää…");
        assert_eq!(clean("äää".as_bytes(), 3), "äää");
        assert_eq!(clean(&[b'x'; 1000], 3), "xxx…");
    }

    #[test]
    fn odd_characters_are_replaced() {
        assert_eq!(
            clean(b"a\r\n\xff\x1b[0m", 64),
            "a\u{fffd}\u{fffd}\u{fffd}\u{fffd}[0m"
        );
        assert_eq!(clean("\u{202e}\"x\"".as_bytes(), 64), "\u{fffd}'x'");
    }
}
