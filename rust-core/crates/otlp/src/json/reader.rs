// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Walks JSON along the schema.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::scalar;
use super::writer::{PathStep, Writer};
use crate::error::ErrorKind;
use crate::schema::{Field, Kind, Label, MAX_FIELDS, MESSAGES, MessageType};

/// What a JSON value stands for.
#[derive(Clone, Copy, Debug)]
enum Target {
    Request(&'static MessageType),
    /// The value of a field: all of it, if repeated.
    Field(&'static Field),
    /// One element of a repeated field.
    Element(&'static Field),
}

/// Reads one JSON value and writes what it stands for.
#[derive(Debug)]
pub(super) struct ValueSeed<'w> {
    writer: &'w mut Writer,
    target: Target,
}

impl<'w> ValueSeed<'w> {
    pub(super) fn request(writer: &'w mut Writer, message: &'static MessageType) -> Self {
        Self {
            writer,
            target: Target::Request(message),
        }
    }

    /// Returns the field if the value is a single one, not a list.
    fn single(&self) -> Option<&'static Field> {
        match self.target {
            Target::Field(field) if field.label != Label::Repeated => Some(field),
            Target::Element(field) => Some(field),
            _ => None,
        }
    }

    /// Fails with what was expected instead.
    fn unexpected<E: serde::de::Error>(self) -> E {
        // The writer knows what was expected; the text of this error is not shown.
        E::custom("unexpected")
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        match self.single() {
            // Numbers are taken as text: as values they would have lost digits.
            Some(field) if scalar::is_numeric(&field.kind) => {
                let text = <&RawValue>::deserialize(json)?.get();
                if text == "null" {
                    return self.visit_unit();
                }
                scalar::write_number(self.writer, field, text)
            }
            _ => json.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("another value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        match self.target {
            Target::Request(_) if self.writer.is_lenient() => Ok(()),
            Target::Field(_) => Ok(()),
            Target::Request(_) | Target::Element(_) => Err(self.unexpected()),
        }
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        match self.single() {
            Some(field) if matches!(field.kind, Kind::Bool) => {
                scalar::write_bool(self.writer, field, value)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        match self.single() {
            Some(field) => scalar::write_text(self.writer, field, text),
            None => Err(self.unexpected()),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        match self.target {
            Target::Field(field) if field.label == Label::Repeated => {
                read_list(self.writer, field, list)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<(), A::Error> {
        if let Target::Request(message) = self.target {
            return read_object(self.writer, message, object);
        }
        let Some(Field {
            number,
            kind: Kind::Message(id),
            ..
        }) = self.single()
        else {
            return Err(self.unexpected());
        };
        let writer = self.writer;
        writer.enter()?;
        let begin = writer.open(*number);
        read_object(writer, &MESSAGES[*id as usize], object)?;
        writer.leave();
        writer.close(begin)
    }
}

fn read_list<'de, A: SeqAccess<'de>>(
    writer: &mut Writer,
    field: &'static Field,
    mut list: A,
) -> Result<(), A::Error> {
    let before = writer.len();
    let packed = field.is_packable().then(|| writer.open(field.number));
    let mut index = 0;
    loop {
        writer.step(PathStep::Element(index), field.kind.expected())?;
        let element = ValueSeed {
            writer: &mut *writer,
            target: Target::Element(field),
        };
        if list.next_element_seed(element)?.is_none() {
            break;
        }
        writer.step_back();
        index += 1;
    }
    writer.step_back();
    match packed {
        Some(_) if index == 0 => writer.remove(before..writer.len()),
        Some(begin) => writer.close(begin)?,
        None => {}
    }
    Ok(())
}

fn read_object<'de, A: MapAccess<'de>>(
    writer: &mut Writer,
    message: &'static MessageType,
    mut object: A,
) -> Result<(), A::Error> {
    let mut written = Written::default();
    while let Some(found) = object.next_key_seed(NameSeed {
        message,
        snake_case: writer.is_lenient(),
    })? {
        let Some(index) = found else {
            let IgnoredAny = object.next_value()?;
            continue;
        };
        let field = &message.fields[index];
        let expected = if field.label == Label::Repeated {
            "expected an array"
        } else {
            field.kind.expected()
        };
        writer.step(PathStep::Field(field.name), expected)?;
        written.take_back(index, writer);
        let begin = writer.len();
        object.next_value_seed(ValueSeed {
            writer: &mut *writer,
            target: Target::Field(field),
        })?;
        written.0[index] = (begin, writer.len());
        if field.label == Label::OneOf && written.holds_two_of_one(message) {
            return Err(writer.fail(ErrorKind::Type, "excludes another field that is present"));
        }
        writer.step_back();
    }
    Ok(())
}

/// Where in the output each field of one message was written: begin and end.
#[derive(Debug, Default)]
struct Written([(usize, usize); MAX_FIELDS]);

impl Written {
    /// Removes an earlier value of a field: the last one wins, it is not merged with others.
    fn take_back(&mut self, index: usize, writer: &mut Writer) {
        let (begin, end) = std::mem::take(&mut self.0[index]);
        if begin == end {
            return;
        }
        // Cheap over all: the field moves to the end, so that it does not cause another move of
        // the same bytes.
        writer.remove(begin..end);
        for other in self.0.iter_mut().filter(|other| other.0 >= end) {
            other.0 -= end - begin;
            other.1 -= end - begin;
        }
    }

    fn holds_two_of_one(&self, message: &MessageType) -> bool {
        let fields = message.fields.iter().zip(&self.0);
        fields
            .filter(|(field, (begin, end))| field.label == Label::OneOf && begin < end)
            .count()
            > 1
    }
}

/// Reads a name and finds its field; nothing if it is unknown.
struct NameSeed {
    message: &'static MessageType,
    snake_case: bool,
}

impl<'de> DeserializeSeed<'de> for NameSeed {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Option<usize>, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for NameSeed {
    type Value = Option<usize>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<usize>, E> {
        let mut fields = self.message.fields.iter();
        let exact = fields.position(|field| field.name == name);
        if exact.is_some() || !self.snake_case {
            return Ok(exact);
        }
        Ok(self
            .message
            .fields
            .iter()
            .position(|field| is_snake_case_of(field.name, name)))
    }
}

/// Whether `name` is the `snake_case` form of `camel`. Compared without building that, because each
/// unknown name meets all fields.
fn is_snake_case_of(camel: &str, name: &str) -> bool {
    let mut rest = name.bytes();
    camel.bytes().all(|byte| {
        (!byte.is_ascii_uppercase() || rest.next() == Some(b'_'))
            && rest.next() == Some(byte.to_ascii_lowercase())
    }) && rest.next().is_none()
}
