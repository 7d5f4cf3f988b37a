// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! From the interface's layouts to the engine's types and back.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ferrule_abi::frame::{ContextView, EntryName, FrameError, Header};
use ferrule_abi::layout::{WELL_KNOWN_NAMES, record as at};
use ferrule_abi::record::{Record, flag};
use ferrule_context::{
    Attributes, Error, Message, Metadata, Outcome, Place, PlaceName, Timings, TraceContext,
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
        } => write(&completion(*call_id, outcome, timings)),
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
    failure(0, error).append(&mut bytes);
    bytes
}

fn completion<'a>(call_id: u64, outcome: &'a Outcome, timings: &Timings) -> Record<'a> {
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
        Err(error) => failure(call_id, error),
    };
    Record {
        durations: [timings.queued, timings.processing, timings.exporting]
            .map(|nanos| i64::try_from(nanos).unwrap_or(i64::MAX)),
        attempts: timings.attempts,
        ..record
    }
}

fn failure(call_id: u64, error: &Error) -> Record<'_> {
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
    Record {
        record_type: at::TYPE_COMPLETION as u16,
        kind: error.kind.number(),
        flags: flag(permanent | unknown),
        call_id,
        grpc_code: u32::from(error.effective_grpc_code()),
        http_code: error.http_status.unwrap_or(0),
        downstream_http: error.downstream_http_status.unwrap_or(0),
        retry_delay_nanos: error
            .retry_delay
            .map(|delay| i64::try_from(delay.as_nanos()).unwrap_or(i64::MAX)),
        cause: error.cause.map_or(0, |cause| cause as u32),
        message: &error.message,
        details: error.details.as_deref().unwrap_or_default(),
        ..Record::default()
    }
}

fn unix_nanos(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
}
