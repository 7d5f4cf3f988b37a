// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Metrics of nodes on the public traits, and of the gate.

use ferrule_context::ErrorKind;

use crate::engine_api::{
    AttributeEnum, Counter, MeasurementMetricSet, MetricSetSnapshot, MetricsReporter,
    PipelineContext, attribute_set, metric_set,
};

/// The outcome of a message at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AttributeEnum)]
pub(crate) enum NodeOutcome {
    /// It went on, or was dealt with.
    Passed,
    /// Its call had been cancelled.
    Cancelled,
    /// The deadline of its call had passed.
    Expired,
    /// The node, or the one behind it, refused it.
    Refused,
}

impl NodeOutcome {
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
struct NodeOutcomeAttributes {
    outcome: NodeOutcome,
}

/// Messages that came to a node.
#[metric_set(name = "ferrule.node", measurement_attributes = NodeOutcomeAttributes)]
#[derive(Debug, Default, Clone)]
struct Messages {
    /// Messages that came to the node.
    #[metric(unit = "{message}")]
    messages: Counter<u64>,
}

/// The counters of a node.
pub(crate) struct NodeMetrics(MeasurementMetricSet<Messages>);

impl NodeMetrics {
    pub(crate) fn register(pipeline: &PipelineContext) -> Self {
        Self(Messages::register(pipeline))
    }

    pub(crate) fn count(&mut self, outcome: NodeOutcome) {
        self.0
            .with(NodeOutcomeAttributes { outcome })
            .messages
            .inc();
    }

    /// What cannot be reported now is reported next time.
    pub(crate) fn report(&mut self, reporter: &mut MetricsReporter) {
        let _ = reporter.report_measurement(&mut self.0);
    }

    pub(crate) fn take(&mut self) -> Vec<MetricSetSnapshot> {
        self.0.terminal_snapshots()
    }
}
