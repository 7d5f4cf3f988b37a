// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Iterator over the fields of one protobuf message, as far as they are well-formed.

use prost::encoding::decode_varint;

/// Value of a field by its wire type, not yet interpreted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum FieldValue<'a> {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    Bytes(&'a [u8]),
}

impl<'a> FieldValue<'a> {
    /// Returns the bytes of a length-delimited value, none of another.
    pub(crate) const fn bytes(self) -> &'a [u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            _ => &[],
        }
    }

    /// Returns an integer value, 0 for a length-delimited one.
    pub(crate) const fn integer(self) -> u64 {
        match self {
            Self::Varint(value) | Self::Fixed64(value) => value,
            Self::Fixed32(value) => value as u64,
            Self::Bytes(_) => 0,
        }
    }
}

/// Takes a key off the front: field number and wire type, neither of them checked. Nothing if it
/// is not a number of at most 32 bits.
pub(crate) fn key(bytes: &mut &[u8]) -> Option<(u32, u8)> {
    let key = u32::try_from(decode_varint(bytes).ok()?).ok()?;
    Some((key >> 3, (key & 7) as u8))
}

/// Iterates over numbers and values; ends at the first field that is not well-formed.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = (u32, FieldValue<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (number, wire_type) = key(&mut self.0)?;
        let value = match wire_type {
            0 => FieldValue::Varint(decode_varint(&mut self.0).ok()?),
            1 => FieldValue::Fixed64(u64::from_le_bytes(self.take()?)),
            2 => {
                let length = usize::try_from(decode_varint(&mut self.0).ok()?).ok()?;
                let (bytes, rest) = self.0.split_at_checked(length)?;
                self.0 = rest;
                FieldValue::Bytes(bytes)
            }
            5 => FieldValue::Fixed32(u32::from_le_bytes(self.take()?)),
            _ => return None,
        };
        Some((number, value))
    }
}

/// Iterates over the length-delimited values of one field.
pub(crate) fn messages(bytes: &[u8], number: u32) -> impl Iterator<Item = &[u8]> {
    Fields(bytes).filter_map(move |field| match field {
        (found, FieldValue::Bytes(value)) if found == number => Some(value),
        _ => None,
    })
}

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (value, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*value)
    }
}

/// Whether `bytes` are whole fields of protobuf from the first to the last, so that fields of
/// another message can follow. What is inside of the fields is not looked at; groups are refused.
#[must_use]
pub fn is_whole(bytes: &[u8]) -> bool {
    let mut fields = Fields(bytes);
    while !fields.0.is_empty() {
        if fields.next().is_none() {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_each_wire_type_are_read() {
        let bytes = [
            8, 150, 1, 17, 1, 0, 0, 0, 0, 0, 0, 0, 26, 2, 97, 98, 37, 2, 0, 0, 0,
        ];
        let read: Vec<_> = Fields(&bytes).collect();
        let expected = [
            (1, FieldValue::Varint(150)),
            (2, FieldValue::Fixed64(1)),
            (3, FieldValue::Bytes(b"ab")),
            (4, FieldValue::Fixed32(2)),
        ];
        assert_eq!(read, expected);
    }

    #[test]
    fn reading_ends_at_malformed_field() {
        assert_eq!(Fields(&[8, 1, 26, 200]).count(), 1);
        assert_eq!(Fields(&[11]).count(), 0);
        assert_eq!(Fields(&[0xff; 12]).count(), 0);
    }

    #[test]
    fn truncated_message_is_not_whole() {
        let bytes = [10, 2, 8, 1, 10, 0];
        assert!(is_whole(&bytes) && is_whole(&[]));
        let whole: Vec<_> = (0..bytes.len())
            .filter(|end| is_whole(&bytes[..*end]))
            .collect();
        assert_eq!(whole, [0, 4]);
    }
}
