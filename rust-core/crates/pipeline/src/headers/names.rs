// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Names of headers.

/// Private binary transport header that carries the call id through the pipeline.
pub const CALL_ID_HEADER: &str = "ferrule.call";

/// Header of a trace's ids, by W3C Trace Context.
pub(crate) const TRACE_PARENT: &str = "traceparent";

/// Header of what vendors say of a trace, by W3C Trace Context.
pub(crate) const TRACE_STATE: &str = "tracestate";

/// Bytes of `tracestate` that each implementation must pass on, by W3C Trace Context; no more go
/// out.
pub(crate) const MOST_TRACE_STATE: usize = 512;
