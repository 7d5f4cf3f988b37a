// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! One message of those that a batch is made of.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use ferrule_context::Call;

use crate::engine_api::local::processor::EffectHandler;
use crate::engine_api::{
    AckMsg, ConsumerEffectHandlerExtension, Context, OtapPdata, PdataPayload, SignalType,
};
use crate::error::nack::{self, NackTemplate};

/// A message of a batch, from arrival to its one Ack or Nack. Its payload goes its own way.
pub(super) struct Member {
    pub(super) call: Option<Arc<Call>>,
    signal: SignalType,
    /// The way back; gone once it was acked or nacked.
    context: RefCell<Option<Context>>,
    /// Messages that must be delivered for this one to be.
    parts: Cell<usize>,
    _pending: PendingCounter,
}

/// A counter of the messages without Ack or Nack; each clone counts until it is dropped.
#[derive(Default)]
pub(super) struct PendingCounter(Rc<Cell<usize>>);

impl PendingCounter {
    pub(super) fn taken(&self) -> usize {
        self.0.get()
    }

    fn take(&self) -> Self {
        self.0.set(self.0.get() + 1);
        Self(Rc::clone(&self.0))
    }
}

impl Drop for PendingCounter {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

impl Member {
    pub(super) fn new(
        call: Option<Arc<Call>>,
        signal: SignalType,
        context: Context,
        pending: &PendingCounter,
    ) -> Self {
        Self {
            call,
            signal,
            context: RefCell::new(Some(context)),
            parts: Cell::new(0),
            _pending: pending.take(),
        }
    }

    /// Whether nobody waits for the outcome any more.
    pub(super) fn is_dead(&self) -> bool {
        self.call.as_ref().is_some_and(|call| call.is_finished())
    }

    pub(super) fn peer_address(&self) -> Option<SocketAddr> {
        self.context.borrow().as_ref().and_then(Context::peer_addr)
    }

    /// Looks at the context; the default once it was acked or nacked.
    pub(super) fn with_context<T: Default>(&self, look: impl FnOnce(&Context) -> T) -> T {
        self.context.borrow().as_ref().map(look).unwrap_or_default()
    }

    /// Gives the message back as it came, for those who answer it themselves.
    pub(super) fn restore(&self, payload: PdataPayload) -> Option<OtapPdata> {
        let context = self.context.take()?;
        Some(OtapPdata::new(context, payload))
    }

    /// One more message must be delivered.
    pub(super) fn add_part(&self) {
        self.parts.set(self.parts.get() + 1);
    }

    /// A part was delivered.
    pub(super) async fn part_delivered(&self, handler: &EffectHandler<OtapPdata>) {
        self.parts.set(self.parts.get().saturating_sub(1));
        if self.parts.get() == 0
            && let Some(data) = self.restore(PdataPayload::empty(self.signal))
        {
            // It fails only while the pipeline ends, and then the receiver answers
            let _ = handler.notify_ack(AckMsg::new(data)).await;
        }
    }

    /// Nacks the message, unless it was acked or nacked before.
    pub(super) async fn fail(&self, nack: &NackTemplate, handler: &EffectHandler<OtapPdata>) {
        if let Some(data) = self.restore(PdataPayload::empty(self.signal)) {
            let _ = handler.notify_nack(nack.nack(data)).await;
        }
    }

    /// Nacks a message whose call has its outcome.
    pub(super) async fn nack_ended(&self, handler: &EffectHandler<OtapPdata>) {
        if let Some(data) = self.restore(PdataPayload::empty(self.signal)) {
            let _ = handler.notify_nack(nack::of_ended(data)).await;
        }
    }
}
