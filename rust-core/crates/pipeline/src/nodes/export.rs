// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Exporters that obey the call: `otlp_grpc` and `otlp_http`.
//!
//! Both run the same loop ([`run`]); they differ in their [`client::Client`].

mod client;
mod delivery;
mod factory;
mod grpc;
mod headers;
mod http;
mod job;
mod metrics;
mod retry;
mod run;
mod settings;
mod success;
