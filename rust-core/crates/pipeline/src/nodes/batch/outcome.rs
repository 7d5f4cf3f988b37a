// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Answers of the pipeline to what went out.

use super::BatchProcessor;
use crate::engine_api::local::processor::EffectHandler;
use crate::engine_api::{NackMsg, OtapPdata, UnwindData};
use crate::error::nack::NackTemplate;

impl BatchProcessor {
    pub(super) async fn delivered(
        &mut self,
        unwind: &UnwindData,
        handler: &EffectHandler<OtapPdata>,
    ) {
        if let Some(output) = self.outputs.take(unwind) {
            for member in &output.members {
                member.part_delivered(handler).await;
            }
        }
    }

    /// Fails all members of a batch: a message is delivered only if all its parts are.
    pub(super) async fn refused(
        &mut self,
        nack: &NackMsg<OtapPdata>,
        handler: &EffectHandler<OtapPdata>,
    ) {
        if let Some(output) = self.outputs.take(&nack.unwind) {
            output.fail(&NackTemplate::of(nack), handler).await;
        }
    }
}
