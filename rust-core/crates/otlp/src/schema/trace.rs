// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! `opentelemetry.proto.trace.v1` and its request.

use super::types::{Field, Id, Kind, MessageType};

const SPAN_KIND: Kind = Kind::Enum(&[
    ("SPAN_KIND_UNSPECIFIED", 0),
    ("SPAN_KIND_INTERNAL", 1),
    ("SPAN_KIND_SERVER", 2),
    ("SPAN_KIND_CLIENT", 3),
    ("SPAN_KIND_PRODUCER", 4),
    ("SPAN_KIND_CONSUMER", 5),
]);

const STATUS_CODE: Kind = Kind::Enum(&[
    ("STATUS_CODE_UNSET", 0),
    ("STATUS_CODE_OK", 1),
    ("STATUS_CODE_ERROR", 2),
]);

pub(super) const REQUEST: MessageType = MessageType::new(
    Id::TraceRequest,
    "ExportTraceServiceRequest",
    &[Field::repeated(
        1,
        "resourceSpans",
        Kind::Message(Id::ResourceSpans),
    )],
);

pub(super) const RESOURCE_SPANS: MessageType = MessageType::new(
    Id::ResourceSpans,
    "ResourceSpans",
    &[
        Field::new(1, "resource", Kind::Message(Id::Resource)),
        Field::repeated(2, "scopeSpans", Kind::Message(Id::ScopeSpans)),
        Field::new(3, "schemaUrl", Kind::String),
    ],
);

pub(super) const SCOPE_SPANS: MessageType = MessageType::new(
    Id::ScopeSpans,
    "ScopeSpans",
    &[
        Field::new(1, "scope", Kind::Message(Id::Scope)),
        Field::repeated(2, "spans", Kind::Message(Id::Span)),
        Field::new(3, "schemaUrl", Kind::String),
    ],
);

pub(super) const SPAN: MessageType = MessageType::item(
    Id::Span,
    "Span",
    &[
        Field::new(1, "traceId", Kind::Hex(16)),
        Field::new(2, "spanId", Kind::Hex(8)),
        Field::new(3, "traceState", Kind::String),
        Field::new(4, "parentSpanId", Kind::Hex(8)),
        Field::new(5, "name", Kind::String),
        Field::new(6, "kind", SPAN_KIND),
        Field::new(7, "startTimeUnixNano", Kind::Fixed64),
        Field::new(8, "endTimeUnixNano", Kind::Fixed64),
        Field::repeated(9, "attributes", Kind::Message(Id::KeyValue)),
        Field::new(10, "droppedAttributesCount", Kind::Uint32),
        Field::repeated(11, "events", Kind::Message(Id::Event)),
        Field::new(12, "droppedEventsCount", Kind::Uint32),
        Field::repeated(13, "links", Kind::Message(Id::Link)),
        Field::new(14, "droppedLinksCount", Kind::Uint32),
        Field::new(15, "status", Kind::Message(Id::Status)),
        Field::new(16, "flags", Kind::Fixed32),
    ],
);

pub(super) const EVENT: MessageType = MessageType::new(
    Id::Event,
    "Span.Event",
    &[
        Field::new(1, "timeUnixNano", Kind::Fixed64),
        Field::new(2, "name", Kind::String),
        Field::repeated(3, "attributes", Kind::Message(Id::KeyValue)),
        Field::new(4, "droppedAttributesCount", Kind::Uint32),
    ],
);

pub(super) const LINK: MessageType = MessageType::new(
    Id::Link,
    "Span.Link",
    &[
        Field::new(1, "traceId", Kind::Hex(16)),
        Field::new(2, "spanId", Kind::Hex(8)),
        Field::new(3, "traceState", Kind::String),
        Field::repeated(4, "attributes", Kind::Message(Id::KeyValue)),
        Field::new(5, "droppedAttributesCount", Kind::Uint32),
        Field::new(6, "flags", Kind::Fixed32),
    ],
);

pub(super) const STATUS: MessageType = MessageType::new(
    Id::Status,
    "Status",
    &[
        Field::new(2, "message", Kind::String),
        Field::new(3, "code", STATUS_CODE),
    ],
);
