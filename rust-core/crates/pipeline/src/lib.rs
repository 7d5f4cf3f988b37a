// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Everything of Ferrule that knows the OTAP dataflow engine.
//!
//! [`Engine`] starts and stops one engine in this process and is the way in for payloads. Its
//! `host` receiver feeds a pipeline, `batch` and the exporters obey the calls whose data they
//! handle, and the `log` exporter tells the host what arrived. Nodes of others build on [`node`].

mod batch;
mod budget;
mod codec;
mod config;
mod engine;
mod errors;
mod exporter;
mod gate;
mod lane;
mod log_exporter;
mod logs;
mod metrics;
mod nack;
pub mod node;
mod panics;
mod receiver;
mod refusal;
#[cfg(test)]
mod reported;
mod runtime;
mod settings;
mod shared;
mod slab;
mod spec;
mod status;
mod text;
mod tls_bundle;
#[cfg(test)]
mod vectors;

pub use budget::Permit;
pub use codec::{ContentCoding, Encoding};
pub use config::StartConfig;
pub use engine::{Engine, Submission, Ticket};
pub use errors::{error_of_engine, error_of_status};
pub use ferrule_otlp::Signal;
pub use logs::LogThreshold;
pub use refusal::{Reason, Refusal};
pub use settings::{ContextSettings, DeadlineForm, MetadataSettings, OutboundSettings};
pub use shared::{CALL_ID_HEADER, Shared, call_id_of};
pub use tls_bundle::TlsBundle;
