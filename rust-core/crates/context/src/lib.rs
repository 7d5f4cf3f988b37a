// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Call contexts of Ferrule, and the guarantee that each call gets exactly one outcome.
//!
//! A [`Call`] carries deadline, cancellation, metadata, trace and attributes through the pipeline.
//! It stands in the [`CallTable`] from submission to outcome. Whoever takes it out finishes it;
//! whoever comes later is counted. Outcomes and log lines wait in the [`Outbox`] until the host
//! fetches them.
//!
//! Everything here may be used from any thread. Times are taken from the monotonic clock, except
//! those of log lines.

#![forbid(unsafe_code)]

mod call;
pub mod deadline;
mod error;
mod group;
mod map;
pub mod merging;
mod metadata;
mod outbox;
mod sync;
mod table;
mod trace;

pub use call::{
    Attributes, Call, CallBuilder, CallOwner, Ending, Members, Outcome, Phase, Success, Timings,
};
pub use error::{CancelCause, Details, Error, ErrorKind};
pub use group::OpenGroup;
pub use map::CallMap;
pub use metadata::{
    Entry, Metadata, MetadataBuilder, Outbound, OutboundRules, Place, PlaceName, is_token,
};
pub use outbox::{Fetched, LogLevel, LogLine, Message, Outbox};
pub use table::{Admission, CallTable, Counters, Follow, Found};
pub use trace::TraceContext;
