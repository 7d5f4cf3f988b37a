// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Table of the messages of OTLP 1.11 (opentelemetry-proto). Everything else in this crate walks it.

mod common;
mod logs;
mod metrics;
mod trace;
mod types;

use crate::signal::Signal;

pub(crate) use self::types::{Field, Id, Kind, Label, MessageType};

/// Most fields that a message of the table has.
pub(crate) const MAX_FIELDS: usize = 16;

/// Number of messages.
pub(crate) const COUNT: usize = Id::LogRecord as usize + 1;

/// All messages, in the order of [`Id`].
pub(crate) static MESSAGES: [MessageType; COUNT] = TABLE;

pub(crate) const TABLE: [MessageType; COUNT] = [
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

/// Returns the request of a signal.
pub(crate) fn request(signal: Signal) -> &'static MessageType {
    &MESSAGES[match signal {
        Signal::Traces => Id::TraceRequest,
        Signal::Metrics => Id::MetricsRequest,
        Signal::Logs => Id::LogsRequest,
    } as usize]
}

#[cfg(test)]
mod tests;
