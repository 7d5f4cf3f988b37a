// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The `gate` processor, for in front of the engine's own exporters: they know nothing of calls.

use std::sync::Arc;

use async_trait::async_trait;
use ferrule_context::Error;
use linkme::distributed_slice;

use crate::engine::state::EngineState;
use crate::engine_api::{
    ConfigError, ContextEntryName, OTAP_PROCESSOR_FACTORIES, OtapPdata, ProcessorFactory,
    TransportHeader, TransportHeaders, TransportHeadersData,
};
use crate::headers::names::CALL_ID_HEADER;
use crate::node::Next;
use crate::node::local::{ContextProcessor, ProcessorHandler, processor_factory};
use crate::node::support::NoSettings;
use crate::urns::GATE_PROCESSOR;

/// Lets data pass that somebody waits for, without our own headers. Who refuses the rest is the
/// adapter, before this sees it.
struct Gate;

#[allow(
    unsafe_code,
    reason = "the engine collects factories in a link section"
)]
#[distributed_slice(OTAP_PROCESSOR_FACTORIES)]
static FACTORY: ProcessorFactory<OtapPdata> = processor_factory::<Gate>(GATE_PROCESSOR);

#[async_trait(?Send)]
impl ContextProcessor for Gate {
    type Config = NoSettings;

    fn new(_: NoSettings, _: Option<&Arc<EngineState>>) -> Result<Self, ConfigError> {
        Ok(Self)
    }

    async fn process(
        &mut self,
        data: &mut OtapPdata,
        handler: &ProcessorHandler<'_>,
    ) -> Result<Next, Error> {
        if let Some(call) = handler.call() {
            let calls = handler.engine().calls();
            calls.step(call, || "passes the gate".to_owned());
        }
        if let Some(headers) = data.transport_headers()
            && headers.find_by_name(CALL_ID_HEADER).next().is_some()
        {
            let headers = without_call_id(headers);
            data.set_transport_headers(headers);
        }
        Ok(Next::Send)
    }
}

fn without_call_id(headers: &TransportHeadersData) -> TransportHeaders {
    let mut kept = TransportHeaders::with_capacity(headers.len());
    for header in headers.iter() {
        let name = header.name.as_str();
        if name == CALL_ID_HEADER {
            continue;
        }
        if let Ok(stored) = ContextEntryName::try_from(name) {
            kept.push(TransportHeader::captured(
                stored,
                header.wire_name(),
                true,
                header.value.value_kind,
                header.value.bytes,
            ));
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_header_is_left_out() {
        let mut headers = TransportHeaders::new();
        for name in ["x-tenant", CALL_ID_HEADER, "traceparent"] {
            let stored = ContextEntryName::try_from(name).unwrap();
            headers.push(TransportHeader::text(stored, "1"));
        }
        let stored = ContextEntryName::try_from("tenant").unwrap();
        let kind = headers.get(0).unwrap().value.value_kind;
        headers.push(TransportHeader::captured(
            stored, "X-Org", true, kind, *b"2",
        ));
        let kept = without_call_id(&headers.into_data().unwrap());
        let names: Vec<_> = kept
            .iter()
            .map(|header| header.wire_name().to_owned())
            .collect();
        assert_eq!(names, ["x-tenant", "traceparent", "X-Org"]);
    }
}
