// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The loop of an exporter.

use std::rc::Rc;
use std::sync::Arc;

use ferrule_context::{Error, ErrorKind, Found, LogLevel, Success};

use super::client::Client;
use super::delivery::{ExporterParts, RunningExporter};
use super::job::{ExportError, ExportJob, FinishedJob};
use crate::engine::state::{EXPORTER_DRAIN_MARGIN, EngineState};
use crate::engine_api::local::exporter::EffectHandler;
use crate::engine_api::{
    AckMsg, ConsumerEffectHandlerExtension, EncodePolicy, EncodingPlan, EngineError, ExporterInbox,
    InFlightExports, Message, NackCause, NackMsg, NodeControlMsg, OtapPdata,
    PdataEffectHandlerExtension, PdataEncoding, TerminalState,
};
use crate::headers::call_id::call_id_of;
use crate::text::clean;

impl<C: Client> ExporterParts<C> {
    /// Runs until the engine shuts the exporter down. Messages are always taken from the inbox,
    /// and wait for a permit here, so that those whose call ends are nacked at once.
    pub(super) async fn run(
        self,
        mut inbox: ExporterInbox<OtapPdata>,
        handler: EffectHandler<OtapPdata>,
    ) -> Result<TerminalState, EngineError> {
        let plan = handler.resolve_encoding_plan(&PdataEncoding::OTLP, EncodePolicy::default())?;
        let mut renewed = self.renewed.clone();
        let running = RunningExporter::new(self);
        let engine = Arc::clone(&running.parts.engine);
        // Messages of calls are bounded by the calls in flight, and those of groups by their members
        let most_held = engine.config.max_in_flight.max(running.parts.max_in_flight);
        // Nobody's deadline ends the others, so no more of them are taken than are sent at once
        let most_others = running.parts.max_in_flight;
        let mut others = 0;
        let mut exports = InFlightExports::<_, FinishedJob>::new();
        loop {
            let has_room = exports.len() < most_held && others < most_others;
            let message = tokio::select! {
                biased;
                Some(done) = exports.next_completion(), if !exports.is_empty() => {
                    others -= usize::from(done.call.is_none());
                    answer(&running.parts, &handler, done).await;
                    continue;
                }
                Ok(()) = renewed.changed() => {
                    if let Err(error) = running.parts.client.renew(&engine).await {
                        let text = format!("new certificates cannot be used: {}", clean(&error));
                        engine.log(LogLevel::Warn, C::TARGET, text);
                    }
                    continue;
                }
                message = inbox.recv_when(has_room) => message?,
            };
            match message {
                Message::Control(NodeControlMsg::Shutdown { deadline, .. }) => {
                    let until = engine.drain_until(deadline).unwrap_or(deadline);
                    let until = until.checked_sub(EXPORTER_DRAIN_MARGIN).unwrap_or(until);
                    let over = tokio::time::sleep_until(until.into());
                    tokio::pin!(over);
                    while !exports.is_empty() {
                        tokio::select! {
                            biased;
                            Some(done) = exports.next_completion() => {
                                answer(&running.parts, &handler, done).await;
                            }
                            () = &mut over, if !running.stop.is_cancelled() => running.stop.cancel(),
                        }
                    }
                    return Ok(TerminalState::new(deadline, running.parts.metrics.take()));
                }
                Message::Control(NodeControlMsg::CollectTelemetry {
                    mut metrics_reporter,
                }) => {
                    let (in_flight, held) = (running.in_flight(), exports.len());
                    running
                        .parts
                        .metrics
                        .report(in_flight, held, &mut metrics_reporter);
                }
                Message::Control(_) => {}
                Message::PData(data) => match prepare(&engine, &handler, &plan, data).await {
                    Ok(job) => {
                        others += usize::from(job.call.is_none());
                        exports.push(Rc::clone(&running).deliver(job));
                    }
                    Err(done) => answer(&running.parts, &handler, done).await,
                },
            }
        }
    }
}

/// Finds the call and encodes the data; or says why it is not sent.
async fn prepare(
    engine: &EngineState,
    handler: &EffectHandler<OtapPdata>,
    plan: &EncodingPlan,
    data: OtapPdata,
) -> Result<ExportJob, FinishedJob> {
    let signal = data.signal_type();
    let call = match call_id_of(&data).map(|call_id| engine.calls.find(call_id)) {
        Some(Found::Open(call)) => Some(call),
        Some(Found::GivenUp(kind)) => {
            return Err(FinishedJob {
                call: None,
                signal,
                bytes: 0,
                delivery: data.into_delivery(),
                result: Err(ExportError::Ended(kind)),
            });
        }
        Some(Found::Unknown) | None => None,
    };
    let (context, mut payload) = data.into_parts();
    let encoded = handler.encode_owned(&mut payload, plan).await;
    let delivery = OtapPdata::new(context, payload).into_delivery();
    match encoded {
        Ok(content) => Ok(ExportJob {
            // Data of calls was counted when it came
            permit: call
                .is_none()
                .then(|| engine.budget.take_anyway(content.len())),
            call,
            signal,
            content,
            delivery,
        }),
        Err(error) => {
            let text = clean(&error.to_string());
            let error = Error::permanent(format!("the data cannot be encoded: {text}"));
            Err(FinishedJob {
                call,
                signal,
                bytes: 0,
                delivery,
                result: Err(ExportError::Failed(error)),
            })
        }
    }
}

/// Sends the Ack or the Nack. Neither can fail unless the pipeline is gone.
async fn answer<C>(
    parts: &ExporterParts<C>,
    handler: &EffectHandler<OtapPdata>,
    done: FinishedJob,
) {
    parts.metrics.ended(done.signal, done.bytes, &done.result);
    let data = done.delivery.into_pdata();
    match done.result {
        Ok(success) => {
            if success != Success::default()
                && let Some(call) = done.call
            {
                call.note_warning(success);
            }
            let _ = handler.notify_ack(AckMsg::new(data)).await;
        }
        Err(ExportError::Ended(_)) => {
            let reason = "nobody waits for the data any more";
            let nack = NackMsg::new_permanent_with_cause(reason, data, NackCause::Refused);
            let _ = handler.notify_nack(nack).await;
        }
        Err(ExportError::Failed(error)) => {
            // Whoever retries above must not do so in vain.
            let permanent = error.is_permanent() || error.kind == ErrorKind::Timeout;
            let reason = parts.engine.reason_of(error);
            let mut nack = NackMsg::new(reason, data);
            nack.permanent = permanent;
            let _ = handler.notify_nack(nack).await;
        }
    }
}
