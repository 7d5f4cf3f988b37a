// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What a test asks of a call, in the metadata header `x-test-outcome`.

use std::sync::Arc;
use std::time::Duration;

use ferrule_context::{Call, CancelCause, Details, Error, ErrorKind, Outcome, Success};

const HEADER: &str = "x-test-outcome";

/// What a node is to do with a call.
#[derive(Debug)]
pub(crate) enum Order {
    /// End so.
    Finish(Outcome),
    /// Never answer.
    Hang,
    /// Hold the call until it is finished, and tell what was seen of it.
    Park,
    /// Hold the call until it is finished, and the exporter with it.
    Stall,
    /// Hold the call until one with the order to release arrives.
    Hold,
    /// Deliver those that are held.
    Release,
    /// Refuse the first message with this order for good, and deliver the others.
    FailFirst,
    /// Cut the last byte off in the processor.
    Truncate,
    /// Panic in the exporter.
    Panic,
    /// Panic in the processor.
    PanicInProcessor,
    /// Keep the pipeline's thread busy in the processor until the call is finished.
    Hog,
}

impl Order {
    /// Reads `name;key=value;...`; a call without the header succeeds.
    ///
    /// Names: `ack`, `hang`, `park`, `stall`, `hold`, `release`, `fail-first`, `truncate`, `panic`,
    /// `panic-processor`, `hog` (with `millis`), `partial` (with `rejected`), and the error kinds.
    /// Keys of errors: `code`, `http`, `downstream`, `delay` in milliseconds, `cause`, `message`;
    /// `repeat` repeats the message; `detail` is the type of a message whose first field is the
    /// text `TEST`.
    pub(crate) fn of(call: &Call) -> Self {
        Self::parse(call.metadata().first(HEADER).unwrap_or("ack"))
    }

    fn parse(text: &str) -> Self {
        let (name, keys) = text.split_once(';').unwrap_or((text, ""));
        let key = |wanted: &str| {
            keys.split(';')
                .filter_map(|pair| pair.split_once('='))
                .find(|(key, _)| *key == wanted)
                .map(|(_, value)| value)
        };
        let number = |wanted: &str| key(wanted).and_then(|value| value.parse::<u64>().ok());
        let repeat = number("repeat").unwrap_or(1) as usize;
        let message = key("message").map(|message| message.repeat(repeat));
        let detail = key("detail").map(|name| {
            let mut details = Details::default();
            details.push_protobuf(&format!("type.googleapis.com/{name}"), b"\x0a\x04TEST");
            Arc::new(details)
        });
        match name {
            "ack" => Self::Finish(Ok(Success::default())),
            "hang" => Self::Hang,
            "stall" => Self::Stall,
            "park" => Self::Park,
            "hold" => Self::Hold,
            "release" => Self::Release,
            "fail-first" => Self::FailFirst,
            "truncate" => Self::Truncate,
            "panic" => Self::Panic,
            "panic-processor" => Self::PanicInProcessor,
            "hog" => Self::Hog,
            "partial" => Self::Finish(Ok(Success {
                rejected_items: number("rejected").unwrap_or(0).cast_signed(),
                message: message.map(Into::into),
            })),
            _ => Self::Finish(Err(Error {
                grpc_code: number("code").and_then(|code| u8::try_from(code).ok()),
                http_status: number("http").and_then(|status| u16::try_from(status).ok()),
                downstream_http_status: number("downstream")
                    .and_then(|status| u16::try_from(status).ok()),
                retry_delay: number("delay").map(Duration::from_millis),
                cause: key("cause").map(cause),
                operation: if detail.is_some() { "test" } else { "" },
                details: detail,
                ..Error::new(
                    kind(name),
                    message.unwrap_or_else(|| format!("a test asked for {name}")),
                )
            })),
        }
    }
}

fn kind(name: &str) -> ErrorKind {
    match name {
        "retryable" => ErrorKind::Retryable,
        "cancelled" => ErrorKind::Cancelled,
        "timeout" => ErrorKind::Timeout,
        "exhausted" => ErrorKind::ResourceExhausted,
        "configuration" => ErrorKind::Configuration,
        _ => ErrorKind::Permanent,
    }
}

fn cause(name: &str) -> CancelCause {
    match name {
        "CLIENT" => CancelCause::Client,
        "SHUTDOWN" => CancelCause::Shutdown,
        "BATCH_PEER" => CancelCause::BatchPeer,
        "DOWNSTREAM" => CancelCause::Downstream,
        _ => CancelCause::Application,
    }
}
