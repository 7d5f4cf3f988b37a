// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The traits for local and for shared nodes, which differ in `Send` only.

use std::time::Duration;

use ferrule_context::Error;
use otel_arrow_dfe_config::error::Error as ConfigError;
use otel_arrow_dfe_engine::control::NackMsg;
use otel_arrow_dfe_otap::pdata::OtapPdata;
use serde::de::DeserializeOwned;

use super::exporter::exporters;
use super::processor::processors;
use super::receiver::receivers;
use crate::engine::state::Shared;

/// Longer than any call lasts: who waits for room gives up when its call ends.
pub(super) const FOREVER: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// How soon a receiver tries again to send what there was no room for.
pub(super) const RETRY: Duration = Duration::from_millis(1);

/// A node's own configuration, without what was added to it at start.
pub(super) fn parse<C: DeserializeOwned>(config: &serde_json::Value) -> Result<C, ConfigError> {
    let mut config = config.clone();
    match config.as_object_mut() {
        Some(fields) => {
            fields.remove("engine");
        }
        None => config = serde_json::json!({}),
    }
    serde_json::from_value(config).map_err(|error| ConfigError::InvalidUserConfig {
        error: error.to_string(),
    })
}

pub(super) fn refusal(shared: &Shared, error: Error, data: OtapPdata) -> NackMsg<OtapPdata> {
    shared.nack_of(error).nack(data)
}

/// Answers where the engine's future need not be `Send`.
macro_rules! tell_here {
    ($handler:expr, $method:ident, $message:expr) => {
        // It fails only while the pipeline ends, and then the receiver answers
        let _ = $handler.$method($message).await;
    };
}

/// Answers in a task of its own, because the engine's future is not `Send`. Shared nodes run on
/// the thread of their pipeline, too.
macro_rules! tell_in_task {
    ($handler:expr, $method:ident, $message:expr) => {
        let (handler, message) = (Clone::clone($handler), $message);
        let task = tokio::task::spawn_local(async move {
            let _ = handler.$method(message).await;
        });
        let _ = task.await;
    };
}

/// Nodes that need not be `Send`, as most nodes of the engine.
pub mod local {
    pub use self::exporter::{ContextExporter, ExporterHandler, exporter_factory};
    pub use self::processor::{ContextProcessor, ProcessorHandler, processor_factory};
    pub use self::receiver::{ContextReceiver, ReceiverHandler, receiver_factory};

    super::processors!(local, async_trait(?Send), [], tell_here);
    super::exporters!(
        local,
        async_trait(?Send),
        [],
        tell_here,
        otel_arrow_dfe_engine::message::ExporterInbox<OtapPdata>
    );
    super::receivers!(local, async_trait(?Send), []);
}

/// Nodes that are `Send`. They are slower: their answers take a task each.
pub mod shared {
    pub use self::exporter::{ContextExporter, ExporterHandler, exporter_factory};
    pub use self::processor::{ContextProcessor, ProcessorHandler, processor_factory};
    pub use self::receiver::{ContextReceiver, ReceiverHandler, receiver_factory};

    super::processors!(shared, async_trait, [Send+], tell_in_task);
    super::exporters!(
        shared,
        async_trait,
        [Send+],
        tell_in_task,
        otel_arrow_dfe_engine::shared::exporter::ExporterInbox<OtapPdata>
    );
    super::receivers!(shared, async_trait, [Send+]);
}
