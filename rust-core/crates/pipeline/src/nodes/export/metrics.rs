// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What the exporters count.

use std::cell::RefCell;

use ferrule_context::{ErrorKind, Success};

use super::job::ExportError;
use crate::engine_api::{
    AttributeEnum, Counter, Gauge, MeasurementMetricSet, MetricSet, MetricSetSnapshot,
    MetricsReporter, PipelineContext, SignalType, attribute_set, metric_set,
};

/// How the export of a message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AttributeEnum)]
pub(super) enum ExportOutcome {
    /// The downstream has it.
    Success,
    /// It may be tried again.
    Failure,
    /// The downstream refused it for good, or it could not be sent.
    Refused,
    /// Its call was cancelled, or the engine stopped.
    Cancelled,
    /// The deadline of its call passed.
    Expired,
}

impl ExportOutcome {
    pub(super) fn of(result: &Result<Success, ExportError>) -> Self {
        let kind = match result {
            Ok(_) => return Self::Success,
            Err(ExportError::Ended(kind)) => *kind,
            Err(ExportError::Failed(error)) if error.is_permanent() => return Self::Refused,
            Err(ExportError::Failed(error)) => error.kind,
        };
        match kind {
            ErrorKind::Cancelled => Self::Cancelled,
            ErrorKind::Timeout => Self::Expired,
            _ => Self::Failure,
        }
    }
}

#[attribute_set(item, measurement)]
#[derive(Debug, Clone, Copy)]
struct ExportAttributes {
    signal: SignalType,
    outcome: ExportOutcome,
}

/// Messages that left an exporter.
#[metric_set(name = "ferrule.exporter", measurement_attributes = ExportAttributes)]
#[derive(Debug, Default, Clone)]
struct Exports {
    /// Messages whose export ended.
    #[metric(unit = "{message}")]
    messages: Counter<u64>,
    /// Their size as protobuf before compression; 0 for those that were not encoded any more.
    #[metric(unit = "By")]
    bytes: Counter<u64>,
}

/// Requests of an exporter.
#[metric_set(name = "ferrule.exporter.requests")]
#[derive(Debug, Default, Clone)]
pub(super) struct Requests {
    /// Attempts to send, the first ones included.
    #[metric(unit = "{request}")]
    pub(super) attempts: Counter<u64>,
    /// Attempts that repeat one that failed.
    #[metric(unit = "{request}")]
    pub(super) retries: Counter<u64>,
    /// Items that the downstream rejected of messages that it took.
    #[metric(unit = "{item}")]
    pub(super) rejected_items: Counter<u64>,
    /// Requests under way.
    #[metric(unit = "{request}")]
    pub(super) in_flight: Gauge<u64>,
    /// Messages that wait for a request to end, or for their next attempt.
    #[metric(unit = "{message}")]
    pub(super) waiting: Gauge<u64>,
}

/// Shared by what runs on the thread of an exporter; never borrowed while something is awaited.
pub(super) struct ExporterMetrics {
    exports: RefCell<MeasurementMetricSet<Exports>>,
    requests: RefCell<MetricSet<Requests>>,
}

impl ExporterMetrics {
    pub(super) fn register(pipeline: &PipelineContext) -> Self {
        Self {
            exports: RefCell::new(Exports::register(pipeline)),
            requests: RefCell::new(Requests::register(pipeline)),
        }
    }

    /// Counts an attempt; the first one has number 1.
    pub(super) fn attempt(&self, number: u32) {
        let mut requests = self.requests.borrow_mut();
        requests.attempts.inc();
        if number > 1 {
            requests.retries.inc();
        }
    }

    /// Counts how a message of so many bytes ended.
    pub(super) fn ended(
        &self,
        signal: SignalType,
        bytes: usize,
        result: &Result<Success, ExportError>,
    ) {
        let outcome = ExportOutcome::of(result);
        let mut exports = self.exports.borrow_mut();
        let exports = exports.with(ExportAttributes { signal, outcome });
        exports.messages.inc();
        exports.bytes.add(bytes as u64);
        if let Ok(success) = result {
            // A downstream may claim any number; no message has more items than bytes
            let rejected = u64::try_from(success.rejected_items).unwrap_or_default();
            let rejected = rejected.min(bytes as u64);
            self.requests.borrow_mut().rejected_items.add(rejected);
        }
    }

    /// What cannot be reported now is reported next time.
    pub(super) fn report(&self, in_flight: usize, held: usize, reporter: &mut MetricsReporter) {
        let requests = &mut *self.requests.borrow_mut();
        requests.in_flight.set(in_flight as u64);
        requests.waiting.set(held.saturating_sub(in_flight) as u64);
        let _ = reporter.report(requests);
        let _ = reporter.report_measurement(&mut *self.exports.borrow_mut());
    }

    pub(super) fn take(&self) -> Vec<MetricSetSnapshot> {
        let requests = &mut *self.requests.borrow_mut();
        requests.in_flight.set(0);
        requests.waiting.set(0);
        let mut taken = requests.terminal_snapshots();
        taken.extend(self.exports.borrow_mut().terminal_snapshots());
        taken
    }
}
