// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Single values: their JSON forms and how they are written.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use prost::encoding::encode_varint;
use serde::de;

use super::number;
use super::writer::Writer;
use crate::error::{ErrorKind, shown};
use crate::schema::{Field, Kind, Label};

/// Longest id, in bytes.
const MAX_ID: usize = 16;

const PADDING_OPTIONAL: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, PADDING_OPTIONAL);
const BASE64_URL: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, PADDING_OPTIONAL);

/// Whether values of this kind are numbers in JSON, or texts that hold numbers.
pub(super) const fn is_numeric(kind: &Kind) -> bool {
    !matches!(
        kind,
        Kind::String | Kind::Bytes | Kind::Hex(_) | Kind::Bool | Kind::Message(_)
    )
}

pub(super) fn write_bool<E: de::Error>(
    writer: &mut Writer,
    field: &Field,
    value: bool,
) -> Result<(), E> {
    write_scalar(writer, field, !value, &[u8::from(value)])
}

pub(super) fn write_text<E: de::Error>(
    writer: &mut Writer,
    field: &Field,
    text: &str,
) -> Result<(), E> {
    match field.kind {
        Kind::String => write_bytes(writer, field, text.as_bytes()),
        Kind::Bytes => {
            let base64 = if text.contains(['-', '_']) {
                BASE64_URL
            } else {
                BASE64
            };
            match base64.decode(text) {
                Ok(bytes) => write_bytes(writer, field, &bytes),
                Err(_) => Err(refuse(writer, "not base64", text)),
            }
        }
        Kind::Hex(length) => {
            if text.is_empty() {
                return write_bytes(writer, field, &[]);
            }
            let mut id = [0; MAX_ID];
            match hex::decode_to_slice(text, &mut id[..length]) {
                Ok(()) => write_bytes(writer, field, &id[..length]),
                Err(_) => Err(refuse(
                    writer,
                    &format!("not {} hexadecimal digits", 2 * length),
                    text,
                )),
            }
        }
        _ => Err(refuse(writer, field.kind.expected(), text)),
    }
}

/// Writes a number that is given as JSON: a number, a text, or something else, which is refused.
pub(super) fn write_number<E: de::Error>(
    writer: &mut Writer,
    field: &Field,
    json: &str,
) -> Result<(), E> {
    let unescaped;
    let text = match json
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(inner) if inner.contains('\\') => {
            unescaped = serde_json::from_str::<String>(json).map_err(E::custom)?;
            Some(unescaped.as_str())
        }
        inner => inner,
    };
    match (&field.kind, text) {
        (Kind::Enum(names), Some(name)) => {
            let found = names
                .iter()
                .find(|(known, _)| *known == name)
                .filter(|_| writer.is_lenient());
            match found {
                Some((_, value)) => write_integer(writer, field, i128::from(*value)),
                None => Err(refuse(writer, "not an enum number", name)),
            }
        }
        (Kind::Double, _) => match text.map_or_else(|| number::double(json), number::double_text) {
            Some(value) => write_scalar(writer, field, value.to_bits() == 0, &value.to_le_bytes()),
            None => Err(refuse(
                writer,
                "not a number in range",
                text.unwrap_or(json),
            )),
        },
        _ => match text.map_or_else(|| number::integer(json), number::integer_text) {
            Some(value) => write_integer(writer, field, value),
            None => Err(refuse(
                writer,
                "not an integer in range",
                text.unwrap_or(json),
            )),
        },
    }
}

fn write_integer<E: de::Error>(writer: &mut Writer, field: &Field, value: i128) -> Result<(), E> {
    let is_default = value == 0;
    let varint = match field.kind {
        // Negative numbers take ten bytes, as protobuf wants it.
        Kind::Int32 | Kind::Enum(_) => i32::try_from(value)
            .ok()
            .map(|value| i64::from(value) as u64),
        Kind::Sint32 => i32::try_from(value)
            .ok()
            .map(|value| u64::from(((value << 1) ^ (value >> 31)) as u32)),
        Kind::Uint32 => u32::try_from(value).ok().map(u64::from),
        Kind::Int64 => i64::try_from(value).ok().map(|value| value as u64),
        Kind::Uint64 => u64::try_from(value).ok(),
        Kind::Fixed32 => match u32::try_from(value) {
            Ok(value) => return write_scalar(writer, field, is_default, &value.to_le_bytes()),
            Err(_) => None,
        },
        Kind::Fixed64 => match u64::try_from(value) {
            Ok(value) => return write_scalar(writer, field, is_default, &value.to_le_bytes()),
            Err(_) => None,
        },
        Kind::Sfixed64 => match i64::try_from(value) {
            Ok(value) => return write_scalar(writer, field, is_default, &value.to_le_bytes()),
            Err(_) => None,
        },
        _ => None,
    };
    let Some(varint) = varint else {
        return Err(refuse(writer, "out of range", &value.to_string()));
    };
    let mut buffer = [0; 10];
    let mut free = &mut buffer[..];
    encode_varint(varint, &mut free);
    let used = 10 - free.len();
    write_scalar(writer, field, is_default, &buffer[..used])
}

/// Writes a value that is not length-delimited, unless it is the default and may be left out.
fn write_scalar<E: de::Error>(
    writer: &mut Writer,
    field: &Field,
    is_default: bool,
    bytes: &[u8],
) -> Result<(), E> {
    if is_default && field.label == Label::Plain {
        return Ok(());
    }
    if field.label != Label::Repeated {
        writer.key(field.number, field.kind.wire_type());
    }
    writer.raw(bytes);
    writer.check_size()
}

fn write_bytes<E: de::Error>(writer: &mut Writer, field: &Field, bytes: &[u8]) -> Result<(), E> {
    if bytes.is_empty() && field.label == Label::Plain {
        return Ok(());
    }
    writer.bytes(field.number, bytes)
}

fn refuse<E: de::Error>(writer: &mut Writer, reason: &str, text: &str) -> E {
    writer.fail(ErrorKind::Type, format!("{reason}: \"{}\"", shown(text)))
}
