// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! `urn:ferrule:exporter:otlp_grpc`.

mod config;
mod refusal_flag;

use std::cell::{Cell, RefCell};
use std::error::Error as StdError;
use std::time::Duration;

use ferrule_context::deadline::grpc_timeout;
use ferrule_context::{Call, Error, Outbound, OutboundRules, Success};
use linkme::distributed_slice;
use tonic::codec::CompressionEncoding;
use tonic::metadata::MetadataMap;
use tonic::transport::Channel;
use tonic::{Code, ConnectError, Status, TimeoutExpired};

use self::config::Config;
use self::refusal_flag::{CheckedChannel, RefusalFlag};
use super::client::{AttemptError, Client, Request, USER_AGENT};
use super::factory::factory;
use super::headers::put;
use super::success::{self, unreadable};
use crate::engine::state::EngineState;
use crate::engine_api::{
    ExporterFactory, GrpcClientSettings, GrpcEndpointError, LogsServiceClient,
    MetricsServiceClient, OTAP_EXPORTER_FACTORIES, OtapPdata, OtlpServiceClient, ServiceDescriptor,
    SignalType, TraceServiceClient,
};
use crate::error::grpc::error_of_status;
use crate::text::Addresses;
use crate::urns::GRPC_EXPORTER;

#[allow(
    unsafe_code,
    reason = "the engine collects factories in a link section"
)]
#[distributed_slice(OTAP_EXPORTER_FACTORIES)]
static FACTORY: ExporterFactory<OtapPdata> = factory::<GrpcClient>(GRPC_EXPORTER);

struct GrpcClient {
    /// Replaced when the host renews what the bundle holds.
    channels: RefCell<Vec<Channel>>,
    next: Cell<usize>,
    settings: GrpcClientSettings,
    bundle: Option<String>,
    compression: Option<CompressionEncoding>,
    static_headers: MetadataMap,
    rules: OutboundRules,
    addresses: Addresses,
}

impl GrpcClient {
    fn channel(&self) -> Channel {
        let channels = self.channels.borrow();
        let index = self.next.get();
        self.next.set((index + 1) % channels.len());
        channels[index].clone()
    }

    async fn call<R, S>(
        &self,
        mut client: OtlpServiceClient<CheckedChannel, R, S>,
        request: tonic::Request<bytes::Bytes>,
        refused: &RefusalFlag,
    ) -> Result<R, AttemptError>
    where
        R: prost::Message + Default + Send + 'static,
        S: ServiceDescriptor,
    {
        client = client
            .accept_compressed(CompressionEncoding::Gzip)
            .accept_compressed(CompressionEncoding::Zstd);
        if let Some(compression) = self.compression {
            client = client.send_compressed(compression);
        }
        match client.export(request).await {
            Ok(response) => Ok(response.into_inner()),
            // tonic watches the header, too, which is rounded down; who sent it tells whose time
            // it was that ran out
            Err(status) if is_caused_by::<TimeoutExpired>(&status) => std::future::pending().await,
            Err(status) => Err(failure(&status, refused.get())),
        }
    }
}

async fn open(
    settings: &GrpcClientSettings,
    connections: usize,
) -> Result<Vec<Channel>, GrpcEndpointError> {
    let mut channels = Vec::with_capacity(connections);
    for _ in 0..connections {
        channels.push(settings.connect_channel_lazy(None).await?);
    }
    Ok(channels)
}

fn with_tls(
    settings: &GrpcClientSettings,
    bundle: Option<&str>,
    engine: &EngineState,
) -> GrpcClientSettings {
    let mut settings = settings.clone();
    if let Some(bundle) = bundle.and_then(|name| engine.tls_bundles.get(name)) {
        settings.tls = Some(bundle.apply(settings.tls));
    }
    settings
}

impl Client for GrpcClient {
    const TARGET: &'static str = "exporter.otlp_grpc";

    type Settings = Config;
    type ConnectError = GrpcEndpointError;

    async fn connect(
        config: Config,
        rules: OutboundRules,
        engine: &EngineState,
    ) -> Result<Self, GrpcEndpointError> {
        let mut settings = config.grpc;
        settings
            .user_agent
            .get_or_insert_with(|| USER_AGENT.to_owned());
        let bundle = config.tls_bundle;
        let with_tls = with_tls(&settings, bundle.as_deref(), engine);
        with_tls.run_startup_check().await?;
        Ok(Self {
            channels: RefCell::new(open(&with_tls, config.num_connections).await?),
            next: Cell::new(0),
            compression: settings.compression_encoding(),
            static_headers: settings.build_static_metadata().unwrap_or_default(),
            rules,
            addresses: Addresses::of([&*settings.grpc_endpoint]),
            settings,
            bundle,
        })
    }

    async fn renew(&self, engine: &EngineState) -> Result<(), String> {
        if self.bundle.is_none() {
            return Ok(());
        }
        let settings = with_tls(&self.settings, self.bundle.as_deref(), engine);
        let connections = self.channels.borrow().len();
        let channels = open(&settings, connections)
            .await
            .map_err(|error| error.to_string())?;
        *self.channels.borrow_mut() = channels;
        Ok(())
    }

    fn outbound<'a>(&'a self, call: &'a Call) -> Outbound<'a> {
        self.rules.for_grpc(call.metadata())
    }

    fn has_static(&self, name: &str) -> bool {
        self.static_headers.contains_key(name)
    }

    fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    fn body(&self, content: bytes::Bytes) -> Result<bytes::Bytes, Error> {
        Ok(content)
    }

    async fn send(
        &self,
        request: Request,
        limit: Option<Duration>,
    ) -> Result<Success, AttemptError> {
        let mut headers = self.static_headers.clone().into_headers();
        headers.extend(request.headers);
        if let Some(timeout) = limit.and_then(grpc_timeout) {
            put(&mut headers, "grpc-timeout", &timeout);
        }
        let metadata = MetadataMap::from_headers(headers);
        let message = tonic::Request::from_parts(metadata, tonic::Extensions::new(), request.body);
        let (channel, refused) = CheckedChannel::new(self.channel());
        // The three answers differ in the names of their fields only.
        let partial = match request.signal {
            SignalType::Traces => self
                .call(TraceServiceClient::new(channel), message, &refused)
                .await?
                .partial_success
                .map(|partial| (partial.rejected_spans, partial.error_message)),
            SignalType::Metrics => self
                .call(MetricsServiceClient::new(channel), message, &refused)
                .await?
                .partial_success
                .map(|partial| (partial.rejected_data_points, partial.error_message)),
            SignalType::Logs => self
                .call(LogsServiceClient::new(channel), message, &refused)
                .await?
                .partial_success
                .map(|partial| (partial.rejected_log_records, partial.error_message)),
        };
        let (rejected, message) = partial.unwrap_or_default();
        Ok(success::success(rejected, &message))
    }
}

/// How the engine's client says that the channel takes no request.
const NOT_READY: &str = "Service was not ready: ";

/// A status that has a source was made here, because there was no answer; and so was any other
/// unless the downstream refused the request.
fn failure(status: &Status, refused: bool) -> AttemptError {
    if status.code() == Code::Unknown && status.message().starts_with(NOT_READY) {
        return AttemptError::unreachable(status);
    }
    if status.source().is_none() && !refused {
        return match status.code() {
            Code::Unknown => Error {
                grpc_code: Some(2),
                delivery_unknown: true,
                ..Error::permanent("the downstream ended its answer without a status")
            }
            .into(),
            _ => unreadable().into(),
        };
    }
    if status.source().is_none() {
        return error_of_status(status).into();
    }
    if is_caused_by::<ConnectError>(status) {
        AttemptError::unreachable(status)
    } else {
        AttemptError::lost(status)
    }
}

fn is_caused_by<E: StdError + 'static>(status: &Status) -> bool {
    let mut next = status.source();
    while let Some(error) = next {
        if error.is::<E>() {
            return true;
        }
        next = error.source();
    }
    false
}
