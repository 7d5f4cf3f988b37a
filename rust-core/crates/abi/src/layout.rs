// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Layout tables: every offset, length, flag and number that crosses the native interface. Offsets
//! and lengths are in bytes, numbers little-endian.
//!
//! [`java`](crate::java) turns these tables into the constants of the Java side, so that both
//! languages are generated from this file.

/// Version of the native interface; both sides must agree exactly.
pub const ABI_VERSION: u16 = 1;

/// Declares constants and, beside them, a table of their names and values.
macro_rules! numbers {
    ($(#[$doc:meta])* $module:ident, $table:ident { $($(#[$item:meta])* $name:ident = $value:expr;)* }) => {
        $(#[$doc])*
        pub mod $module {
            $($(#[$item])* pub const $name: usize = $value;)*

            /// Names and values, in declaration order.
            pub const $table: &[(&str, usize)] = &[$((stringify!($name), $name),)*];
        }
    };
}

numbers! {
    /// The submission frame, written by Java: fixed part, metadata index, text, padding, payload.
    frame, TABLE {
        /// `u16`: version of the native interface.
        VERSION_OFFSET = 0;
        /// `u16`: `FLAG_...` bits.
        FLAGS_OFFSET = 2;
        /// `u32`: bytes from the frame's start to the end of the inline payload.
        FRAME_LENGTH_OFFSET = 4;
        /// `u64`: call id, not zero, never reused.
        CALL_ID_OFFSET = 8;
        /// `i64`: nanoseconds left, with `FLAG_DEADLINE`.
        REMAINING_NANOS_OFFSET = 16;
        /// `i64`: deadline as Unix time in nanoseconds, for display only.
        DEADLINE_UNIX_NANOS_OFFSET = 24;
        /// 16 bytes: trace id in W3C order, with `FLAG_TRACE`.
        TRACE_ID_OFFSET = 32;
        /// 8 bytes: span id in W3C order, with `FLAG_TRACE`.
        SPAN_ID_OFFSET = 48;
        /// `u8`: W3C trace flags.
        TRACE_FLAGS_OFFSET = 56;
        /// `u8`: 1 traces, 2 metrics, 3 logs.
        SIGNAL_OFFSET = 57;
        /// `u8`: 1 OTLP protobuf, 2 OTLP JSON, 3 lenient OTLP JSON.
        ENCODING_OFFSET = 58;
        /// `u8`: 0 identity, 1 gzip, 2 deflate, 3 zstd.
        CODING_OFFSET = 59;
        /// `u32`: index of the pipeline.
        PIPELINE_OFFSET = 60;
        /// `u64`: handle of a reserved payload, 0 if the payload is inline.
        PAYLOAD_HANDLE_OFFSET = 64;
        /// `u32`: payload length in bytes.
        PAYLOAD_LENGTH_OFFSET = 72;
        /// `u32`: metadata entries.
        METADATA_COUNT_OFFSET = 76;
        /// `u32`: bytes of index and text.
        CONTEXT_LENGTH_OFFSET = 80;
        /// `u32`: bytes of tracestate.
        TRACE_STATE_LENGTH_OFFSET = 84;
        /// `u32`: bytes of the attributes' JSON.
        ATTRIBUTES_LENGTH_OFFSET = 88;
        /// `u32`: zero.
        RESERVED_OFFSET = 92;
        /// Bytes of the fixed part.
        FIXED_LENGTH = 96;
        /// Bytes of one index entry: `u16` name length, `u16` flags, `u32` value length.
        INDEX_ENTRY_LENGTH = 8;
        /// The payload starts at a multiple of this.
        PAYLOAD_ALIGNMENT = 8;
        /// Most metadata entries of one frame.
        MAX_METADATA_COUNT = 1024;
        /// Most bytes of index and text.
        MAX_CONTEXT_LENGTH = 1_048_576;
        /// The call has a deadline.
        FLAG_DEADLINE = 1;
        /// The call has a trace.
        FLAG_TRACE = 2;
        /// The trace came from another process.
        FLAG_TRACE_REMOTE = 4;
        /// The value is a credential.
        ENTRY_SENSITIVE = 1;
        /// The value is binary.
        ENTRY_BINARY = 2;
        /// The name length is the number of a well-known name, its place in
        /// [`WELL_KNOWN_NAMES`](super::WELL_KNOWN_NAMES), and no name text follows.
        ENTRY_WELL_KNOWN = 4;
    }
}

/// Names of headers that many requests carry, by their numbers; lower-case. A new name goes to
/// the end.
pub static WELL_KNOWN_NAMES: &[&str] = &[
    "host",
    "user-agent",
    "content-type",
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "authorization",
    "cookie",
    "origin",
    "referer",
    "date",
    "via",
    "from",
    "cache-control",
    "pragma",
    "priority",
    "dnt",
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
    "x-real-ip",
    "true-client-ip",
    "x-request-id",
    "x-correlation-id",
    "x-client-id",
    "x-api-key",
    "api-key",
    "x-tenant-id",
    "x-scope-orgid",
    "x-org-id",
    "x-environment",
    "traceparent",
    "tracestate",
    "baggage",
    "b3",
    "x-b3-traceid",
    "x-b3-spanid",
    "x-b3-sampled",
    "x-cloud-trace-context",
    "x-amzn-trace-id",
    "x-request-timeout",
    "x-envoy-attempt-count",
    "x-envoy-expected-rq-timeout-ms",
    "x-envoy-external-address",
    "connect-protocol-version",
    "connect-timeout-ms",
    "grpc-previous-rpc-attempts",
];

numbers! {
    /// The record, written by Rust: an outcome or a log line.
    record, TABLE {
        /// `u32`: bytes of the record, a multiple of 8.
        LENGTH_OFFSET = 0;
        /// `u16`: `TYPE_...`.
        TYPE_OFFSET = 4;
        /// `u8`: 0 success or the error kind; for log lines the level, 1 trace to 5 error.
        KIND_OFFSET = 6;
        /// `u8`: `FLAG_...` bits.
        FLAGS_OFFSET = 7;
        /// `u64`: call id; for log lines Unix time in nanoseconds.
        CALL_ID_OFFSET = 8;
        /// `u32`: gRPC code.
        GRPC_CODE_OFFSET = 16;
        /// `u16`: HTTP status of the answer, 0 for the kind's default.
        HTTP_CODE_OFFSET = 20;
        /// `u16`: HTTP status of the downstream, 0 if it did not speak HTTP.
        DOWNSTREAM_HTTP_OFFSET = 22;
        /// `i64`: retry delay in nanoseconds, -1 for none.
        RETRY_DELAY_NANOS_OFFSET = 24;
        /// `i64`: nanoseconds waited for the pipeline.
        QUEUE_NANOS_OFFSET = 32;
        /// `i64`: nanoseconds in the pipeline before export.
        PIPELINE_NANOS_OFFSET = 40;
        /// `i64`: nanoseconds of export.
        EXPORT_NANOS_OFFSET = 48;
        /// `u32`: export attempts.
        ATTEMPTS_OFFSET = 56;
        /// `u32`: cancellation cause, 0 for none.
        CAUSE_OFFSET = 60;
        /// `i64`: items that the downstream rejected.
        REJECTED_ITEMS_OFFSET = 64;
        /// `u32`: bytes of the message.
        MESSAGE_LENGTH_OFFSET = 72;
        /// `u32`: bytes of the details; for log lines the target's name.
        DETAILS_LENGTH_OFFSET = 76;
        /// Bytes of the fixed part.
        FIXED_LENGTH = 80;
        /// Records are padded to a multiple of this.
        ALIGNMENT = 8;
        /// Most bytes of a message; longer ones are cut at a character.
        MAX_MESSAGE_LENGTH = 8192;
        /// Most bytes of details; longer ones are left out.
        MAX_DETAILS_LENGTH = 16_384;
        /// An outcome.
        TYPE_COMPLETION = 1;
        /// A log line.
        TYPE_LOG = 2;
        /// Retrying cannot help.
        FLAG_PERMANENT = 1;
        /// The downstream reported a partial success.
        FLAG_PARTIAL_SUCCESS = 2;
        /// The message was cut or the details were left out.
        FLAG_TRUNCATED = 4;
        /// The data may have been delivered all the same.
        FLAG_DELIVERY_UNKNOWN = 8;
    }
}

numbers! {
    /// Why a submission was refused, bits 8 to 15 of the result of `ferrule_engine_submit`.
    refusal, TABLE {
        /// The lane into the pipeline is full.
        LANE_FULL = 1;
        /// Too many calls are in flight.
        TOO_MANY_CALLS = 2;
        /// The byte budget is used up.
        BYTE_BUDGET = 3;
        /// The pipeline is starting or restarting.
        NOT_READY = 4;
        /// The engine is stopping or has stopped.
        STOPPING = 5;
        /// The engine handle is stale or unknown.
        STALE_HANDLE = 6;
        /// The frame is malformed.
        MALFORMED_FRAME = 7;
        /// The frame has another version.
        WRONG_VERSION = 8;
        /// The call id is in flight already.
        DUPLICATE_CALL = 9;
        /// There is no such pipeline.
        UNKNOWN_PIPELINE = 10;
        /// There is no such reserved payload.
        UNKNOWN_PAYLOAD = 11;
        /// The engine sheds load because memory is short.
        MEMORY_PRESSURE = 12;
        /// A panic was caught.
        INTERNAL = 13;
        /// The deadline has passed.
        EXPIRED = 14;
        /// The payload is larger than the whole byte budget.
        PAYLOAD_TOO_LARGE = 15;
        /// The engine ended by itself and does not come back.
        ENDED = 16;
    }
}

numbers! {
    /// How far a call has come, as `ferrule_engine_phases` tells.
    phase, TABLE {
        /// It waits for the pipeline.
        QUEUED = 1;
        /// Its payload is decompressed or read as JSON, or waits for that.
        DECODING = 2;
        /// It is in the pipeline before export.
        PIPELINE = 3;
        /// An exporter sends it, or waits to do so again.
        EXPORT = 4;
    }
}

const _: () = assert!(frame::RESERVED_OFFSET + 4 == frame::FIXED_LENGTH);
const _: () = assert!(record::DETAILS_LENGTH_OFFSET + 4 == record::FIXED_LENGTH);
const _: () = assert!(record::FIXED_LENGTH.is_multiple_of(record::ALIGNMENT));
