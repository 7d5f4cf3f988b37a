// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! `opentelemetry.proto.logs.v1` and its request.

use super::types::{Field, Id, Kind, MessageType};

const SEVERITY: Kind = Kind::Enum(&[
    ("SEVERITY_NUMBER_UNSPECIFIED", 0),
    ("SEVERITY_NUMBER_TRACE", 1),
    ("SEVERITY_NUMBER_TRACE2", 2),
    ("SEVERITY_NUMBER_TRACE3", 3),
    ("SEVERITY_NUMBER_TRACE4", 4),
    ("SEVERITY_NUMBER_DEBUG", 5),
    ("SEVERITY_NUMBER_DEBUG2", 6),
    ("SEVERITY_NUMBER_DEBUG3", 7),
    ("SEVERITY_NUMBER_DEBUG4", 8),
    ("SEVERITY_NUMBER_INFO", 9),
    ("SEVERITY_NUMBER_INFO2", 10),
    ("SEVERITY_NUMBER_INFO3", 11),
    ("SEVERITY_NUMBER_INFO4", 12),
    ("SEVERITY_NUMBER_WARN", 13),
    ("SEVERITY_NUMBER_WARN2", 14),
    ("SEVERITY_NUMBER_WARN3", 15),
    ("SEVERITY_NUMBER_WARN4", 16),
    ("SEVERITY_NUMBER_ERROR", 17),
    ("SEVERITY_NUMBER_ERROR2", 18),
    ("SEVERITY_NUMBER_ERROR3", 19),
    ("SEVERITY_NUMBER_ERROR4", 20),
    ("SEVERITY_NUMBER_FATAL", 21),
    ("SEVERITY_NUMBER_FATAL2", 22),
    ("SEVERITY_NUMBER_FATAL3", 23),
    ("SEVERITY_NUMBER_FATAL4", 24),
]);

pub(super) const REQUEST: MessageType = MessageType::new(
    Id::LogsRequest,
    "ExportLogsServiceRequest",
    &[Field::repeated(
        1,
        "resourceLogs",
        Kind::Message(Id::ResourceLogs),
    )],
);

pub(super) const RESOURCE_LOGS: MessageType = MessageType::new(
    Id::ResourceLogs,
    "ResourceLogs",
    &[
        Field::new(1, "resource", Kind::Message(Id::Resource)),
        Field::repeated(2, "scopeLogs", Kind::Message(Id::ScopeLogs)),
        Field::new(3, "schemaUrl", Kind::String),
    ],
);

pub(super) const SCOPE_LOGS: MessageType = MessageType::new(
    Id::ScopeLogs,
    "ScopeLogs",
    &[
        Field::new(1, "scope", Kind::Message(Id::Scope)),
        Field::repeated(2, "logRecords", Kind::Message(Id::LogRecord)),
        Field::new(3, "schemaUrl", Kind::String),
    ],
);

pub(super) const LOG_RECORD: MessageType = MessageType::item(
    Id::LogRecord,
    "LogRecord",
    &[
        Field::new(1, "timeUnixNano", Kind::Fixed64),
        Field::new(2, "severityNumber", SEVERITY),
        Field::new(3, "severityText", Kind::String),
        Field::new(5, "body", Kind::Message(Id::AnyValue)),
        Field::repeated(6, "attributes", Kind::Message(Id::KeyValue)),
        Field::new(7, "droppedAttributesCount", Kind::Uint32),
        Field::new(8, "flags", Kind::Fixed32),
        Field::new(9, "traceId", Kind::Hex(16)),
        Field::new(10, "spanId", Kind::Hex(8)),
        Field::new(11, "observedTimeUnixNano", Kind::Fixed64),
        Field::new(12, "eventName", Kind::String),
    ],
);
