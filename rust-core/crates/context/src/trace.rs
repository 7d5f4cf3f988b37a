// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! W3C Trace Context of a call, as the host has parsed it.

use std::borrow::Cow;

/// Trace flags that have a meaning: sampled and random (W3C Trace Context Level 2, section
/// 3.2.2.5).
const KNOWN_FLAGS: u8 = 0b11;

/// Members longer than this go first when `tracestate` must be cut (W3C Trace Context,
/// section 3.3.1.5).
const LONG_MEMBER: usize = 128;

/// A `traceparent` of version 00 with room for the ids and the flags.
const PARENT: &[u8; 55] = b"00-00000000000000000000000000000000-0000000000000000-00";

/// W3C trace context of a call: `traceparent` and `tracestate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceContext {
    /// Trace id in W3C order.
    pub trace_id: [u8; 16],
    /// Span id in W3C order.
    pub span_id: [u8; 8],
    /// Trace flags: 1 sampled, 2 random.
    pub flags: u8,
    /// `tracestate` header, empty if there is none.
    pub trace_state: Box<str>,
    /// Whether the trace came from another process.
    pub remote: bool,
}

impl TraceContext {
    /// The context of a span of ours below this one.
    #[must_use]
    pub fn child(&self, span_id: [u8; 8]) -> Self {
        Self {
            span_id,
            remote: false,
            ..self.clone()
        }
    }

    /// Whether the caller may have recorded the trace: the sampled flag.
    #[must_use]
    pub fn is_sampled(&self) -> bool {
        self.flags & 1 != 0
    }

    /// The `traceparent` header for a downstream: version 00 (W3C Trace Context, section 3.2),
    /// without flags that are not defined.
    #[must_use]
    pub fn traceparent(&self) -> String {
        // Without `format!`, which takes most of the time of building a message's headers
        let mut header = *PARENT;
        // The lengths fit, so that no error is possible
        let _ = hex::encode_to_slice(self.trace_id, &mut header[3..35]);
        let _ = hex::encode_to_slice(self.span_id, &mut header[36..52]);
        let _ = hex::encode_to_slice([self.flags & KNOWN_FLAGS], &mut header[53..]);
        str::from_utf8(&header).unwrap_or_default().to_owned()
    }

    /// The `tracestate` header for a downstream in at most `limit` bytes; empty for none. Whole
    /// members are left out: first those longer than 128 bytes, from the right, then from the
    /// right end.
    #[must_use]
    pub fn trace_state_within(&self, limit: usize) -> Cow<'_, str> {
        if self.trace_state.len() <= limit {
            return Cow::Borrowed(&self.trace_state);
        }
        let mut members: Vec<_> = self.trace_state.split(',').collect();
        let mut length = self.trace_state.len();
        while length > limit
            && let Some(last) = members.len().checked_sub(1)
        {
            let index = members
                .iter()
                .rposition(|member| member.len() > LONG_MEMBER)
                .unwrap_or(last);
            length = length.saturating_sub(members.remove(index).len() + 1);
        }
        Cow::Owned(members.join(","))
    }
}
