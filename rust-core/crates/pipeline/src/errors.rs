// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Errors of the libraries that nodes work with, as errors of calls.

use ferrule_context::Error;
use otel_arrow_dfe_engine::error::{
    Error as EngineError, ExporterErrorKind, ProcessorErrorKind, ReceiverErrorKind,
};

use crate::{exporter, nack};

/// The error that a gRPC status stands for, as the answer of a downstream: its code, its delay and
/// its details are kept. A status that stands for no answer, because there was no connection, is
/// for the caller to tell.
#[must_use]
pub fn error_of_status(status: &tonic::Status) -> Error {
    exporter::of_status(status)
}

/// The error that an error of the engine stands for. The engine's text names nodes and addresses
/// and is for the log, so the message is a general one.
#[must_use]
pub fn error_of_engine(error: &EngineError) -> Error {
    let error = match error {
        EngineError::IoError { error, .. } => Error::from(error),
        EngineError::PdataCodec(_)
        | EngineError::PdataConversionError { .. }
        | EngineError::PDataError { .. } => Error::permanent("the data cannot be converted"),
        EngineError::ChannelSendError { closed: false, .. } => {
            Error::retryable("the pipeline is full")
        }
        EngineError::ChannelSendError { .. }
        | EngineError::ChannelRecvError(_)
        | EngineError::RuntimeMsgError { .. }
        | EngineError::NodeControlMsgSendError { .. }
        | EngineError::ReceiverError {
            kind: ReceiverErrorKind::Shutdown,
            ..
        }
        | EngineError::ProcessorError {
            kind: ProcessorErrorKind::Shutdown,
            ..
        }
        | EngineError::ExporterError {
            kind: ExporterErrorKind::Shutdown,
            ..
        } => nack::closed(),
        EngineError::ReceiverError {
            kind: ReceiverErrorKind::Connect | ReceiverErrorKind::Transport,
            ..
        }
        | EngineError::ProcessorError {
            kind: ProcessorErrorKind::Transport,
            ..
        }
        | EngineError::ExporterError {
            kind: ExporterErrorKind::Connect | ExporterErrorKind::Transport,
            ..
        } => Error::retryable("a node of the pipeline has no connection"),
        EngineError::JoinTaskError { is_panic: true, .. } => Error::panicked(),
        EngineError::JoinTaskError { .. } => nack::closed(),
        EngineError::ReceiverError {
            kind: ReceiverErrorKind::Other,
            ..
        }
        | EngineError::ProcessorError {
            kind: ProcessorErrorKind::Other,
            ..
        }
        | EngineError::ExporterError {
            kind: ExporterErrorKind::Other,
            ..
        }
        | EngineError::InternalError { .. } => Error::permanent("a node of the pipeline failed"),
        // What is left is about nodes, ports and connections that do not fit
        _ => Error::configuration("the pipeline is not configured for this"),
    };
    Error {
        origin: if error.origin.is_empty() {
            "engine"
        } else {
            error.origin
        },
        ..error
    }
}
