// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! One span, metric or log record in a few words.

use std::time::Duration;

use crate::schema::{Field, Id, Kind, MESSAGES};
use crate::signal::Signal;
use crate::text::{clean, count};
use crate::wire::{FieldValue, Fields, messages};

/// Most characters of a name or text.
pub(super) const NAME_CHARS: usize = 64;

/// Describes one entry.
pub(super) fn describe(signal: Signal, entry: &[u8]) -> String {
    match signal {
        Signal::Traces => span(entry),
        Signal::Metrics => metric(entry),
        Signal::Logs => log_record(entry),
    }
}

/// Returns the number of data points of a metric.
pub(super) fn points(metric: &[u8]) -> u64 {
    data(metric).map_or(0, |(_, data)| messages(data, 1).count() as u64)
}

fn span(span: &[u8]) -> String {
    let (mut name, mut kind, mut start, mut end) = (FieldValue::Bytes(&[]), 0, 0, 0);
    for (number, value) in Fields(span) {
        match number {
            5 => name = value,
            6 => kind = value.integer(),
            7 => start = value.integer(),
            8 => end = value.integer(),
            _ => {}
        }
    }
    let name = clean(name.bytes(), NAME_CHARS);
    let kind = enum_name(Id::Span, 6, kind).trim_start_matches("SPAN_KIND_");
    match end.checked_sub(start) {
        Some(nanos) if start != 0 => {
            format!(
                "\"{name}\" {kind} {:.1}ms",
                Duration::from_nanos(nanos).as_secs_f64() * 1000.0
            )
        }
        _ => format!("\"{name}\" {kind}"),
    }
}

fn metric(metric: &[u8]) -> String {
    let name = clean(messages(metric, 1).last().unwrap_or_default(), NAME_CHARS);
    let kind = data(metric).map_or("without data", |(field, _)| field.name);
    format!("\"{name}\" {kind} {}", count(points(metric), "point"))
}

/// Returns the kind of a metric and its data.
fn data(metric: &[u8]) -> Option<(&'static Field, &[u8])> {
    let found = Fields(metric).filter_map(|(number, value)| match (number, value) {
        (5..=11, FieldValue::Bytes(data)) => {
            Some((MESSAGES[Id::Metric as usize].field(number)?, data))
        }
        _ => None,
    });
    found.last()
}

fn log_record(record: &[u8]) -> String {
    let (mut number, mut text, mut body) = (0, FieldValue::Bytes(&[]), None);
    for (field, value) in Fields(record) {
        match field {
            2 => number = value.integer(),
            3 => text = value,
            5 => body = Some(value.bytes()),
            _ => {}
        }
    }
    let text = clean(text.bytes(), NAME_CHARS);
    let severity = match number {
        0 if !text.is_empty() => &text,
        _ => enum_name(Id::LogRecord, 2, number).trim_start_matches("SEVERITY_NUMBER_"),
    };
    format!(
        "{severity} {}",
        body.map_or_else(|| "without body".to_owned(), any_value)
    )
}

fn any_value(value: &[u8]) -> String {
    match Fields(value).last() {
        Some((1, FieldValue::Bytes(text))) => format!("\"{}\"", clean(text, NAME_CHARS)),
        Some((2, value)) => (value.integer() != 0).to_string(),
        Some((3, value)) => (value.integer() as i64).to_string(),
        Some((4, FieldValue::Fixed64(bits))) => format!("{:?}", f64::from_bits(bits)),
        Some((5, FieldValue::Bytes(list))) => {
            format!("[{}]", count(messages(list, 1).count() as u64, "value"))
        }
        Some((6, FieldValue::Bytes(map))) => {
            format!("{{{}}}", count(messages(map, 1).count() as u64, "key"))
        }
        Some((7, FieldValue::Bytes(bytes))) => format!("<{}>", count(bytes.len() as u64, "byte")),
        _ => "empty body".to_owned(),
    }
}

/// Returns the name of a value of an enum field.
fn enum_name(message: Id, field: u32, value: u64) -> &'static str {
    let names = match MESSAGES[message as usize].field(field) {
        Some(Field {
            kind: Kind::Enum(names),
            ..
        }) => *names,
        _ => &[],
    };
    let found = names
        .iter()
        .find(|(_, number)| u64::try_from(*number) == Ok(value));
    found.map_or("UNKNOWN", |(name, _)| name)
}
