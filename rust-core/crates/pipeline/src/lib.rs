// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Everything of Ferrule that knows the OTAP dataflow engine.
//!
//! [`Engine`] starts and stops one engine in this process and is the way in for payloads. Its
//! `host` receiver feeds a pipeline, `batch` and the exporters obey the calls whose data they
//! handle, and the `log` exporter summarises data in the host's log. Nodes of others build on [`node`], and
//! on the types of the engine in [`engine_api`].

mod admission;
mod config;
mod decode;
mod engine;
pub mod engine_api;
mod error;
mod headers;
mod logs;
pub mod node;
mod nodes;
mod signal;
mod spec;
#[cfg(test)]
mod test_vectors;
mod text;
mod urns;

pub use admission::budget::Permit;
pub use admission::refusal::{Reason, Refusal};
pub use config::context::{ContextSettings, DeadlineForm, MetadataSettings, OutboundSettings};
pub use config::log_threshold::LogThreshold;
pub use config::start::StartConfig;
pub use config::tls::TlsBundle;
pub use decode::coding::{ContentCoding, Encoding};
pub use engine::Engine;
pub use engine::state::EngineState;
pub use engine::submit::{Submission, Ticket};
pub use error::{error_of_engine, error_of_status};
pub use ferrule_otlp::Signal;
pub use headers::call_id::call_id_of;
pub use headers::names::CALL_ID_HEADER;
