// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Validation, JSON decoding and summaries of OTLP requests, without decoding them into objects.
//!
//! All of it walks one table of the messages of OTLP 1.11 (`schema`). The crate knows nothing of
//! the engine. Its functions depend on their arguments alone and may be called from any thread.

#![forbid(unsafe_code)]

mod error;
mod json;
mod schema;
mod signal;
mod summary;
mod text;
mod validate;
mod wire;

pub use error::{Error, ErrorKind};
pub use json::{JsonMode, json_to_protobuf};
pub use signal::Signal;
pub use summary::{Summary, summarize};
pub use validate::{Stats, validate};
pub use wire::is_whole;

/// Deepest nesting of messages below the request that is accepted: the default limit of other
/// protobuf implementations.
pub const MAX_DEPTH: usize = 100;
