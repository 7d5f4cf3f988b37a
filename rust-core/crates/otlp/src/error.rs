// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Errors of requests.

use crate::text::clean;

/// Most characters of a payload that an error shows.
const SHOWN_CHARS: usize = 32;

/// Kind of a violation, for callers to branch on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum ErrorKind {
    /// Not well-formed: not protobuf, not JSON, or cut short.
    Malformed = 1,
    /// Well-formed, but a value has the wrong type or is out of range.
    Type = 2,
    /// A text is not UTF-8.
    Utf8 = 3,
    /// Messages are nested too deeply.
    Depth = 4,
    /// The protobuf form is larger than the caller allows.
    Size = 5,
}

/// Refusal of a request that violates protobuf or OTLP: sending it again does not help.
///
/// The message names the place and never repeats more than a few cleaned characters of the
/// request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct Error {
    kind: ErrorKind,
    place: Box<str>,
    reason: Box<str>,
}

impl Error {
    pub(crate) fn new(
        kind: ErrorKind,
        place: impl Into<Box<str>>,
        reason: impl Into<Box<str>>,
    ) -> Self {
        Self {
            kind,
            place: place.into(),
            reason: reason.into(),
        }
    }

    /// Returns the kind of the violation.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns the place of the violation: a path such as `resourceSpans[0].scopeSpans[0]` in JSON, a
    /// message, field and byte offset in protobuf.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }
}

/// Returns a piece of the payload that is safe to show.
pub(crate) fn shown(text: &str) -> String {
    clean(text.as_bytes(), SHOWN_CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_shows_place_and_reason() {
        let error = Error::new(ErrorKind::Type, "spans[0].kind", "not an integer");
        assert_eq!(error.to_string(), "spans[0].kind: not an integer");
        assert_eq!(error.kind(), ErrorKind::Type);
        assert_eq!(error.place(), "spans[0].kind");
    }

    #[test]
    fn shown_text_is_cut_and_cleaned() {
        let shown = shown(&format!("a\nb{}", "x".repeat(500)));
        assert_eq!(shown.chars().count(), 33);
        assert!(shown.starts_with("a\u{fffd}bxx"));
        assert!(shown.ends_with('…'));
    }
}
