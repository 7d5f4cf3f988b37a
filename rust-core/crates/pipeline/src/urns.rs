// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Names under which the engine and users know our components.

/// Start of the types of our nodes, and of those that users write on [`crate::node`]: nodes so
/// named are told which engine they belong to.
pub(crate) const OWN_NODES: &str = "urn:ferrule";

/// Type of the receiver that the host submits to.
pub(crate) const HOST_RECEIVER: &str = "urn:ferrule:receiver:host";

/// Type of the processor that merges data of several calls.
pub(crate) const BATCH_PROCESSOR: &str = "urn:ferrule:processor:batch";

/// Type of the processor that stands in front of the engine's own exporters.
pub(crate) const GATE_PROCESSOR: &str = "urn:ferrule:processor:gate";

/// Type of the exporter that summarises data in the host's logging.
pub(crate) const LOG_EXPORTER: &str = "urn:ferrule:exporter:log";

/// Type of the exporter at the end of the engine's observability pipeline.
pub(crate) const ENGINE_LOG_EXPORTER: &str = "urn:ferrule:exporter:engine_log";

/// Type of the exporter for OTLP over gRPC.
pub(crate) const GRPC_EXPORTER: &str = "urn:ferrule:exporter:otlp_grpc";

/// Type of the exporter for OTLP over HTTP.
pub(crate) const HTTP_EXPORTER: &str = "urn:ferrule:exporter:otlp_http";

/// Type of the controller extension through which the controller hands out its handles.
pub(crate) const HOST_EXTENSION: &str = "urn:ferrule:extension:host";

/// Group of the engine's own observability pipeline.
pub(crate) const SYSTEM_GROUP: &str = "system";

/// The admin server's address while the specification names none. The engine cannot be told to do
/// without the server, but runs on if this is no address, and reports it at its end.
pub(crate) const NO_ADMIN: &str = "none";
