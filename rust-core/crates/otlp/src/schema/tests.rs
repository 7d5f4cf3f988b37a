// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

use std::collections::HashMap;

use prost_reflect::{
    Cardinality, DescriptorPool, FieldDescriptor, Kind as TheirKind, MessageDescriptor,
};

use super::*;

fn pool() -> DescriptorPool {
    let bytes: &[u8] = include_bytes!("../../tests/vectors/otlp-descriptors.bin");
    DescriptorPool::decode(bytes).expect("descriptors")
}

/// Adds a message and all that it refers to, by name without package.
fn collect(message: MessageDescriptor, found: &mut HashMap<String, MessageDescriptor>) {
    let name = message
        .full_name()
        .trim_start_matches(message.package_name())
        .trim_start_matches('.')
        .to_owned();
    if found.insert(name, message.clone()).is_some() {
        return;
    }
    for field in message.fields() {
        if let TheirKind::Message(below) = field.kind() {
            collect(below, found);
        }
    }
}

fn published() -> HashMap<String, MessageDescriptor> {
    let pool = pool();
    let mut found = HashMap::new();
    for (package, name) in [("trace", "Trace"), ("metrics", "Metrics"), ("logs", "Logs")] {
        let name = format!("opentelemetry.proto.collector.{package}.v1.Export{name}ServiceRequest");
        collect(
            pool.get_message_by_name(&name).expect("request"),
            &mut found,
        );
    }
    found
}

fn assert_same_kind(ours: &Field, theirs: &FieldDescriptor) {
    let is_id = ["traceId", "spanId", "parentSpanId"].contains(&ours.name);
    let same = match (&ours.kind, theirs.kind()) {
        (Kind::String, TheirKind::String)
        | (Kind::Bool, TheirKind::Bool)
        | (Kind::Int32, TheirKind::Int32)
        | (Kind::Int64, TheirKind::Int64)
        | (Kind::Uint32, TheirKind::Uint32)
        | (Kind::Uint64, TheirKind::Uint64)
        | (Kind::Sint32, TheirKind::Sint32)
        | (Kind::Fixed32, TheirKind::Fixed32)
        | (Kind::Fixed64, TheirKind::Fixed64)
        | (Kind::Sfixed64, TheirKind::Sfixed64)
        | (Kind::Double, TheirKind::Double) => true,
        (Kind::Bytes, TheirKind::Bytes) => !is_id,
        (Kind::Hex(length), TheirKind::Bytes) => {
            is_id && *length == if ours.name == "traceId" { 16 } else { 8 }
        }
        (Kind::Enum(names), TheirKind::Enum(theirs)) => {
            let theirs: Vec<_> = theirs
                .values()
                .map(|value| (value.name().to_owned(), value.number()))
                .collect();
            names
                .iter()
                .map(|(name, number)| ((*name).to_owned(), *number))
                .collect::<Vec<_>>()
                == theirs
        }
        (Kind::Message(id), TheirKind::Message(theirs)) => theirs
            .full_name()
            .ends_with(&format!(".{}", MESSAGES[*id as usize].name)),
        _ => false,
    };
    assert!(
        same,
        "{} is {:?}, not {:?}",
        theirs.full_name(),
        theirs.kind(),
        ours.kind
    );
}

fn assert_same_label(ours: &Field, theirs: &FieldDescriptor) {
    let expected = match theirs.containing_oneof() {
        _ if theirs.cardinality() == Cardinality::Repeated => Label::Repeated,
        Some(group) if group.is_synthetic() => Label::Optional,
        Some(_) => Label::OneOf,
        None => Label::Plain,
    };
    assert_eq!(ours.label, expected, "{}", theirs.full_name());
    assert_eq!(
        ours.is_packable(),
        theirs.is_packed(),
        "{}",
        theirs.full_name()
    );
}

#[test]
fn table_is_the_published_schema() {
    let published = published();
    assert_eq!(published.len(), COUNT, "{:?}", published.keys());
    for ours in &MESSAGES {
        let theirs = &published[ours.name];
        assert_eq!(ours.fields.len(), theirs.fields().len(), "{}", ours.name);
        for field in ours.fields {
            let their_field = theirs.get_field(field.number).expect(field.name);
            assert_eq!(field.name, their_field.json_name(), "{}", ours.name);
            assert_same_kind(field, &their_field);
            assert_same_label(field, &their_field);
        }
    }
}

#[test]
fn messages_have_one_oneof_at_most() {
    for theirs in published().values() {
        assert!(
            theirs
                .oneofs()
                .filter(|group| !group.is_synthetic())
                .count()
                <= 1,
            "{}",
            theirs.full_name()
        );
    }
}

#[test]
fn items_are_spans_data_points_and_log_records() {
    let items: Vec<_> = MESSAGES
        .iter()
        .filter(|message| message.is_item)
        .map(|message| message.name)
        .collect();
    let expected = [
        "Span",
        "NumberDataPoint",
        "HistogramDataPoint",
        "ExponentialHistogramDataPoint",
        "SummaryDataPoint",
        "LogRecord",
    ];
    assert_eq!(items, expected);
}
