// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Headers of a request.

use ::http::{HeaderMap, HeaderName, HeaderValue};
use ferrule_context::Call;

use super::client::Client;
use crate::headers::names::{MOST_TRACE_STATE, TRACE_PARENT, TRACE_STATE};

/// What goes out for a call: the headers that the context's settings let out, and its trace.
/// Headers of the configuration win. The second value counts what cannot be sent.
pub(super) fn headers_of<C: Client>(client: &C, call: &Call) -> (HeaderMap, u64) {
    let outbound = client.outbound(call);
    let mut headers = HeaderMap::with_capacity(outbound.pairs.len() + 3);
    let mut dropped = outbound.dropped as u64;
    for (name, value) in &outbound.pairs {
        match (name.parse::<HeaderName>(), HeaderValue::from_bytes(value)) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(true);
                headers.append(name, value);
            }
            _ => dropped += 1,
        }
    }
    if let Some(trace) = call.trace()
        && !client.has_static(TRACE_PARENT)
    {
        put(&mut headers, TRACE_PARENT, &trace.traceparent());
        let state = trace.trace_state_within(MOST_TRACE_STATE);
        if !state.is_empty() {
            put(&mut headers, TRACE_STATE, &state);
        }
    }
    (headers, dropped)
}

/// The values are ours, or were checked when the call came.
pub(super) fn put(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
