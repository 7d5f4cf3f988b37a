// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Captured request headers.

use std::ops::Range;

const SENSITIVE: u8 = 1;
const BINARY: u8 = 2;

/// Headers captured from a request, in order, in one allocation; values are decoded when asked
/// for. Debug output names keys only.
#[derive(Clone, Default)]
pub struct Metadata {
    bytes: Box<[u8]>,
    spans: Box<[Span]>,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    name_start: u32,
    value_start: u32,
    end: u32,
    flags: u8,
}

/// One captured header value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Name, lower-case ASCII.
    pub name: &'a str,
    /// Raw value.
    pub value: &'a [u8],
    /// Whether the value is binary.
    pub binary: bool,
    /// Whether the value is a credential.
    pub sensitive: bool,
}

impl Metadata {
    /// A builder with room for `entries` entries of `bytes` bytes in all.
    #[must_use]
    pub fn builder(entries: usize, bytes: usize) -> MetadataBuilder {
        MetadataBuilder {
            bytes: Vec::with_capacity(bytes),
            spans: Vec::with_capacity(entries),
        }
    }

    /// The entries in their order.
    pub fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        self.spans.iter().map(|span| Entry {
            name: str::from_utf8(self.slice(span.name_start..span.value_start)).unwrap_or_default(),
            value: self.slice(span.value_start..span.end),
            binary: span.flags & BINARY != 0,
            sensitive: span.flags & SENSITIVE != 0,
        })
    }

    /// The first text value of a name, compared without ASCII case.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|entry| !entry.binary && entry.name.eq_ignore_ascii_case(name))
            .and_then(|entry| str::from_utf8(entry.value).ok())
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    fn slice(&self, range: Range<u32>) -> &[u8] {
        &self.bytes[range.start as usize..range.end as usize]
    }
}

impl std::fmt::Debug for Metadata {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.iter().map(|entry| entry.name))
            .finish()
    }
}

/// Collects [`Metadata`].
#[derive(Debug)]
pub struct MetadataBuilder {
    bytes: Vec<u8>,
    spans: Vec<Span>,
}

impl MetadataBuilder {
    /// Adds an entry behind those added before.
    pub fn push(&mut self, entry: Entry<'_>) {
        let name_start = self.position();
        self.bytes.extend_from_slice(entry.name.as_bytes());
        let value_start = self.position();
        self.bytes.extend_from_slice(entry.value);
        self.spans.push(Span {
            name_start,
            value_start,
            end: self.position(),
            flags: if entry.binary { BINARY } else { 0 }
                | if entry.sensitive { SENSITIVE } else { 0 },
        });
    }

    /// Finishes the collection.
    #[must_use]
    pub fn build(self) -> Metadata {
        Metadata {
            bytes: self.bytes.into_boxed_slice(),
            spans: self.spans.into_boxed_slice(),
        }
    }

    /// Frames hold at most 1 MiB of context, so positions fit.
    fn position(&self) -> u32 {
        u32::try_from(self.bytes.len()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Metadata {
        let mut builder = Metadata::builder(2, 64);
        for (name, value, sensitive) in [
            ("x-a", "1", false),
            ("x-a", "2", false),
            ("authorization", "s3cret", true),
        ] {
            builder.push(Entry {
                name,
                value: value.as_bytes(),
                binary: false,
                sensitive,
            });
        }
        builder.build()
    }

    #[test]
    fn order_and_repeated_names_are_kept() {
        let metadata = sample();
        let values: Vec<_> = metadata.iter().map(|entry| entry.value).collect();
        assert_eq!(values, [b"1".as_slice(), b"2", b"s3cret"]);
        assert_eq!(metadata.first("X-A"), Some("1"));
    }

    #[test]
    fn debug_output_shows_no_values() {
        assert!(!format!("{:?}", sample()).contains("s3cret"));
    }
}
