// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Every path of the engine that we import, re-exported once, so that an upgrade of the engine is
//! one diff. Nodes of users' own import from here, too, and so have the engine's very version.
//!
//! Macros that expand to paths of their own need the crates of these paths among the dependencies
//! of the crate that uses them: `metric_set`, `attribute_set` and `AttributeEnum` need
//! `otel-arrow-dfe-telemetry` and `otel-arrow-dfe-telemetry-macros`, `distributed_slice` needs
//! `linkme`. The factory slices are re-exported, and may be named here.

// Referenced so that the engine's own nodes are linked in.
#[cfg(any(feature = "clickhouse", feature = "kafka"))]
use otel_arrow_dfe_contrib_nodes as _;
use otel_arrow_dfe_core_nodes as _;

pub use otel_arrow_dfe_admin::error::Error as AdminError;
pub use otel_arrow_dfe_admin::{EngineConfigReconcileRequest, EngineConfigReconcileState};
pub use otel_arrow_dfe_channel::error::SendError;
pub use otel_arrow_dfe_config::context::ContextEntryName;
pub use otel_arrow_dfe_config::context::transport_headers::{
    TransportHeader, TransportHeaders, TransportHeadersData, ValueKind,
};
pub use otel_arrow_dfe_config::context::transport_policy::{
    CompiledHeaderCapturePolicy, HeaderCapturePolicy,
};
pub use otel_arrow_dfe_config::engine::{
    EngineObservabilityPipelineConfig, INTERNAL_TELEMETRY_RECEIVER_URN, OtelDataflowSpec,
};
pub use otel_arrow_dfe_config::error::Error as ConfigError;
pub use otel_arrow_dfe_config::node::NodeUserConfig;
pub use otel_arrow_dfe_config::tls::TlsClientConfig;
pub use otel_arrow_dfe_config::validation::{deserialize_typed_config, validate_typed_config};
pub use otel_arrow_dfe_config::{PortName, SignalType};
pub use otel_arrow_dfe_controller::error::Error as ControllerError;
pub use otel_arrow_dfe_controller::startup::validate_engine_components;
pub use otel_arrow_dfe_controller::{
    Controller, ControllerExtensionContext, ControllerExtensionRegistry, ControllerExtensionTask,
    ControllerExtensionTaskFactory, ControllerRunOptions,
};
pub use otel_arrow_dfe_engine::capability::registry::Capabilities;
pub use otel_arrow_dfe_engine::config::{ExporterConfig, ProcessorConfig, ReceiverConfig};
pub use otel_arrow_dfe_engine::context::PipelineContext;
pub use otel_arrow_dfe_engine::control::{
    AckMsg, Context8u8, NackCause, NackMsg, NodeControlMsg, UnwindData, WakeupSlot,
};
pub use otel_arrow_dfe_engine::error::{
    Error as EngineError, ExporterErrorKind, ProcessorErrorKind, ReceiverErrorKind, TypedError,
    format_error_sources,
};
pub use otel_arrow_dfe_engine::exporter::ExporterWrapper;
pub use otel_arrow_dfe_engine::memory_limiter::MemoryPressureState;
pub use otel_arrow_dfe_engine::message::{ExporterInbox, Message};
pub use otel_arrow_dfe_engine::node::NodeId;
pub use otel_arrow_dfe_engine::pdata_context::PeerAddrMerger;
pub use otel_arrow_dfe_engine::processor::{FlowMetricHook, ProcessorWrapper};
pub use otel_arrow_dfe_engine::receiver::ReceiverWrapper;
pub use otel_arrow_dfe_engine::terminal_state::TerminalState;
pub use otel_arrow_dfe_engine::wiring_contract::WiringContract;
pub use otel_arrow_dfe_engine::{
    ConsumerEffectHandlerExtension, ExporterFactory, Interests, LocalWakeupRequirements,
    MessageSourceLocalEffectHandlerExtension, MessageSourceSharedEffectHandlerExtension,
    ProcessorFactory, ProcessorRuntimeRequirements, ProducerEffectHandlerExtension,
    ReceiverFactory, local, shared,
};
pub use otel_arrow_dfe_otap::compression::CompressionMethod;
pub use otel_arrow_dfe_otap::crypto::install_crypto_provider;
pub use otel_arrow_dfe_otap::otap_grpc::client_settings::{GrpcClientSettings, GrpcEndpointError};
pub use otel_arrow_dfe_otap::otap_grpc::otlp::client::{
    LogsServiceClient, MetricsServiceClient, OtlpServiceClient, ServiceDescriptor,
    TraceServiceClient,
};
pub use otel_arrow_dfe_otap::otlp_exporter::InFlightExports;
pub use otel_arrow_dfe_otap::otlp_http::client_settings::{HttpClientError, HttpClientSettings};
pub use otel_arrow_dfe_otap::otlp_http::{
    LOGS_PATH, METRICS_PATH, PROTOBUF_CONTENT_TYPE, TRACES_PATH,
};
pub use otel_arrow_dfe_otap::pdata::{
    Context, OtapPdata, PdataDelivery, PdataEffectHandlerExtension,
};
pub use otel_arrow_dfe_otap::{
    OTAP_EXPORTER_FACTORIES, OTAP_PIPELINE_FACTORY, OTAP_PROCESSOR_FACTORIES,
    OTAP_RECEIVER_FACTORIES,
};
pub use otel_arrow_dfe_pdata::OtlpProtoBytes;
pub use otel_arrow_dfe_pdata::proto::opentelemetry::collector::logs::v1::ExportLogsServiceRequest;
pub use otel_arrow_dfe_pdata::proto::opentelemetry::common::v1::{
    AnyValue, InstrumentationScope, any_value,
};
pub use otel_arrow_dfe_pdata::proto::opentelemetry::logs::v1::LogRecord;
pub use otel_arrow_dfe_pdata_codec::{
    BatchPlan, BatchSettings, CodecRegistry, EncodePolicy, EncodingPlan, PdataEncoding,
    PdataFormat, PdataPayload,
};
pub use otel_arrow_dfe_telemetry::attributes::AttributeSetHandler;
pub use otel_arrow_dfe_telemetry::descriptor::{Instrument, MetricsField};
pub use otel_arrow_dfe_telemetry::instrument::{Counter, Gauge};
pub use otel_arrow_dfe_telemetry::metrics::{
    MeasurementMetricSet, MetricSet, MetricSetSnapshot, MetricValue,
};
pub use otel_arrow_dfe_telemetry::output_service::{OutputService, OutputServiceConfig};
pub use otel_arrow_dfe_telemetry::registry::TelemetryRegistryHandle;
pub use otel_arrow_dfe_telemetry::reporter::MetricsReporter;
pub use otel_arrow_dfe_telemetry_macros::{AttributeEnum, attribute_set, metric_set};

/// What tests alone import.
#[cfg(test)]
pub(crate) mod testing {
    pub(crate) use otel_arrow_dfe_channel::mpsc::Channel;
    pub(crate) use otel_arrow_dfe_engine::control::runtime_ctrl_msg_channel;
    pub(crate) use otel_arrow_dfe_engine::message::Sender;
    pub(crate) use otel_arrow_dfe_engine::runtime_services::PipelineRuntimeServices;
    pub(crate) use otel_arrow_dfe_engine::shared::message::SharedSender;
    pub(crate) use otel_arrow_dfe_engine::testing::test_node;
}
