// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What nodes on the public traits, and the gate, did with what came to them.

use ferrule_context::ErrorKind;

use crate::engine_api::{
    AttributeEnum, Counter, MeasurementMetricSet, MetricSetSnapshot, MetricsReporter,
    PipelineContext, attribute_set, metric_set,
};

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AttributeEnum)]
pub(crate) enum Fate {
    /// It went on, or was dealt with.
    Passed,
    /// Its call had been cancelled.
    Cancelled,
    /// The deadline of its call had passed.
    Expired,
    /// The node, or the one behind it, refused it.
    Refused,
}

impl Fate {
    pub(crate) fn of(failure: ErrorKind) -> Self {
        match failure {
            ErrorKind::Cancelled => Self::Cancelled,
            ErrorKind::Timeout => Self::Expired,
            _ => Self::Refused,
        }
    }
}

#[attribute_set(item, measurement)]
#[derive(Debug, Clone, Copy)]
struct FateAttributes {
    outcome: Fate,
}

/// Messages that came to a node.
#[metric_set(name = "ferrule.node", measurement_attributes = FateAttributes)]
#[derive(Debug, Default, Clone)]
struct Messages {
    /// Messages that came to the node.
    #[metric(unit = "{message}")]
    messages: Counter<u64>,
}

/// Counts what became of each message.
pub(crate) struct NodeMetrics(MeasurementMetricSet<Messages>);

impl NodeMetrics {
    pub(crate) fn register(pipeline: &PipelineContext) -> Self {
        Self(Messages::register(pipeline))
    }

    pub(crate) fn count(&mut self, outcome: Fate) {
        self.0.with(FateAttributes { outcome }).messages.inc();
    }

    /// What cannot be reported now is reported next time.
    pub(crate) fn report(&mut self, reporter: &mut MetricsReporter) {
        let _ = reporter.report_measurement(&mut self.0);
    }

    pub(crate) fn take(&mut self) -> Vec<MetricSetSnapshot> {
        self.0.terminal_snapshots()
    }
}
