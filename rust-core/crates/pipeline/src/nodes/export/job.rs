// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Jobs of an exporter: messages on their way out.

use std::sync::Arc;

use bytes::Bytes;
use ferrule_context::{Call, Error, ErrorKind, Success};

use crate::admission::budget::Permit;
use crate::engine_api::{PdataDelivery, SignalType};

/// A message that an exporter is to deliver.
pub(super) struct ExportJob {
    pub(super) call: Option<Arc<Call>>,
    pub(super) signal: SignalType,
    pub(super) content: Bytes,
    /// Part of the byte budget, held until the job ends.
    pub(super) permit: Option<Permit>,
    pub(super) delivery: PdataDelivery,
}

/// A job with its result.
pub(super) struct FinishedJob {
    pub(super) call: Option<Arc<Call>>,
    pub(super) signal: SignalType,
    pub(super) bytes: usize,
    pub(super) delivery: PdataDelivery,
    pub(super) result: Result<Success, ExportError>,
}

/// The reason why a message was not delivered.
pub(super) enum ExportError {
    /// The call had failed before, cancelled or expired.
    Ended(ErrorKind),
    Failed(Error),
}

impl From<Error> for ExportError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}
