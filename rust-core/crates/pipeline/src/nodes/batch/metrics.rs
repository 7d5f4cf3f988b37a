// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What the batch processor counts.

use crate::engine_api::{
    AttributeEnum, Counter, Gauge, MeasurementMetricSet, MetricSet, MetricsReporter,
    PipelineContext, attribute_set, metric_set,
};

/// Why a batch goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AttributeEnum)]
pub(super) enum Trigger {
    /// It is large enough.
    Size,
    /// Its oldest message has waited long enough.
    Timeout,
    /// The deadline of one of its members comes.
    Deadline,
    /// The engine is being stopped.
    Drain,
}

#[attribute_set(item, measurement)]
#[derive(Debug, Clone, Copy)]
struct TriggerAttributes {
    trigger: Trigger,
}

/// What goes out of a batch processor.
#[metric_set(name = "ferrule.processor.batch.flushed", measurement_attributes = TriggerAttributes)]
#[derive(Debug, Default, Clone)]
struct Flushed {
    /// Messages of which batches were made.
    #[metric(unit = "{message}")]
    members: Counter<u64>,
    /// Batches, more than one where a message was split.
    #[metric(unit = "{batch}")]
    batches: Counter<u64>,
}

/// What comes into a batch processor, and what is in it.
#[metric_set(name = "ferrule.processor.batch")]
#[derive(Debug, Default, Clone)]
pub(super) struct Counts {
    /// Messages that came.
    #[metric(unit = "{message}")]
    pub(super) inputs: Counter<u64>,
    /// Messages that were large enough to go on as they came.
    #[metric(unit = "{message}")]
    pub(super) passed: Counter<u64>,
    /// Messages that were refused alone: malformed, or more partitions than allowed.
    #[metric(unit = "{message}")]
    pub(super) rejected: Counter<u64>,
    /// Messages whose call ended before their batch went out.
    #[metric(unit = "{message}")]
    pub(super) dropped: Counter<u64>,
    /// Messages without outcome.
    #[metric(unit = "{message}")]
    pub(super) pending_members: Gauge<u64>,
    /// Batches without outcome.
    #[metric(unit = "{batch}")]
    pub(super) pending_batches: Gauge<u64>,
}

pub(super) struct BatchMetrics {
    pub(super) counts: MetricSet<Counts>,
    flushed: MeasurementMetricSet<Flushed>,
}

impl BatchMetrics {
    pub(super) fn register(pipeline: &PipelineContext) -> Self {
        Self {
            counts: Counts::register(pipeline),
            flushed: Flushed::register(pipeline),
        }
    }

    pub(super) fn flushed(&mut self, trigger: Trigger, members: usize, batches: usize) {
        let flushed = self.flushed.with(TriggerAttributes { trigger });
        flushed.members.add(members as u64);
        flushed.batches.add(batches as u64);
    }

    /// What cannot be reported now is reported next time.
    pub(super) fn report(&mut self, reporter: &mut MetricsReporter) {
        let _ = reporter.report(&mut self.counts);
        let _ = reporter.report_measurement(&mut self.flushed);
    }
}
