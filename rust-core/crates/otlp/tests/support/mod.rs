// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! An independent reader of OTLP: the published descriptors and a library that reads by them.

#![allow(dead_code, reason = "each test binary uses a part of this")]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ferrule_otlp::Signal;
use prost_reflect::prost::Message as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _,
    Value,
};

/// The descriptors of opentelemetry-proto 1.10, as published in the crate of that name.
pub static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    let bytes: &[u8] = include_bytes!("../vectors/otlp-descriptors.bin");
    DescriptorPool::decode(bytes).expect("descriptors")
});

pub fn request(signal: Signal) -> MessageDescriptor {
    let name = match signal {
        Signal::Traces => "opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest",
        Signal::Metrics => "opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest",
        Signal::Logs => "opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest",
    };
    POOL.get_message_by_name(name).expect(name)
}

pub fn decode(signal: Signal, bytes: &[u8]) -> DynamicMessage {
    DynamicMessage::decode(request(signal), bytes).expect("valid protobuf")
}

/// Returns a value below a message: names and indexes separated by dots.
pub fn at(message: &DynamicMessage, path: &str) -> Value {
    let mut value = Value::Message(message.clone());
    for step in path.split('.') {
        value = match value {
            Value::Message(message) => message.get_field_by_name(step).expect(step).into_owned(),
            Value::List(list) => list[step.parse::<usize>().expect("index")].clone(),
            other => panic!("nothing below {other:?}"),
        };
    }
    value
}

/// Decisions of a generator, taken from random bytes; zeros when they are used up.
pub struct Entropy<'a>(pub &'a [u8]);

impl Entropy<'_> {
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    fn long(&mut self) -> u64 {
        let shift = self.byte() % 64;
        u64::from_le_bytes(std::array::from_fn(|_| self.byte())) >> shift
    }

    fn text(&mut self) -> String {
        let length = self.byte() % 12;
        let text = [
            "a", "Z", "0", "\"", "\\", "\n", "ä", "😀", "\u{0}", " ", "\u{2028}", "_",
        ];
        (0..length)
            .map(|_| text[usize::from(self.byte()) % text.len()])
            .collect()
    }
}

/// Makes a message with about as many fields as there is entropy.
pub fn generate(
    descriptor: &MessageDescriptor,
    entropy: &mut Entropy<'_>,
    depth: usize,
) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    for field in descriptor.fields() {
        // Requests are deep: without a bias towards messages most would be empty.
        let wanted = if matches!(field.kind(), Kind::Message(_)) {
            170
        } else {
            100
        };
        if depth > 12 || entropy.byte() >= wanted || entropy.0.is_empty() {
            continue;
        }
        if field
            .containing_oneof()
            .is_some_and(|group| group.fields().any(|other| message.has_field(&other)))
        {
            continue;
        }
        if field.is_list() {
            let length = entropy.byte() % 4;
            let list = (0..length).map(|_| value(&field, entropy, depth)).collect();
            message.set_field(&field, Value::List(list));
        } else {
            let value = value(&field, entropy, depth);
            message.set_field(&field, value);
        }
    }
    message
}

fn value(field: &FieldDescriptor, entropy: &mut Entropy<'_>, depth: usize) -> Value {
    match field.kind() {
        Kind::Double => Value::F64(match entropy.byte() % 8 {
            0 => 0.0,
            1 => f64::NAN,
            2 => f64::INFINITY,
            3 => f64::NEG_INFINITY,
            4 => f64::from(entropy.byte()) / 10.0,
            _ => Some(f64::from_bits(entropy.long()))
                .filter(|value| value.is_finite())
                .unwrap_or(f64::MAX),
        }),
        Kind::Int32 | Kind::Sint32 => Value::I32(entropy.long() as i32),
        Kind::Int64 | Kind::Sfixed64 => Value::I64(entropy.long() as i64),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(entropy.long() as u32),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(entropy.long()),
        Kind::Bool => Value::Bool(entropy.byte() > 127),
        Kind::String => Value::String(entropy.text()),
        Kind::Bytes => {
            let length = match id_length(field) {
                Some(length) => length * (entropy.byte() % 2),
                None => entropy.byte() % 10,
            };
            Value::Bytes((0..length).map(|_| entropy.byte()).collect())
        }
        Kind::Enum(_) => Value::EnumNumber(i32::from(entropy.byte() % 30) - 2),
        Kind::Message(descriptor) => Value::Message(generate(&descriptor, entropy, depth + 1)),
        other => panic!("OTLP has no {other:?}"),
    }
}

fn id_length(field: &FieldDescriptor) -> Option<u8> {
    match field.name() {
        "trace_id" => Some(16),
        "span_id" | "parent_span_id" => Some(8),
        _ => None,
    }
}

/// Writes a message in the JSON form of OTLP.
pub fn to_json(message: &DynamicMessage) -> serde_json::Value {
    let fields = message.fields().map(|(field, value)| {
        let json = match value {
            Value::List(list) => list
                .iter()
                .map(|value| value_to_json(&field, value))
                .collect(),
            value => value_to_json(&field, value),
        };
        (field.json_name().to_owned(), json)
    });
    serde_json::Value::Object(fields.collect())
}

fn value_to_json(field: &FieldDescriptor, value: &Value) -> serde_json::Value {
    match value {
        Value::Bool(value) => (*value).into(),
        Value::I32(value) | Value::EnumNumber(value) => (*value).into(),
        Value::U32(value) => (*value).into(),
        Value::I64(value) => value.to_string().into(),
        Value::U64(value) => value.to_string().into(),
        Value::F64(value) if value.is_nan() => "NaN".into(),
        Value::F64(value) if value.is_infinite() => if *value > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .into(),
        Value::F64(value) => (*value).into(),
        Value::String(value) => value.as_str().into(),
        Value::Bytes(value) if id_length(field).is_some() => hex::encode(value).into(),
        Value::Bytes(value) => STANDARD.encode(value).into(),
        Value::Message(value) => to_json(value),
        other => panic!("OTLP has no {other:?}"),
    }
}

/// Counts spans, data points or log records.
pub fn count_items(message: &DynamicMessage) -> u64 {
    let name = message.descriptor().name().to_owned();
    if name == "Span" || name == "LogRecord" || name.ends_with("DataPoint") {
        return 1;
    }
    let below = message.fields().map(|(_, value)| match value {
        Value::Message(message) => count_items(message),
        Value::List(list) => list
            .iter()
            .filter_map(Value::as_message)
            .map(count_items)
            .sum(),
        _ => 0,
    });
    below.sum()
}

/// Makes a request from random bytes.
pub fn generated(signal: Signal, entropy: &[u8]) -> DynamicMessage {
    generate(&request(signal), &mut Entropy(entropy), 0)
}

/// Encodes a message; equal messages give equal bytes, NaN included.
pub fn encode(message: &DynamicMessage) -> Vec<u8> {
    message.encode_to_vec()
}
