// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! From the interface's layouts to the engine's types and back.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ferrule_abi::frame::{ContextView, EntryName, FrameError, Header};
use ferrule_abi::layout::{WELL_KNOWN_NAMES, record as at};
use ferrule_abi::record::{Record, flag};
use ferrule_context::{
    Attributes, Details, Error, Message, Metadata, Outcome, Place, PlaceName, Timings, TraceContext,
};
use ferrule_pipeline::{ContentCoding, Encoding, Reason, Refusal, Signal, Submission};

pub(crate) fn refused(error: FrameError) -> Refusal {
    Refusal::of(match error {
        FrameError::Version(_) => Reason::WrongVersion,
        FrameError::Malformed(_) => Reason::MalformedFrame,
    })
}

/// A submission from a frame's fixed part and its context, which is kept as it is.
pub(crate) fn submission(header: &Header, context: &Arc<[u8]>) -> Result<Submission, Refusal> {
    let view = ContextView::parse(header, context).map_err(refused)?;
    let malformed = Refusal::of(Reason::MalformedFrame);
    Ok(Submission {
        call_id: header.call_id(),
        time_left: match header.remaining_nanos() {
            Some(nanos) => Duration::from_nanos(u64::try_from(nanos).unwrap_or(0)),
            None => Duration::MAX,
        },
        signal: signal(header.signal()).ok_or(malformed)?,
        encoding: Encoding::from_number(header.encoding()).ok_or(malformed)?,
        coding: ContentCoding::from_number(header.coding()).ok_or(malformed)?,
        metadata: metadata(header, context, &view).map_err(refused)?,
        trace: header.trace().map(|ids| TraceContext {
            trace_id: ids.trace_id,
            span_id: ids.span_id,
            flags: ids.flags,
            trace_state: view.trace_state().into(),
            remote: ids.remote,
        }),
        attributes: Attributes::in_context(context, view.attributes()),
    })
}

fn signal(number: u8) -> Option<Signal> {
    match number {
        1 => Some(Signal::Traces),
        2 => Some(Signal::Metrics),
        3 => Some(Signal::Logs),
        _ => None,
    }
}

fn metadata(
    header: &Header,
    context: &Arc<[u8]>,
    view: &ContextView<'_>,
) -> Result<Metadata, FrameError> {
    let places = view.entries().map(|entry| {
        entry.map(|entry| Place {
            name: match entry.name {
                // Never longer than the number that it was read from
                EntryName::Text(name) => PlaceName::Text(name.len() as u16),
                EntryName::WellKnown(number) => PlaceName::WellKnown(number),
            },
            value: entry.value_start..entry.value_start + entry.value.len(),
            binary: entry.binary,
            sensitive: entry.sensitive,
        })
    });
    Metadata::in_context(context, WELL_KNOWN_NAMES, header.metadata_count(), places)
}

/// Offers the record of a message to `write`.
pub(crate) fn with_record<T>(message: &Message, write: impl FnOnce(&Record<'_>) -> T) -> T {
    match message {
        Message::Completion {
            call_id,
            outcome,
            timings,
        } => {
            let details = outcome.as_ref().err().and_then(Error::details_json);
            let details = details.as_deref().unwrap_or_default();
            write(&completion(*call_id, outcome, timings, details))
        }
        Message::Log(line) => write(&Record {
            record_type: at::TYPE_LOG as u16,
            kind: line.level as u8,
            call_id: unix_nanos(line.time),
            message: &line.text,
            details: &line.target,
            ..Record::default()
        }),
    }
}

/// The record of an error that belongs to no call.
pub(crate) fn error_record(error: &Error) -> Vec<u8> {
    let mut bytes = Vec::new();
    let details = error.details_json().unwrap_or_default();
    failure(0, error, &details).append(&mut bytes);
    bytes
}

fn completion<'a>(
    call_id: u64,
    outcome: &'a Outcome,
    timings: &Timings,
    details: &'a str,
) -> Record<'a> {
    let record = match outcome {
        Ok(success) => Record {
            record_type: at::TYPE_COMPLETION as u16,
            flags: if success.rejected_items != 0 || success.message.is_some() {
                flag(at::FLAG_PARTIAL_SUCCESS)
            } else {
                0
            },
            call_id,
            rejected_items: success.rejected_items,
            message: success.message.as_deref().unwrap_or_default(),
            ..Record::default()
        },
        Err(error) => failure(call_id, error, details),
    };
    Record {
        durations: [timings.queued, timings.processing, timings.exporting]
            .map(|nanos| i64::try_from(nanos).unwrap_or(i64::MAX)),
        attempts: timings.attempts,
        ..record
    }
}

// Else the record would leave out all details instead of those that do not fit
const _: () = assert!(Details::MOST_BYTES + 256 <= at::MAX_DETAILS_LENGTH);

fn failure<'a>(call_id: u64, error: &'a Error, details: &'a str) -> Record<'a> {
    let permanent = if error.is_permanent() {
        at::FLAG_PERMANENT
    } else {
        0
    };
    let unknown = if error.delivery_unknown {
        at::FLAG_DELIVERY_UNKNOWN
    } else {
        0
    };
    let truncated = if error.left_out() > 0 {
        at::FLAG_TRUNCATED
    } else {
        0
    };
    // The host keeps a code that the kind does not take beside the one that it answers with
    let grpc_code = error.grpc_code.filter(|code| *code != 0);
    Record {
        record_type: at::TYPE_COMPLETION as u16,
        kind: error.kind.number(),
        flags: flag(permanent | unknown | truncated),
        call_id,
        grpc_code: u32::from(grpc_code.unwrap_or(error.kind.grpc_code())),
        http_code: error.http_status.unwrap_or(0),
        downstream_http: error.downstream_http_status.unwrap_or(0),
        retry_delay_nanos: error
            .retry_delay
            .map(|delay| i64::try_from(delay.as_nanos()).unwrap_or(i64::MAX)),
        cause: error.cause.map_or(0, |cause| cause as u32),
        message: &error.message,
        details,
        ..Record::default()
    }
}

fn unix_nanos(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record_of(error: &Error) -> Vec<u8> {
        let mut bytes = error_record(error);
        bytes.truncate(at::FIXED_LENGTH);
        bytes
    }

    fn delay_of(error: &Error) -> i64 {
        let bytes = record_of(error);
        i64::from_le_bytes(
            bytes[at::RETRY_DELAY_NANOS_OFFSET..][..8]
                .try_into()
                .unwrap(),
        )
    }

    #[test]
    fn no_delay_is_another_thing_than_a_delay_of_zero() {
        assert_eq!(delay_of(&Error::retryable("m")), -1);
        assert_eq!(delay_of(&Error::exhausted("m", Duration::ZERO)), 0);
        assert_eq!(delay_of(&Error::exhausted("m", Duration::MAX)), i64::MAX);
    }

    #[test]
    fn code_that_the_kind_does_not_take_crosses_all_the_same() {
        for (code, crossed) in [(None, 4), (Some(0), 4), (Some(7), 7), (Some(99), 99)] {
            let error = Error {
                grpc_code: code,
                ..Error::timeout()
            };
            assert_eq!(record_of(&error)[at::GRPC_CODE_OFFSET], crossed);
        }
    }

    #[test]
    fn record_tells_that_details_were_left_out() {
        let mut details = Details::default();
        details.push_protobuf("a", &[0; Details::MOST_BYTES * 3 / 4 - 64]);
        details.push_protobuf("b", &[0; 64]);
        let error = Error {
            details: Some(Arc::new(details)),
            operation: "export",
            origin: "grpc",
            ..Error::retryable("m")
        };
        let bytes = error_record(&error);
        assert_eq!(usize::from(bytes[at::FLAGS_OFFSET]), at::FLAG_TRUNCATED);
        let length = &bytes[at::DETAILS_LENGTH_OFFSET..][..4];
        let length = u32::from_le_bytes(length.try_into().unwrap()) as usize;
        assert_eq!(Some(length), error.details_json().map(|json| json.len()));
    }
}
