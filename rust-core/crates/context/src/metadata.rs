// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Captured request headers.

mod names;
mod outbound;

use std::ops::Range;
use std::sync::Arc;

use self::names::{HOST, without_alias};

pub(crate) use self::names::canonical;
pub(crate) use self::outbound::is_credential;

pub use self::names::is_token;
pub use self::outbound::{Outbound, OutboundRules};

const SENSITIVE: u8 = 1;
const BINARY: u8 = 2;
const WELL_KNOWN: u8 = 4;

/// Headers captured from a request: an ordered multi-map whose values are slices of one
/// allocation, decoded when asked for. Names are compared without ASCII case, and `:authority`
/// is another name of `host`. Cloning shares the values. Debug output names keys only.
#[derive(Clone, Default)]
pub struct Metadata {
    bytes: Arc<[u8]>,
    slices: Vec<Slice>,
    well_known: &'static [&'static str],
}

/// Position of an entry in the bytes.
#[derive(Debug, Clone, Copy)]
struct Slice {
    value_start: u32,
    end: u32,
    /// Bytes of the name before the value, or its index among the well-known names.
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

/// Position of an entry in the bytes that [`Metadata::in_context`] shares.
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

/// Position of an entry's name.
#[derive(Debug, Clone, Copy)]
pub enum PlaceName {
    /// This many bytes before the value, lower-case ASCII.
    Text(u16),
    /// Index among the well-known names, which are not part of the bytes.
    WellKnown(u16),
}

impl Metadata {
    /// Metadata of `count` entries that lie in `context`, with the table of well-known names.
    /// Nothing is copied; what lies outside reads as empty. `count` is a hint for the capacity.
    ///
    /// # Errors
    /// The first error among `places`.
    pub fn in_context<E>(
        context: &Arc<[u8]>,
        well_known: &'static [&'static str],
        count: usize,
        places: impl Iterator<Item = Result<Place, E>>,
    ) -> Result<Self, E> {
        let mut slices = Vec::with_capacity(count);
        for place in places {
            let place = place?;
            let (name, kind) = match place.name {
                PlaceName::Text(length) => (length, 0),
                PlaceName::WellKnown(number) => (number, WELL_KNOWN),
            };
            slices.push(Slice {
                value_start: position(place.value.start),
                end: position(place.value.end),
                name,
                flags: flags(place.binary, place.sensitive) | kind,
            });
        }
        Ok(Self {
            bytes: Arc::clone(context),
            slices,
            well_known,
        })
    }

    /// A builder with room for `entries` entries of `bytes` bytes in all.
    #[must_use]
    pub fn builder(entries: usize, bytes: usize) -> MetadataBuilder {
        MetadataBuilder {
            bytes: Vec::with_capacity(bytes),
            slices: Vec::with_capacity(entries),
        }
    }

    /// The entries in their order.
    pub fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        self.slices.iter().map(|slice| Entry {
            name: self.name(slice),
            value: self.slice(slice.value_start, slice.end),
            binary: slice.flags & BINARY != 0,
            sensitive: slice.flags & SENSITIVE != 0,
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

    /// The client's `user-agent`.
    #[must_use]
    pub fn user_agent(&self) -> Option<&str> {
        self.first("user-agent")
    }

    /// Number of entries; each value is one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slices.len()
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slices.is_empty()
    }

    fn name(&self, slice: &Slice) -> &str {
        if slice.flags & WELL_KNOWN != 0 {
            return self.well_known.get(usize::from(slice.name)).unwrap_or(&"");
        }
        let start = slice.value_start.saturating_sub(u32::from(slice.name));
        str::from_utf8(self.slice(start, slice.value_start)).unwrap_or("")
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

fn flags(binary: bool, sensitive: bool) -> u8 {
    (if binary { BINARY } else { 0 }) | (if sensitive { SENSITIVE } else { 0 })
}

/// Frames hold at most 1 MiB of context, so positions fit.
fn position(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// Builder of [`Metadata`] from copies.
#[derive(Debug)]
pub struct MetadataBuilder {
    bytes: Vec<u8>,
    slices: Vec<Slice>,
}

impl MetadataBuilder {
    /// Adds an entry, whose name is in lower case and shorter than 64 KiB, behind those added
    /// before.
    pub fn push(&mut self, entry: Entry<'_>) {
        self.bytes.extend_from_slice(entry.name.as_bytes());
        let value_start = position(self.bytes.len());
        self.bytes.extend_from_slice(entry.value);
        self.slices.push(Slice {
            value_start,
            end: position(self.bytes.len()),
            name: u16::try_from(entry.name.len()).unwrap_or(u16::MAX),
            flags: flags(entry.binary, entry.sensitive),
        });
    }

    /// Builds the metadata.
    #[must_use]
    pub fn build(self) -> Metadata {
        Metadata {
            bytes: self.bytes.into(),
            slices: self.slices,
            well_known: &[],
        }
    }
}

#[cfg(test)]
mod tests;
