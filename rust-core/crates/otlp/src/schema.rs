// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The messages of OTLP 1.11 as data. Everything else in this crate walks this table.

mod common;
mod logs;
mod metrics;
mod trace;

use prost::encoding::WireType;

use crate::Signal;

/// Most fields that a message of the table has.
pub(crate) const MAX_FIELDS: usize = 16;

/// Names a message: its place in [`MESSAGES`].
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

/// Number of messages.
pub(crate) const COUNT: usize = Id::LogRecord as usize + 1;

/// All messages, in the order of [`Id`].
pub(crate) static MESSAGES: [Message; COUNT] = TABLE;

pub(crate) const TABLE: [Message; COUNT] = [
    trace::REQUEST,
    metrics::REQUEST,
    logs::REQUEST,
    common::RESOURCE,
    common::SCOPE,
    common::ENTITY_REF,
    common::KEY_VALUE,
    common::ANY_VALUE,
    common::ARRAY_VALUE,
    common::KEY_VALUE_LIST,
    trace::RESOURCE_SPANS,
    trace::SCOPE_SPANS,
    trace::SPAN,
    trace::EVENT,
    trace::LINK,
    trace::STATUS,
    metrics::RESOURCE_METRICS,
    metrics::SCOPE_METRICS,
    metrics::METRIC,
    metrics::GAUGE,
    metrics::SUM,
    metrics::HISTOGRAM,
    metrics::EXPONENTIAL_HISTOGRAM,
    metrics::SUMMARY,
    metrics::NUMBER_DATA_POINT,
    metrics::HISTOGRAM_DATA_POINT,
    metrics::EXPONENTIAL_HISTOGRAM_DATA_POINT,
    metrics::BUCKETS,
    metrics::SUMMARY_DATA_POINT,
    metrics::VALUE_AT_QUANTILE,
    metrics::EXEMPLAR,
    logs::RESOURCE_LOGS,
    logs::SCOPE_LOGS,
    logs::LOG_RECORD,
];

const _: () = {
    let mut index = 0;
    while index < COUNT {
        assert!(
            TABLE[index].id as usize == index,
            "table and ids differ in order"
        );
        assert!(
            TABLE[index].fields.len() <= MAX_FIELDS,
            "MAX_FIELDS is too small"
        );
        index += 1;
    }
};

/// One message type.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) id: Id,
    /// Name below its package, as errors show it.
    pub(crate) name: &'static str,
    /// Whether each of these is a span, data point or log record.
    pub(crate) is_item: bool,
    pub(crate) fields: &'static [Field],
}

impl Message {
    const fn new(id: Id, name: &'static str, fields: &'static [Field]) -> Self {
        Self {
            id,
            name,
            is_item: false,
            fields,
        }
    }

    const fn item(id: Id, name: &'static str, fields: &'static [Field]) -> Self {
        Self {
            id,
            name,
            is_item: true,
            fields,
        }
    }

    /// Returns the request of a signal.
    pub(crate) fn request(signal: Signal) -> &'static Self {
        &MESSAGES[match signal {
            Signal::Traces => Id::TraceRequest,
            Signal::Metrics => Id::MetricsRequest,
            Signal::Logs => Id::LogsRequest,
        } as usize]
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

/// One field of a message.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) number: u32,
    /// Name in JSON, in lowerCamelCase.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) label: Label,
}

/// Says how often a field occurs and whether its default value is written.
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
    const fn new(number: u32, name: &'static str, kind: Kind) -> Self {
        Self {
            number,
            name,
            kind,
            label: Label::Plain,
        }
    }

    const fn repeated(number: u32, name: &'static str, kind: Kind) -> Self {
        Self {
            number,
            name,
            kind,
            label: Label::Repeated,
        }
    }

    const fn optional(number: u32, name: &'static str, kind: Kind) -> Self {
        Self {
            number,
            name,
            kind,
            label: Label::Optional,
        }
    }

    const fn one_of(number: u32, name: &'static str, kind: Kind) -> Self {
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

#[cfg(test)]
mod tests;
