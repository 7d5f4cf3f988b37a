// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Flushing: from a buffer to the batches that go out.

use std::ops::RangeInclusive;
use std::rc::Rc;
use std::sync::Arc;

use ferrule_context::{Call, Entry, Error, Members, Metadata};
use smallvec::smallvec;

use super::BatchProcessor;
use super::buffer::{BufferKey, BufferedData};
use super::member::Member;
use super::metrics::Trigger;
use super::sent::SentBatch;
use crate::admission::budget::budgeted;
use crate::engine_api::local::processor::EffectHandler;
use crate::engine_api::{
    Context, Context8u8, ContextEntryName, Interests, MessageSourceLocalEffectHandlerExtension,
    OtapPdata, OtlpProtoBytes, PdataEffectHandlerExtension, PdataPayload, PeerAddrMerger,
    ProducerEffectHandlerExtension, SendError, TransportHeader, TransportHeaders,
    TransportHeadersData, TypedError, ValueKind,
};
use crate::error::nack;
use crate::error::operation::BATCH;

impl BatchProcessor {
    /// Sends the content of a buffer, without the data that nobody waits for any more.
    pub(super) async fn flush(
        &mut self,
        key: &BufferKey,
        trigger: Trigger,
        handler: &EffectHandler<OtapPdata>,
    ) {
        let Some(mut buffer) = self.buffers.take(key) else {
            return;
        };
        for dead in buffer.take_dead() {
            self.metrics.counts.dropped.inc();
            dead.member.nack_ended(handler).await;
        }
        if buffer.waiting.is_empty() {
            return;
        }
        let most = self.plans.get(key.plan).settings().max_size;
        let is_whole = most.is_none_or(|most| buffer.size as u64 <= most.get());
        if buffer.waiting.len() == 1 && is_whole {
            self.metrics.flushed(trigger, 1, 1);
            return self.forward_waiting(buffer.waiting, handler).await;
        }
        let (members, payloads): (Vec<_>, Vec<_>) = buffer
            .waiting
            .iter()
            .map(|waiting| (Rc::clone(&waiting.member), waiting.payload.clone()))
            .unzip();
        let plan = self.plans.get(key.plan);
        match handler.batch(plan, key.signal, payloads).await {
            Ok(merged) => {
                // Their part of the byte budget goes to the merged data
                drop(buffer);
                self.metrics
                    .flushed(trigger, members.len(), merged.batches.len());
                self.send_all(key, merged.batches, &members, handler).await;
            }
            // Whatever is wrong with one of them must not touch the others
            Err(_) => {
                self.metrics.flushed(trigger, members.len(), members.len());
                self.forward_waiting(buffer.waiting, handler).await;
            }
        }
    }

    async fn send_all(
        &mut self,
        key: &BufferKey,
        batches: Vec<(PdataPayload, RangeInclusive<usize>)>,
        members: &[Rc<Member>],
        handler: &EffectHandler<OtapPdata>,
    ) {
        // All parts are known before the first one can have an outcome. One is added to each
        // message, so that one without any has its outcome, too.
        for member in members {
            member.add_part();
        }
        for member in batches
            .iter()
            .flat_map(|(_, range)| &members[range.clone()])
        {
            member.add_part();
        }
        for (payload, range) in batches {
            self.send(key, payload, &members[range], handler).await;
        }
        for member in members {
            member.part_delivered(handler).await;
        }
    }

    async fn send(
        &mut self,
        key: &BufferKey,
        mut payload: PdataPayload,
        members: &[Rc<Member>],
        handler: &EffectHandler<OtapPdata>,
    ) {
        let plan = self.plans.get(key.plan);
        if let Err(error) = handler.finish_batch(plan, &mut payload).await {
            let error =
                Error::permanent(format!("the batch cannot be encoded: {error}")).during(BATCH);
            let nack = self.engine.nack_of(error);
            for member in members {
                member.fail(&nack, handler).await;
            }
            return;
        }
        let calls: Vec<_> = members.iter().filter_map(|it| it.call.clone()).collect();
        let others = calls.len() < members.len();
        if !others && self.plans.is_otlp(payload.format()) {
            payload = self.in_budget(payload);
        }
        let mut headers = members
            .first()
            .map(|first| first.with_context(|it| self.kept_headers(it.transport_headers())))
            .unwrap_or_default();
        let mut group = None;
        if let Some(first) = calls.first() {
            let metadata = self.names.merged(first.metadata());
            let count = calls.len();
            let members = Members { calls, others };
            let opened = self.engine.calls.open_group(members, metadata);
            self.engine
                .calls
                .step(&opened, || format!("leaves in a batch of {count} calls"));
            let outbound = &self.engine.outbound;
            (headers, _) = self.header_names.headers(&opened, headers, outbound);
            group = Some(opened);
        }
        let mut data = OtapPdata::new(Context::with_capacity(4), payload);
        data.set_transport_headers(headers);
        let mut peer = PeerAddrMerger::new();
        for member in members {
            peer.push(member.peer_address());
        }
        if let Some(address) = peer.finish() {
            data.set_peer_addr(address);
        }
        let number = self.outputs.add(SentBatch {
            members: members.to_vec(),
            _group: group,
        });
        handler.subscribe_to(
            Interests::ACKS | Interests::NACKS,
            smallvec![Context8u8::from(number)],
            &mut data,
        );
        if handler.send_message_with_source_node(data).await.is_err()
            && let Some(output) = self.outputs.take_number(number)
        {
            let nack = self.engine.nack_of(nack::closed());
            output.fail(&nack, handler).await;
        }
    }

    /// Ties merged bytes to the byte budget, as those were that they were merged from.
    fn in_budget(&self, payload: PdataPayload) -> PdataPayload {
        let signal = payload.signal_type();
        let Some(bytes) = payload.into_encoded_bytes() else {
            return PdataPayload::empty(signal);
        };
        let permit = self.engine.budget.take_anyway(bytes.len());
        OtlpProtoBytes::new_from_bytes(signal, budgeted(bytes, permit)).into()
    }

    /// Sends messages as they came, each with its own context.
    async fn forward_waiting(
        &self,
        waiting: Vec<BufferedData>,
        handler: &EffectHandler<OtapPdata>,
    ) {
        for waiting in waiting {
            if let Some(data) = waiting.member.restore(waiting.payload) {
                let call = waiting.member.call.as_deref();
                self.forward(call, data, handler).await;
            }
        }
    }

    /// Sends a message as it came. Whoever sent it gets the answer without us.
    pub(super) async fn forward(
        &self,
        call: Option<&Call>,
        data: OtapPdata,
        handler: &EffectHandler<OtapPdata>,
    ) {
        match handler.send_message_with_source_node(data).await {
            Ok(()) => {}
            Err(TypedError::ChannelSendError(SendError::Closed(data) | SendError::Full(data))) => {
                self.refuse(nack::closed(), data, handler).await;
            }
            // The way back went with the data
            Err(_) => {
                if let Some(call) = call {
                    let calls: &Arc<_> = &self.engine.calls;
                    calls.finish_if_open(call.id(), Err(nack::closed()));
                }
            }
        }
    }

    /// The headers that all messages of a batch have in common.
    fn kept_headers(&self, headers: Option<&TransportHeadersData>) -> TransportHeaders {
        let mut kept = TransportHeaders::new();
        for header in headers.into_iter().flat_map(TransportHeadersData::iter) {
            let name = header.name.as_str();
            if self.names.contains(name)
                && let Ok(name) = ContextEntryName::try_from(name)
            {
                let kind = header.value.value_kind;
                kept.push(TransportHeader::new(name, kind, header.value.bytes));
            }
        }
        kept
    }
}

/// What is known of data that belongs to no call.
pub(super) fn metadata_of(headers: Option<&TransportHeadersData>) -> Metadata {
    let mut metadata = Metadata::builder(0, 0);
    for header in headers.into_iter().flat_map(TransportHeadersData::iter) {
        metadata.push(Entry {
            name: header.name.as_str(),
            value: header.value.bytes,
            binary: header.value.value_kind == ValueKind::Binary,
            sensitive: false,
        });
    }
    metadata.build()
}
