// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What Ferrule knows of a call, and the guarantee that each call gets exactly one outcome.
//!
//! A [`Call`] stands in the [`CallTable`] from submission to outcome. Whoever takes it out
//! finishes it; whoever comes later is counted. Outcomes and log lines wait in the [`Outbox`]
//! until the host fetches them.

#![forbid(unsafe_code)]

mod attributes;
mod builder;
mod call;
pub mod deadline;
mod error;
mod export;
mod follow;
mod group;
pub mod merging;
mod metadata;
mod outbound;
mod outbox;
mod outcome;
mod sync;
mod table;
mod trace;

pub use attributes::Attributes;
pub use builder::CallBuilder;
pub use call::{Call, CallOwner, Ending, Phase};
pub use error::{CancelCause, Details, Error, ErrorKind};
pub use follow::Follow;
pub use group::{Members, OpenGroup};
pub use metadata::{Entry, Metadata, MetadataBuilder, Place, PlaceName, is_token};
pub use outbound::{Outbound, OutboundRules};
pub use outbox::{Fetched, LogLevel, LogLine, Message, Outbox};
pub use outcome::{Outcome, Success, Timings};
pub use table::{Admission, CallMap, CallTable, Counters, Found};
pub use trace::TraceContext;
