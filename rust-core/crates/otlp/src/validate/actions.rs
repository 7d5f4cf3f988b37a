// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What to do with a field, precomputed for each message and key of one byte.

use prost::encoding::WireType;

use crate::schema::{COUNT, Field, Kind, MessageType, TABLE};

/// A known field with another wire type, a group, or field number 0.
pub(super) const REFUSED: u8 = 0;
pub(super) const VARINT: u8 = 1;
pub(super) const FIXED64: u8 = 2;
pub(super) const FIXED32: u8 = 3;
pub(super) const STRING: u8 = 4;
pub(super) const BYTES: u8 = 5;
pub(super) const PACKED_VARINT: u8 = 6;
pub(super) const PACKED_FIXED64: u8 = 7;
pub(super) const PACKED_FIXED32: u8 = 8;
/// This and greater numbers: a nested message, by its place in the schema.
pub(super) const FIRST_MESSAGE: u8 = 16;

/// Number of keys that fit one byte: field numbers 0 to 15.
const SHORT_KEYS: usize = 128;

/// By message, then by the key's byte.
pub(super) static ACTIONS: [[u8; SHORT_KEYS]; COUNT] = {
    let mut actions = [[REFUSED; SHORT_KEYS]; COUNT];
    let mut message = 0;
    while message < COUNT {
        let mut key = 0;
        while key < SHORT_KEYS {
            actions[message][key] = action(&TABLE[message], (key >> 3) as u32, (key & 7) as u8);
            key += 1;
        }
        message += 1;
    }
    actions
};

/// Returns what to do with a field of this number and wire type.
pub(super) const fn action(message: &MessageType, number: u32, wire_type: u8) -> u8 {
    if number == 0 {
        return REFUSED;
    }
    match message.field(number) {
        Some(field) => known(field, wire_type),
        None => scalar(wire_type),
    }
}

const fn known(field: &Field, wire_type: u8) -> u8 {
    let expected = field.kind.wire_type();
    if wire_type == expected as u8 {
        return match field.kind {
            Kind::String => STRING,
            Kind::Message(id) => FIRST_MESSAGE + id as u8,
            _ => scalar(wire_type),
        };
    }
    if field.is_packable() && wire_type == WireType::LengthDelimited as u8 {
        return match expected {
            WireType::SixtyFourBit => PACKED_FIXED64,
            WireType::ThirtyTwoBit => PACKED_FIXED32,
            _ => PACKED_VARINT,
        };
    }
    REFUSED
}

const fn scalar(wire_type: u8) -> u8 {
    match wire_type {
        0 => VARINT,
        1 => FIXED64,
        2 => BYTES,
        5 => FIXED32,
        _ => REFUSED,
    }
}
