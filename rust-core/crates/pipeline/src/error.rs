// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What went wrong, as errors of calls: in configurations, in the engine and at downstreams.

pub(crate) mod configuration;
mod engine;
pub(crate) mod grpc;
pub(crate) mod http;
pub(crate) mod nack;
pub(crate) mod operation;
pub(crate) mod retry_after;
pub(crate) mod rpc_status;
pub(crate) mod slab;

#[cfg(test)]
mod tests;

pub use self::engine::error_of_engine;
pub use self::grpc::error_of_status;
