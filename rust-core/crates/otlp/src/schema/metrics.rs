// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! `opentelemetry.proto.metrics.v1` and its request.

use super::types::{Field, Id, Kind, MessageType};

const TEMPORALITY: Kind = Kind::Enum(&[
    ("AGGREGATION_TEMPORALITY_UNSPECIFIED", 0),
    ("AGGREGATION_TEMPORALITY_DELTA", 1),
    ("AGGREGATION_TEMPORALITY_CUMULATIVE", 2),
]);

pub(super) const REQUEST: MessageType = MessageType::new(
    Id::MetricsRequest,
    "ExportMetricsServiceRequest",
    &[Field::repeated(
        1,
        "resourceMetrics",
        Kind::Message(Id::ResourceMetrics),
    )],
);

pub(super) const RESOURCE_METRICS: MessageType = MessageType::new(
    Id::ResourceMetrics,
    "ResourceMetrics",
    &[
        Field::new(1, "resource", Kind::Message(Id::Resource)),
        Field::repeated(2, "scopeMetrics", Kind::Message(Id::ScopeMetrics)),
        Field::new(3, "schemaUrl", Kind::String),
    ],
);

pub(super) const SCOPE_METRICS: MessageType = MessageType::new(
    Id::ScopeMetrics,
    "ScopeMetrics",
    &[
        Field::new(1, "scope", Kind::Message(Id::Scope)),
        Field::repeated(2, "metrics", Kind::Message(Id::Metric)),
        Field::new(3, "schemaUrl", Kind::String),
    ],
);

pub(super) const METRIC: MessageType = MessageType::new(
    Id::Metric,
    "Metric",
    &[
        Field::new(1, "name", Kind::String),
        Field::new(2, "description", Kind::String),
        Field::new(3, "unit", Kind::String),
        Field::one_of(5, "gauge", Kind::Message(Id::Gauge)),
        Field::one_of(7, "sum", Kind::Message(Id::Sum)),
        Field::one_of(9, "histogram", Kind::Message(Id::Histogram)),
        Field::one_of(
            10,
            "exponentialHistogram",
            Kind::Message(Id::ExponentialHistogram),
        ),
        Field::one_of(11, "summary", Kind::Message(Id::Summary)),
        Field::repeated(12, "metadata", Kind::Message(Id::KeyValue)),
    ],
);

pub(super) const GAUGE: MessageType = MessageType::new(
    Id::Gauge,
    "Gauge",
    &[Field::repeated(
        1,
        "dataPoints",
        Kind::Message(Id::NumberDataPoint),
    )],
);

pub(super) const SUM: MessageType = MessageType::new(
    Id::Sum,
    "Sum",
    &[
        Field::repeated(1, "dataPoints", Kind::Message(Id::NumberDataPoint)),
        Field::new(2, "aggregationTemporality", TEMPORALITY),
        Field::new(3, "isMonotonic", Kind::Bool),
    ],
);

pub(super) const HISTOGRAM: MessageType = MessageType::new(
    Id::Histogram,
    "Histogram",
    &[
        Field::repeated(1, "dataPoints", Kind::Message(Id::HistogramDataPoint)),
        Field::new(2, "aggregationTemporality", TEMPORALITY),
    ],
);

pub(super) const EXPONENTIAL_HISTOGRAM: MessageType = MessageType::new(
    Id::ExponentialHistogram,
    "ExponentialHistogram",
    &[
        Field::repeated(
            1,
            "dataPoints",
            Kind::Message(Id::ExponentialHistogramDataPoint),
        ),
        Field::new(2, "aggregationTemporality", TEMPORALITY),
    ],
);

pub(super) const SUMMARY: MessageType = MessageType::new(
    Id::Summary,
    "Summary",
    &[Field::repeated(
        1,
        "dataPoints",
        Kind::Message(Id::SummaryDataPoint),
    )],
);

pub(super) const NUMBER_DATA_POINT: MessageType = MessageType::item(
    Id::NumberDataPoint,
    "NumberDataPoint",
    &[
        Field::new(2, "startTimeUnixNano", Kind::Fixed64),
        Field::new(3, "timeUnixNano", Kind::Fixed64),
        Field::one_of(4, "asDouble", Kind::Double),
        Field::repeated(5, "exemplars", Kind::Message(Id::Exemplar)),
        Field::one_of(6, "asInt", Kind::Sfixed64),
        Field::repeated(7, "attributes", Kind::Message(Id::KeyValue)),
        Field::new(8, "flags", Kind::Uint32),
    ],
);

pub(super) const HISTOGRAM_DATA_POINT: MessageType = MessageType::item(
    Id::HistogramDataPoint,
    "HistogramDataPoint",
    &[
        Field::new(2, "startTimeUnixNano", Kind::Fixed64),
        Field::new(3, "timeUnixNano", Kind::Fixed64),
        Field::new(4, "count", Kind::Fixed64),
        Field::optional(5, "sum", Kind::Double),
        Field::repeated(6, "bucketCounts", Kind::Fixed64),
        Field::repeated(7, "explicitBounds", Kind::Double),
        Field::repeated(8, "exemplars", Kind::Message(Id::Exemplar)),
        Field::repeated(9, "attributes", Kind::Message(Id::KeyValue)),
        Field::new(10, "flags", Kind::Uint32),
        Field::optional(11, "min", Kind::Double),
        Field::optional(12, "max", Kind::Double),
    ],
);

pub(super) const EXPONENTIAL_HISTOGRAM_DATA_POINT: MessageType = MessageType::item(
    Id::ExponentialHistogramDataPoint,
    "ExponentialHistogramDataPoint",
    &[
        Field::repeated(1, "attributes", Kind::Message(Id::KeyValue)),
        Field::new(2, "startTimeUnixNano", Kind::Fixed64),
        Field::new(3, "timeUnixNano", Kind::Fixed64),
        Field::new(4, "count", Kind::Fixed64),
        Field::optional(5, "sum", Kind::Double),
        Field::new(6, "scale", Kind::Sint32),
        Field::new(7, "zeroCount", Kind::Fixed64),
        Field::new(8, "positive", Kind::Message(Id::Buckets)),
        Field::new(9, "negative", Kind::Message(Id::Buckets)),
        Field::new(10, "flags", Kind::Uint32),
        Field::repeated(11, "exemplars", Kind::Message(Id::Exemplar)),
        Field::optional(12, "min", Kind::Double),
        Field::optional(13, "max", Kind::Double),
        Field::new(14, "zeroThreshold", Kind::Double),
    ],
);

pub(super) const BUCKETS: MessageType = MessageType::new(
    Id::Buckets,
    "ExponentialHistogramDataPoint.Buckets",
    &[
        Field::new(1, "offset", Kind::Sint32),
        Field::repeated(2, "bucketCounts", Kind::Uint64),
    ],
);

pub(super) const SUMMARY_DATA_POINT: MessageType = MessageType::item(
    Id::SummaryDataPoint,
    "SummaryDataPoint",
    &[
        Field::new(2, "startTimeUnixNano", Kind::Fixed64),
        Field::new(3, "timeUnixNano", Kind::Fixed64),
        Field::new(4, "count", Kind::Fixed64),
        Field::new(5, "sum", Kind::Double),
        Field::repeated(6, "quantileValues", Kind::Message(Id::ValueAtQuantile)),
        Field::repeated(7, "attributes", Kind::Message(Id::KeyValue)),
        Field::new(8, "flags", Kind::Uint32),
    ],
);

pub(super) const VALUE_AT_QUANTILE: MessageType = MessageType::new(
    Id::ValueAtQuantile,
    "SummaryDataPoint.ValueAtQuantile",
    &[
        Field::new(1, "quantile", Kind::Double),
        Field::new(2, "value", Kind::Double),
    ],
);

pub(super) const EXEMPLAR: MessageType = MessageType::new(
    Id::Exemplar,
    "Exemplar",
    &[
        Field::new(2, "timeUnixNano", Kind::Fixed64),
        Field::one_of(3, "asDouble", Kind::Double),
        Field::new(4, "spanId", Kind::Hex(8)),
        Field::new(5, "traceId", Kind::Hex(16)),
        Field::one_of(6, "asInt", Kind::Sfixed64),
        Field::repeated(7, "filteredAttributes", Kind::Message(Id::KeyValue)),
    ],
);
