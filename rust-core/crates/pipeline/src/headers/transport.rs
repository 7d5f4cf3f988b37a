// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Transport headers of a message: what nodes of the engine's own see of a call.

use ferrule_context::{Call, Entry, OutboundRules};

use super::call_id::call_id_value;
use super::names::{CALL_ID_HEADER, MOST_TRACE_STATE, TRACE_PARENT, TRACE_STATE};
use crate::engine_api::{
    CompiledHeaderCapturePolicy, ConfigError, ContextEntryName, TransportHeader, TransportHeaders,
};

/// The names of our headers, so that they need no check for each message.
pub(crate) struct HeaderNames {
    call_id: ContextEntryName,
    trace_parent: ContextEntryName,
    trace_state: ContextEntryName,
}

impl HeaderNames {
    pub(crate) fn new() -> Result<Self, ConfigError> {
        Ok(Self {
            call_id: CALL_ID_HEADER.try_into()?,
            trace_parent: TRACE_PARENT.try_into()?,
            trace_state: TRACE_STATE.try_into()?,
        })
    }

    /// What the receiver's own capture policy asks for, and the call's headers.
    pub(crate) fn captured(
        &self,
        call: &Call,
        capture: Option<&CompiledHeaderCapturePolicy>,
        outbound: &OutboundRules,
    ) -> (TransportHeaders, u64) {
        let mut headers = TransportHeaders::with_capacity(3);
        if let Some(policy) = capture {
            let pairs = call
                .metadata()
                .iter()
                .filter(|entry| call.trace().is_none() || !is_trace(entry))
                .map(|entry| (entry.name, entry.value));
            let _ = policy.capture_from_pairs(pairs, &mut headers);
        }
        self.headers(call, headers, outbound)
    }

    /// Adds to `headers` what may go to the downstream, unless its name is there already, the
    /// trace, and the call id; and counts the values that were left out because gRPC cannot carry
    /// them.
    ///
    /// Only exporters whose policy names a header send it, and none sends the call id.
    pub(crate) fn headers(
        &self,
        call: &Call,
        mut headers: TransportHeaders,
        outbound: &OutboundRules,
    ) -> (TransportHeaders, u64) {
        let captured = headers.len();
        let mut dropped = 0;
        for entry in outbound.select(call.metadata()) {
            let is_there = |index| {
                headers
                    .get(index)
                    .is_some_and(|header| header.name.as_str().eq_ignore_ascii_case(entry.name))
            };
            if (0..captured).any(is_there) {
                continue;
            }
            match header_of(&entry) {
                Some(header) => headers.push(header),
                None => dropped += 1,
            }
        }
        if let Some(trace) = call.trace() {
            let parent = trace.traceparent().into_bytes();
            headers.push(TransportHeader::text(self.trace_parent.clone(), parent));
            let state = trace.trace_state_within(MOST_TRACE_STATE);
            if !state.is_empty() {
                let state = state.as_bytes().to_vec();
                headers.push(TransportHeader::text(self.trace_state.clone(), state));
            }
        }
        headers.push(TransportHeader::binary(
            self.call_id.clone(),
            call_id_value(call.id()),
        ));
        (headers, dropped)
    }
}

fn is_trace(entry: &Entry<'_>) -> bool {
    [TRACE_PARENT, TRACE_STATE]
        .iter()
        .any(|name| entry.name.eq_ignore_ascii_case(name))
}

fn header_of(entry: &Entry<'_>) -> Option<TransportHeader> {
    let name = ContextEntryName::try_from(entry.name).ok()?;
    if entry.binary {
        Some(TransportHeader::binary(name, entry.value))
    } else {
        let printable = entry.value.iter().all(|byte| matches!(byte, b' '..=b'~'));
        printable.then(|| TransportHeader::text(name, entry.value))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use ferrule_context::{Attributes, CallOwner, Metadata, TraceContext};

    use super::*;
    use crate::engine_api::HeaderCapturePolicy;

    struct Nobody;

    impl CallOwner for Nobody {
        fn released(&self, _: u64) {}
    }

    fn call(trace: bool) -> Call {
        let mut metadata = Metadata::builder(8, 256);
        for (name, value, binary) in [
            ("x-tenant", b"a".as_slice(), false),
            ("x-other", b"1", false),
            ("x-tenant", b"b", false),
            ("x-key-bin", b"\x01\xff", true),
            ("x-text", b"h\xe9", false),
            ("traceparent", b"00-theirs", false),
        ] {
            metadata.push(Entry {
                name,
                value,
                binary,
                sensitive: false,
            });
        }
        let trace = trace.then(|| TraceContext {
            trace_id: [1; 16],
            span_id: [2; 8],
            flags: 1,
            trace_state: "a=b".into(),
            remote: false,
        });
        Call::new(
            7,
            Duration::from_secs(1),
            metadata.build(),
            trace,
            Attributes::default(),
            Arc::new(Nobody),
        )
    }

    fn texts(headers: &TransportHeaders) -> Vec<(String, String)> {
        headers
            .iter()
            .map(|header| {
                (
                    header.wire_name().to_owned(),
                    String::from_utf8_lossy(header.value.bytes).into_owned(),
                )
            })
            .collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn named_values_keep_their_order_and_others_stay() {
        let names = [
            "X-Tenant".to_owned(),
            "x-key-bin".to_owned(),
            "x-text".to_owned(),
        ];
        let rules = OutboundRules::new(&names, false).unwrap();
        let (headers, dropped) = HeaderNames::new()
            .unwrap()
            .captured(&call(true), None, &rules);
        let parent = "00-01010101010101010101010101010101-0202020202020202-01";
        assert_eq!(
            texts(&headers)[..5],
            pairs(&[
                ("x-tenant", "a"),
                ("x-tenant", "b"),
                ("x-key-bin", "\x01\u{fffd}"),
                ("traceparent", parent),
                ("tracestate", "a=b"),
            ])
        );
        assert_eq!((headers.len(), dropped), (6, 1));
        let id = headers.get(5).unwrap();
        assert_eq!(
            (id.wire_name(), id.value.bytes),
            (CALL_ID_HEADER, &call_id_value(7)[..])
        );
    }

    #[test]
    fn captured_header_is_not_sent_twice_and_no_foreign_parent_remains() {
        let policy: HeaderCapturePolicy = serde_json::from_value(serde_json::json!({
            "headers": [{"match_names": ["x-tenant", "traceparent"]}]
        }))
        .unwrap();
        let policy = policy.compile(|_| false);
        let rules = OutboundRules::new(&["x-tenant".to_owned()], false).unwrap();
        let names = HeaderNames::new().unwrap();
        let (headers, _) = names.captured(&call(true), Some(&policy), &rules);
        let parents = headers.find_by_name(TRACE_PARENT).count();
        let tenants = headers.find_by_name("x-tenant").count();
        assert_eq!((parents, tenants), (1, 2));
        let (headers, _) = names.captured(&call(false), Some(&policy), &rules);
        let parent = headers.find_by_name(TRACE_PARENT).next().unwrap();
        assert_eq!(parent.value.bytes, b"00-theirs");
    }

    #[test]
    fn call_without_trace_and_rules_has_its_id_only() {
        let names = HeaderNames::new().unwrap();
        let (headers, dropped) = names.captured(&call(false), None, &OutboundRules::default());
        assert_eq!((headers.len(), dropped), (1, 0));
    }
}
