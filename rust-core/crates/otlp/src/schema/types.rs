// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Descriptions of messages and fields, in the terms of protobuf's descriptors.

use prost::encoding::WireType;

/// Identifier of a message type: its index in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Id {
    TraceRequest,
    MetricsRequest,
    LogsRequest,
    Resource,
    Scope,
    EntityRef,
    KeyValue,
    AnyValue,
    ArrayValue,
    KeyValueList,
    ResourceSpans,
    ScopeSpans,
    Span,
    Event,
    Link,
    Status,
    ResourceMetrics,
    ScopeMetrics,
    Metric,
    Gauge,
    Sum,
    Histogram,
    ExponentialHistogram,
    Summary,
    NumberDataPoint,
    HistogramDataPoint,
    ExponentialHistogramDataPoint,
    Buckets,
    SummaryDataPoint,
    ValueAtQuantile,
    Exemplar,
    ResourceLogs,
    ScopeLogs,
    LogRecord,
}

/// Description of a message type.
#[derive(Debug)]
pub(crate) struct MessageType {
    pub(crate) id: Id,
    /// Name below its package, as errors show it.
    pub(crate) name: &'static str,
    /// Whether each of these is a span, data point or log record.
    pub(crate) is_item: bool,
    pub(crate) fields: &'static [Field],
}

impl MessageType {
    pub(super) const fn new(id: Id, name: &'static str, fields: &'static [Field]) -> Self {
        Self {
            id,
            name,
            is_item: false,
            fields,
        }
    }

    pub(super) const fn item(id: Id, name: &'static str, fields: &'static [Field]) -> Self {
        Self {
            id,
            name,
            is_item: true,
            fields,
        }
    }

    /// Returns the field with this number.
    pub(crate) const fn field(&self, number: u32) -> Option<&'static Field> {
        let fields: &'static [Field] = self.fields;
        let mut index = 0;
        while index < fields.len() {
            if fields[index].number == number {
                return Some(&fields[index]);
            }
            index += 1;
        }
        None
    }
}

/// Description of a field.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) number: u32,
    /// Name in JSON, in lowerCamelCase.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) label: Label,
}

/// Label of a field: how often it occurs, and whether its default value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    /// Once; absence and the default value are the same.
    Plain,
    /// Once; absence differs from the default value.
    Optional,
    /// At most one of the members of the message's only `oneof`; default values count.
    OneOf,
    /// Any number of times; scalars are packed.
    Repeated,
}

/// Type of a field's value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    String,
    Bytes,
    /// Bytes that are hexadecimal in JSON: this many, or none.
    Hex(usize),
    Bool,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Fixed32,
    Fixed64,
    Sfixed64,
    Double,
    /// An open enumeration; the names are for lenient JSON.
    Enum(&'static [(&'static str, i32)]),
    Message(Id),
}

impl Kind {
    /// Returns how one value is written.
    pub(crate) const fn wire_type(&self) -> WireType {
        match self {
            Self::String | Self::Bytes | Self::Hex(_) | Self::Message(_) => {
                WireType::LengthDelimited
            }
            Self::Fixed32 => WireType::ThirtyTwoBit,
            Self::Fixed64 | Self::Sfixed64 | Self::Double => WireType::SixtyFourBit,
            _ => WireType::Varint,
        }
    }

    /// Returns what a JSON value of this type is, for error messages.
    pub(crate) const fn expected(&self) -> &'static str {
        match self {
            Self::String => "expected a string",
            Self::Bytes => "expected a base64 string",
            Self::Hex(_) => "expected a hexadecimal string",
            Self::Bool => "expected true or false",
            Self::Double => "expected a number",
            Self::Enum(_) => "expected an enum value",
            Self::Message(_) => "expected an object",
            _ => "expected an integer",
        }
    }
}

impl Field {
    pub(super) const fn new(number: u32, name: &'static str, kind: Kind) -> Self {
        Self {
            number,
            name,
            kind,
            label: Label::Plain,
        }
    }

    pub(super) const fn repeated(number: u32, name: &'static str, kind: Kind) -> Self {
        Self {
            number,
            name,
            kind,
            label: Label::Repeated,
        }
    }

    pub(super) const fn optional(number: u32, name: &'static str, kind: Kind) -> Self {
        Self {
            number,
            name,
            kind,
            label: Label::Optional,
        }
    }

    pub(super) const fn one_of(number: u32, name: &'static str, kind: Kind) -> Self {
        Self {
            number,
            name,
            kind,
            label: Label::OneOf,
        }
    }

    /// Whether several values may follow one another in one length-delimited field.
    pub(crate) const fn is_packable(&self) -> bool {
        matches!(self.label, Label::Repeated)
            && !matches!(self.kind.wire_type(), WireType::LengthDelimited)
    }
}
