// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The exporter that needs no server: a readable summary in the host's logging.

use std::sync::Arc;

use async_trait::async_trait;
use ferrule_context::{Error, LogLevel, Success};
use linkme::distributed_slice;

use crate::engine::state::EngineState;
use crate::engine_api::{ConfigError, ExporterFactory, OTAP_EXPORTER_FACTORIES, OtapPdata};
use crate::node::local::{ContextExporter, ExporterHandler, exporter_factory};
use crate::node::support::NoSettings;
use crate::signal::signal_of;
use crate::urns::LOG_EXPORTER;

/// Logger name of the summaries.
const TARGET: &str = "exporter.log";

struct LogExporter;

#[allow(
    unsafe_code,
    reason = "the engine collects factories in a link section"
)]
#[distributed_slice(OTAP_EXPORTER_FACTORIES)]
static FACTORY: ExporterFactory<OtapPdata> = exporter_factory::<LogExporter>(LOG_EXPORTER);

#[async_trait(?Send)]
impl ContextExporter for LogExporter {
    type Config = NoSettings;

    fn new(_: NoSettings, _: Option<&Arc<EngineState>>) -> Result<Self, ConfigError> {
        Ok(Self)
    }

    async fn export(
        &mut self,
        data: &mut OtapPdata,
        handler: &ExporterHandler<'_>,
    ) -> Result<Success, Error> {
        let signal = signal_of(data.signal_type());
        let summary = ferrule_otlp::summarize(signal, &handler.encode(data).await?);
        let text = summary.to_string();
        handler.engine().log(LogLevel::Info, TARGET, text);
        Ok(Success::default())
    }
}
