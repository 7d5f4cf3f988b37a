// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Batches that went out and have no outcome yet.

use std::rc::Rc;

use ferrule_context::{CallMap, OpenGroup};

use super::member::Member;
use crate::engine_api::local::processor::EffectHandler;
use crate::engine_api::{OtapPdata, UnwindData};
use crate::error::nack::NackTemplate;

/// A batch that went out, with its members.
pub(super) struct SentBatch {
    pub(super) members: Vec<Rc<Member>>,
    /// The call that exporters see; none if there is data of no call only.
    pub(super) _group: Option<OpenGroup>,
}

/// The batches that went out, by number.
#[derive(Default)]
pub(super) struct SentBatches {
    by_number: CallMap<SentBatch>,
    last: u64,
}

impl SentBatches {
    /// Adds a batch and returns its number, which is never used again.
    pub(super) fn add(&mut self, output: SentBatch) -> u64 {
        self.last += 1;
        self.by_number.insert(self.last, output);
        self.last
    }

    pub(super) fn len(&self) -> usize {
        self.by_number.len()
    }

    pub(super) fn take(&mut self, unwind: &UnwindData) -> Option<SentBatch> {
        let number = u64::from(*unwind.route.calldata.first()?);
        self.by_number.remove(&number)
    }

    pub(super) fn take_number(&mut self, number: u64) -> Option<SentBatch> {
        self.by_number.remove(&number)
    }

    /// Members that have their outcome from elsewhere.
    pub(super) fn dead_members(&self) -> Vec<Rc<Member>> {
        let members = self.by_number.values().flat_map(|output| &output.members);
        members.filter(|it| it.is_dead()).cloned().collect()
    }
}

impl SentBatch {
    pub(super) async fn fail(&self, nack: &NackTemplate, handler: &EffectHandler<OtapPdata>) {
        for member in &self.members {
            member.fail(nack, handler).await;
        }
    }
}
