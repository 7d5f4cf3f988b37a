// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! A message that an exporter is to deliver, and how that ended.

use std::sync::Arc;

use bytes::Bytes;
use ferrule_context::{Call, Error, ErrorKind, Success};

use crate::engine_api::{PdataDelivery, SignalType};

/// A message on its way out.
pub(super) struct Job {
    pub(super) call: Option<Arc<Call>>,
    pub(super) signal: SignalType,
    pub(super) content: Bytes,
    pub(super) delivery: PdataDelivery,
}

/// How it ended.
pub(super) struct Done {
    pub(super) call: Option<Arc<Call>>,
    pub(super) signal: SignalType,
    pub(super) bytes: usize,
    pub(super) delivery: PdataDelivery,
    pub(super) result: Result<Success, Lost>,
}

/// Why a message was not delivered.
pub(super) enum Lost {
    /// The call has its outcome already: cancelled or expired.
    GivenUp(ErrorKind),
    Failed(Error),
}

impl From<Error> for Lost {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}
