// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! `urn:ferrule-example:processor:quota`: lets the data of known tenants pass, up to a size.
//!
//! An example of a node of one's own. It reads the request's metadata and the application's
//! attributes, fails with structured errors, and is never asked for data that nobody waits for.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use ferrule_context::Error;
use ferrule_pipeline::EngineState;
use ferrule_pipeline::engine_api::{
    ConfigError, OTAP_PROCESSOR_FACTORIES, OtapPdata, ProcessorFactory,
};
use ferrule_pipeline::node::Next;
use ferrule_pipeline::node::local::{ContextProcessor, ProcessorHandler, processor_factory};
use linkme::distributed_slice;
use serde::Deserialize;

/// The node's configuration.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Header that names the tenant.
    header: String,
    /// Most bytes of one request, by tenant.
    tenants: BTreeMap<String, u64>,
}

/// The node.
pub struct Quota {
    config: Config,
}

#[allow(
    unsafe_code,
    reason = "the engine collects factories in a link section"
)]
#[distributed_slice(OTAP_PROCESSOR_FACTORIES)]
static FACTORY: ProcessorFactory<OtapPdata> =
    processor_factory::<Quota>("urn:ferrule-example:processor:quota");

#[async_trait(?Send)]
impl ContextProcessor for Quota {
    type Config = Config;

    fn new(config: Config, _: Option<&Arc<EngineState>>) -> Result<Self, ConfigError> {
        if config.tenants.is_empty() {
            return Err(ConfigError::InvalidUserConfig {
                error: "tenants is empty, so everything would be refused".to_owned(),
            });
        }
        Ok(Self { config })
    }

    async fn process(
        &mut self,
        data: &mut OtapPdata,
        handler: &ProcessorHandler<'_>,
    ) -> Result<Next, Error> {
        // Data that belongs to no call passes
        if handler.call().is_none() {
            return Ok(Next::Send);
        }
        let tenant = handler.metadata().first(&self.config.header);
        let Some(quota) = tenant.and_then(|tenant| self.config.tenants.get(tenant)) else {
            return Err(Error::denied("the tenant is not known"));
        };
        // The application may know better, for this request
        let granted = handler.attributes().get("quota").and_then(|it| it.as_u64());
        let quota = granted.unwrap_or(*quota);
        match data.num_bytes() {
            Some(bytes) if bytes as u64 > quota => Err(Error::payload_too_large(format!(
                "the request is larger than {quota} bytes"
            ))),
            _ => Ok(Next::Send),
        }
    }
}
