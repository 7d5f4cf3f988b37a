// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Captured request headers.

use std::ops::Range;
use std::sync::Arc;

const SENSITIVE: u8 = 1;
const BINARY: u8 = 2;
const WELL_KNOWN: u8 = 4;

pub(crate) const HOST: &str = "host";
const AUTHORITY: &str = ":authority";

/// Headers captured from a request: an ordered multi-map whose values are slices of one
/// allocation, decoded when asked for. Names are compared without ASCII case, and `:authority`
/// is another name of `host`. Cloning shares the values. Debug output names keys only.
#[derive(Clone, Default)]
pub struct Metadata {
    bytes: Arc<[u8]>,
    spans: Vec<Span>,
    well_known: &'static [&'static str],
}

#[derive(Debug, Clone, Copy)]
struct Span {
    value_start: u32,
    end: u32,
    /// Bytes of the name before the value, or its place among the well-known names.
    name: u16,
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

/// Where an entry lies in the bytes that [`Metadata::in_context`] takes over.
#[derive(Debug, Clone)]
pub struct Place {
    /// The name.
    pub name: PlaceName,
    /// The value.
    pub value: Range<usize>,
    /// Whether the value is binary.
    pub binary: bool,
    /// Whether the value is a credential.
    pub sensitive: bool,
}

/// Where an entry's name comes from.
#[derive(Debug, Clone, Copy)]
pub enum PlaceName {
    /// That many bytes before the value, lower-case ASCII.
    Text(u16),
    /// A place among the well-known names, which are not part of the bytes.
    WellKnown(u16),
}

impl Metadata {
    /// Metadata of `count` entries that lie in `context`, with the table of well-known names.
    /// Nothing is copied; what lies outside reads as empty.
    ///
    /// # Errors
    /// The first error among `places`.
    pub fn in_context<E>(
        context: &Arc<[u8]>,
        well_known: &'static [&'static str],
        count: usize,
        places: impl Iterator<Item = Result<Place, E>>,
    ) -> Result<Self, E> {
        let mut spans = Vec::with_capacity(count);
        for place in places {
            let place = place?;
            let (name, kind) = match place.name {
                PlaceName::Text(length) => (length, 0),
                PlaceName::WellKnown(number) => (number, WELL_KNOWN),
            };
            spans.push(Span {
                value_start: position(place.value.start),
                end: position(place.value.end),
                name,
                flags: flags(place.binary, place.sensitive) | kind,
            });
        }
        Ok(Self {
            bytes: Arc::clone(context),
            spans,
            well_known,
        })
    }

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
            name: self.name(span),
            value: self.slice(span.value_start, span.end),
            binary: span.flags & BINARY != 0,
            sensitive: span.flags & SENSITIVE != 0,
        })
    }

    /// All entries of a name, in their order.
    pub fn entries<'a>(&'a self, name: &str) -> impl Iterator<Item = Entry<'a>> {
        let name = without_alias(name);
        self.iter()
            .filter(move |entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// The text values of a name, in their order.
    pub fn values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.entries(name)
            .filter(|entry| !entry.binary)
            .filter_map(|entry| str::from_utf8(entry.value).ok())
    }

    /// The first text value of a name.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&str> {
        self.values(name).next()
    }

    /// The binary values of a name, in their order.
    pub fn binary_values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.entries(name)
            .filter(|entry| entry.binary)
            .map(|entry| entry.value)
    }

    /// The first binary value of a name.
    #[must_use]
    pub fn first_binary(&self, name: &str) -> Option<&[u8]> {
        self.binary_values(name).next()
    }

    /// The host that the client asked for: `Host`, or `:authority` of HTTP/2.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.first(HOST)
    }

    /// The client's credentials. Never log them.
    #[must_use]
    pub fn authorization(&self) -> Option<&str> {
        self.first("authorization")
    }

    /// What the client calls itself.
    #[must_use]
    pub fn user_agent(&self) -> Option<&str> {
        self.first("user-agent")
    }

    /// Number of entries; each value is one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    fn name(&self, span: &Span) -> &str {
        if span.flags & WELL_KNOWN != 0 {
            return self.well_known.get(usize::from(span.name)).unwrap_or(&"");
        }
        let start = span.value_start.saturating_sub(u32::from(span.name));
        str::from_utf8(self.slice(start, span.value_start)).unwrap_or("")
    }

    fn slice(&self, start: u32, end: u32) -> &[u8] {
        self.bytes
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }
}

impl std::fmt::Debug for Metadata {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.iter().map(|entry| entry.name))
            .finish()
    }
}

/// A name as it is stored: lower case, `host` for `:authority`.
pub(crate) fn canonical(name: &str) -> Box<str> {
    without_alias(name).to_ascii_lowercase().into()
}

/// Whether a name is a token of RFC 9110, section 5.6.2.
#[must_use]
pub fn is_token(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

fn without_alias(name: &str) -> &str {
    if name.eq_ignore_ascii_case(AUTHORITY) {
        HOST
    } else {
        name
    }
}

fn flags(binary: bool, sensitive: bool) -> u8 {
    (if binary { BINARY } else { 0 }) | (if sensitive { SENSITIVE } else { 0 })
}

/// Frames hold at most 1 MiB of context, so positions fit.
fn position(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// Collects [`Metadata`].
#[derive(Debug)]
pub struct MetadataBuilder {
    bytes: Vec<u8>,
    spans: Vec<Span>,
}

impl MetadataBuilder {
    /// Adds an entry, whose name is in lower case and shorter than 64 KiB, behind those added
    /// before.
    pub fn push(&mut self, entry: Entry<'_>) {
        self.bytes.extend_from_slice(entry.name.as_bytes());
        let value_start = position(self.bytes.len());
        self.bytes.extend_from_slice(entry.value);
        self.spans.push(Span {
            value_start,
            end: position(self.bytes.len()),
            name: u16::try_from(entry.name.len()).unwrap_or(u16::MAX),
            flags: flags(entry.binary, entry.sensitive),
        });
    }

    /// Finishes the collection.
    #[must_use]
    pub fn build(self) -> Metadata {
        Metadata {
            bytes: self.bytes.into(),
            spans: self.spans,
            well_known: &[],
        }
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
        assert_eq!(metadata.values("X-A").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(metadata.authorization(), Some("s3cret"));
    }

    #[test]
    fn values_are_slices_of_the_context() {
        let context: Arc<[u8]> = b"x-binABgateway".as_slice().into();
        let place = |name, value, binary| {
            Ok::<_, ()>(Place {
                name,
                value,
                binary,
                sensitive: false,
            })
        };
        let places = [
            place(PlaceName::Text(5), 5..7, true),
            place(PlaceName::WellKnown(0), 7..14, false),
            place(PlaceName::Text(9), 14..99, false),
        ];
        let metadata = Metadata::in_context(&context, &[HOST], 3, places.into_iter()).unwrap();
        assert_eq!(metadata.first_binary("X-Bin"), Some(&b"AB"[..]));
        assert_eq!(metadata.first("x-bin"), None);
        let host = metadata.host().unwrap();
        assert_eq!(host, "gateway");
        assert_eq!(host.as_ptr(), context[7..].as_ptr());
        assert_eq!(metadata.iter().nth(2).unwrap().value, b"");
    }

    #[test]
    fn debug_output_shows_no_values() {
        assert!(!format!("{:?}", sample()).contains("s3cret"));
    }
}
