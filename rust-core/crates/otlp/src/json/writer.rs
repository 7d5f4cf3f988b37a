// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The protobuf being written and the place in JSON that it comes from.

use std::fmt::Write as _;
use std::ops::Range;

use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint};
use serde::de;
use serde_json::error::Category;

use super::mode::JsonMode;
use crate::MAX_DEPTH;
use crate::error::{Error, ErrorKind};

/// Deepest nesting of JSON objects and arrays; beyond it the parser itself refuses.
const MAX_JSON_DEPTH: usize = 127;

/// One step from the request towards the value being read.
#[derive(Clone, Copy, Debug)]
pub(super) enum PathStep {
    Field(&'static str),
    Element(usize),
}

/// Output and state of one conversion.
#[derive(Debug)]
pub(super) struct Writer {
    mode: JsonMode,
    max_output: usize,
    out: Vec<u8>,
    path: Vec<PathStep>,
    messages: usize,
    error: Option<Error>,
    expected: &'static str,
}

impl Writer {
    /// Starts with room for `expected_output` bytes, unless that is more than is allowed.
    pub(super) fn new(mode: JsonMode, max_output: usize, expected_output: usize) -> Self {
        Self {
            mode,
            max_output,
            out: Vec::with_capacity(expected_output.min(max_output)),
            path: Vec::new(),
            messages: 0,
            error: None,
            expected: "expected an object",
        }
    }

    pub(super) fn is_lenient(&self) -> bool {
        self.mode == JsonMode::Lenient
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.out
    }

    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    pub(super) fn key(&mut self, number: u32, wire_type: WireType) {
        encode_key(number, wire_type, &mut self.out);
    }

    pub(super) fn varint(&mut self, value: u64) {
        encode_varint(value, &mut self.out);
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Writes a length-delimited value.
    pub(super) fn bytes<E: de::Error>(&mut self, number: u32, bytes: &[u8]) -> Result<(), E> {
        // Checked before, so that a large text is not copied in vain.
        if bytes.len() > self.max_output.saturating_sub(self.out.len()) {
            return Err(self.fail(ErrorKind::Size, "too large"));
        }
        self.key(number, WireType::LengthDelimited);
        self.varint(bytes.len() as u64);
        self.raw(bytes);
        self.check_size()
    }

    /// Begins a length-delimited value whose length is not known yet; returns where it begins.
    pub(super) fn open(&mut self, number: u32) -> usize {
        self.key(number, WireType::LengthDelimited);
        self.out.push(0);
        self.out.len()
    }

    /// Ends what [`open`](Self::open) began: puts its length before it.
    pub(super) fn close<E: de::Error>(&mut self, begin: usize) -> Result<(), E> {
        let end = self.out.len();
        let length = (end - begin) as u64;
        let width = encoded_len_varint(length);
        self.out.resize(end + width - 1, 0);
        self.out.copy_within(begin..end, begin + width - 1);
        encode_varint(length, &mut &mut self.out[begin - 1..]);
        self.check_size()
    }

    /// Enters a message that is nested in another.
    pub(super) fn enter<E: de::Error>(&mut self) -> Result<(), E> {
        if self.messages == MAX_DEPTH {
            return Err(self.fail(ErrorKind::Depth, "nested too deeply"));
        }
        self.messages += 1;
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.messages -= 1;
    }

    /// Takes back a part of the output.
    pub(super) fn remove(&mut self, range: Range<usize>) {
        drop(self.out.drain(range));
    }

    pub(super) fn check_size<E: de::Error>(&mut self) -> Result<(), E> {
        if self.out.len() > self.max_output {
            return Err(self.fail(ErrorKind::Size, "too large"));
        }
        Ok(())
    }

    /// Steps into a value. After a failure the path stays as it is, to tell where that was.
    pub(super) fn step<E: de::Error>(
        &mut self,
        step: PathStep,
        expected: &'static str,
    ) -> Result<(), E> {
        self.path.push(step);
        self.expected = expected;
        // Each step is one object or array that is open.
        if self.path.len() >= MAX_JSON_DEPTH {
            return Err(self.fail(ErrorKind::Depth, "nested too deeply"));
        }
        Ok(())
    }

    pub(super) fn step_back(&mut self) {
        let _ = self.path.pop();
    }

    /// Notes an error of ours and returns a stand-in for it that ends parsing.
    pub(super) fn fail<E: de::Error>(&mut self, kind: ErrorKind, reason: impl Into<Box<str>>) -> E {
        self.error = Some(Error::new(kind, self.place(), reason));
        E::custom("refused")
    }

    /// Returns what ended parsing: the error noted here, or else the parser's, which never gets
    /// to show text of the payload.
    pub(super) fn into_error(self, parser: &serde_json::Error) -> Error {
        let place = self.place();
        let (line, column) = (parser.line(), parser.column());
        self.error.unwrap_or_else(|| match parser.classify() {
            Category::Eof => Error::new(
                ErrorKind::Malformed,
                place,
                format!("JSON is cut short at line {line} column {column}"),
            ),
            // Only these messages of the parser are fixed texts.
            Category::Syntax => {
                Error::new(ErrorKind::Malformed, place, format!("not JSON: {parser}"))
            }
            Category::Data | Category::Io => Error::new(
                ErrorKind::Type,
                place,
                format!("{} at line {line} column {column}", self.expected),
            ),
        })
    }

    fn place(&self) -> String {
        let mut place = String::new();
        for step in &self.path {
            // Writing to a String cannot fail.
            let _ = match step {
                PathStep::Field(name) if place.is_empty() => write!(place, "{name}"),
                PathStep::Field(name) => write!(place, ".{name}"),
                PathStep::Element(index) => write!(place, "[{index}]"),
            };
        }
        if place.is_empty() {
            "request".to_owned()
        } else {
            place
        }
    }
}
