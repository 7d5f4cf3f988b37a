// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! OTLP/JSON to protobuf, streaming: JSON is parsed by `serde_json` and written field by field.

mod mode;
mod number;
mod reader;
mod scalar;
mod writer;

use serde::de::DeserializeSeed;

use self::reader::ValueSeed;
use self::writer::Writer;
use crate::error::{Error, ErrorKind};
use crate::schema;
use crate::signal::Signal;

pub use self::mode::JsonMode;

/// Converts a request from JSON to protobuf of at most `max_output` bytes. As OTLP has it ("JSON
/// Protobuf Encoding") and else the JSON mapping of protobuf: ids are hexadecimal, other bytes
/// base64, integers are numbers or strings; unknown names are ignored; the last of several values
/// for one name wins; `null` is the default value.
///
/// # Errors
///
/// Names the path of the first violation; its kind is [`ErrorKind::Size`] if the output would be
/// too large.
pub fn json_to_protobuf(
    signal: Signal,
    bytes: &[u8],
    mode: JsonMode,
    max_output: usize,
) -> Result<Vec<u8>, Error> {
    let message = schema::request(signal);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let place = format!("{} at byte {}", message.name, error.valid_up_to());
        Error::new(ErrorKind::Utf8, place, "not UTF-8")
    })?;
    // Protobuf takes about half the space of JSON.
    let mut writer = Writer::new(mode, max_output, bytes.len() / 2);
    let mut json = serde_json::Deserializer::from_str(text);
    let request = ValueSeed::request(&mut writer, message);
    let read = request.deserialize(&mut json).and_then(|()| match mode {
        JsonMode::Strict => json.end(),
        JsonMode::Lenient => Ok(()),
    });
    match read {
        Ok(()) => Ok(writer.finish()),
        Err(error) => Err(writer.into_error(&error)),
    }
}

#[cfg(test)]
mod tests;
