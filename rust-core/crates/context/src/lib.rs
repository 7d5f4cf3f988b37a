// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What Ferrule knows of a call, and the guarantee that each call gets exactly one outcome.
//!
//! A [`Call`] stands in the [`CallTable`] from submission to outcome. Whoever takes it out
//! finishes it; whoever comes later is counted. Outcomes and log lines wait in the [`Outbox`]
//! until the host fetches them.

#![forbid(unsafe_code)]

mod call;
mod error;
mod metadata;
mod outbox;
mod outcome;
mod table;

pub use call::{Call, CallOwner, Ending, TraceContext};
pub use error::{CancelCause, Error, ErrorKind};
pub use metadata::{Entry, Metadata, MetadataBuilder};
pub use outbox::{Fetched, LogLevel, LogLine, Message, Outbox};
pub use outcome::{Outcome, Success, Timings};
pub use table::{Admission, CallMap, CallTable, Counters};
