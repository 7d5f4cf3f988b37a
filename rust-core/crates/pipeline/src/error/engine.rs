// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Errors of the engine.

use ferrule_context::Error;

use super::nack;
use crate::engine_api::{EngineError, ExporterErrorKind, ProcessorErrorKind, ReceiverErrorKind};

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

#[cfg(test)]
mod tests {
    use std::io;

    use ferrule_context::ErrorKind;

    use super::*;
    use crate::engine_api::testing::test_node;

    fn of_exporter(kind: ExporterErrorKind) -> EngineError {
        EngineError::ExporterError {
            exporter: test_node("out"),
            kind,
            error: "http://10.0.0.1:4317".to_owned(),
            source_detail: "; source: /etc/key".to_owned(),
        }
    }

    #[test]
    fn kind_of_the_engine_decides_and_its_text_stays_here() {
        for (error, kind) in [
            (
                of_exporter(ExporterErrorKind::Connect),
                ErrorKind::Retryable,
            ),
            (
                of_exporter(ExporterErrorKind::Shutdown),
                ErrorKind::Retryable,
            ),
            (of_exporter(ExporterErrorKind::Other), ErrorKind::Permanent),
            (
                of_exporter(ExporterErrorKind::Configuration),
                ErrorKind::Configuration,
            ),
            (
                EngineError::ChannelSendError {
                    error: "10.0.0.1".to_owned(),
                    closed: false,
                },
                ErrorKind::Retryable,
            ),
            (
                EngineError::PDataError {
                    reason: "10.0.0.1".to_owned(),
                },
                ErrorKind::Permanent,
            ),
            (EngineError::TooManyNodes {}, ErrorKind::Configuration),
        ] {
            let error = error_of_engine(&error);
            assert_eq!((error.kind, error.origin), (kind, "engine"), "{error}");
            assert!(
                !error.message.is_empty() && !error.message.contains(['1', '/']),
                "{error}"
            );
        }
        let error = EngineError::IoError {
            node: test_node("out"),
            error: io::ErrorKind::ConnectionReset.into(),
        };
        let error = error_of_engine(&error);
        assert_eq!((error.origin, error.delivery_unknown), ("io", true));
    }
}
