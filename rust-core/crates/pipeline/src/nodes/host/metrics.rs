// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What the host receiver counts.

use crate::engine_api::{Counter, Gauge, metric_set};

/// Calls of one running instance of a host receiver.
#[metric_set(name = "ferrule.receiver.host")]
#[derive(Debug, Default, Clone)]
pub(super) struct HostMetrics {
    /// Calls that were handed to the pipeline.
    #[metric(unit = "{call}")]
    pub(super) sent: Counter<u64>,
    /// Calls that the pipeline had no room for at once.
    #[metric(unit = "{call}")]
    pub(super) blocked: Counter<u64>,
    /// Calls that ended before they were handed to the pipeline.
    #[metric(unit = "{call}")]
    pub(super) dropped: Counter<u64>,
    /// Answers of the pipeline, late ones included.
    #[metric(unit = "{call}")]
    pub(super) answered: Counter<u64>,
    /// Calls that wait in the lane, or for their payload to be decoded.
    #[metric(unit = "{call}")]
    pub(super) queued: Gauge<u64>,
    /// Calls without outcome that arrived here.
    #[metric(unit = "{call}")]
    pub(super) in_flight: Gauge<u64>,
}
