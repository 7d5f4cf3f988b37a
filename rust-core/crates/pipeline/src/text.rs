// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Text of a downstream, made fit for headers and logs.

/// More is cut.
const MOST_CHARS: usize = 1024;

/// Control characters become spaces, and the length is bounded.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .take(MOST_CHARS)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_and_length_are_bounded() {
        assert_eq!(clean("a\r\nb\u{1e}\u{85}ü"), "a  b  ü");
        assert_eq!(clean(&"ü".repeat(1 << 20)).chars().count(), MOST_CHARS);
    }
}
