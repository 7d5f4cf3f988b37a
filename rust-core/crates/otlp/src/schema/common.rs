// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! `opentelemetry.proto.common.v1` and `opentelemetry.proto.resource.v1`.

use super::types::{Field, Id, Kind, MessageType};

pub(super) const RESOURCE: MessageType = MessageType::new(
    Id::Resource,
    "Resource",
    &[
        Field::repeated(1, "attributes", Kind::Message(Id::KeyValue)),
        Field::new(2, "droppedAttributesCount", Kind::Uint32),
        Field::repeated(3, "entityRefs", Kind::Message(Id::EntityRef)),
    ],
);

pub(super) const SCOPE: MessageType = MessageType::new(
    Id::Scope,
    "InstrumentationScope",
    &[
        Field::new(1, "name", Kind::String),
        Field::new(2, "version", Kind::String),
        Field::repeated(3, "attributes", Kind::Message(Id::KeyValue)),
        Field::new(4, "droppedAttributesCount", Kind::Uint32),
    ],
);

pub(super) const ENTITY_REF: MessageType = MessageType::new(
    Id::EntityRef,
    "EntityRef",
    &[
        Field::new(1, "schemaUrl", Kind::String),
        Field::new(2, "type", Kind::String),
        Field::repeated(3, "idKeys", Kind::String),
        Field::repeated(4, "descriptionKeys", Kind::String),
    ],
);

pub(super) const KEY_VALUE: MessageType = MessageType::new(
    Id::KeyValue,
    "KeyValue",
    &[
        Field::new(1, "key", Kind::String),
        Field::new(2, "value", Kind::Message(Id::AnyValue)),
        Field::new(3, "keyStrindex", Kind::Int32),
    ],
);

pub(super) const ANY_VALUE: MessageType = MessageType::new(
    Id::AnyValue,
    "AnyValue",
    &[
        Field::one_of(1, "stringValue", Kind::String),
        Field::one_of(2, "boolValue", Kind::Bool),
        Field::one_of(3, "intValue", Kind::Int64),
        Field::one_of(4, "doubleValue", Kind::Double),
        Field::one_of(5, "arrayValue", Kind::Message(Id::ArrayValue)),
        Field::one_of(6, "kvlistValue", Kind::Message(Id::KeyValueList)),
        Field::one_of(7, "bytesValue", Kind::Bytes),
        Field::one_of(8, "stringValueStrindex", Kind::Int32),
    ],
);

pub(super) const ARRAY_VALUE: MessageType = MessageType::new(
    Id::ArrayValue,
    "ArrayValue",
    &[Field::repeated(1, "values", Kind::Message(Id::AnyValue))],
);

pub(super) const KEY_VALUE_LIST: MessageType = MessageType::new(
    Id::KeyValueList,
    "KeyValueList",
    &[Field::repeated(1, "values", Kind::Message(Id::KeyValue))],
);
