// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Sends into a channel that holds one message, through each of the engine's handlers.

use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::pin;
use std::task::{Context as Polling, Poll, Waker};

use ferrule_context::{Admission, CallBuilder};
use serde_json::json;

use super::*;
use crate::config::start::StartConfig;
use crate::engine::state::next_id;
use crate::engine_api::testing::{
    Channel, PipelineRuntimeServices, Sender, SharedSender, runtime_ctrl_msg_channel, test_node,
};
use crate::engine_api::{
    Context, MetricsReporter, OtlpProtoBytes, SignalType, local as local_engine,
    shared as shared_engine,
};
use crate::headers::call_id::call_id_of;
use crate::headers::transport::HeaderNames;

const LONG: Duration = Duration::from_secs(3600);

fn engine() -> Arc<EngineState> {
    let config = StartConfig::from_json(json!({"specYaml": "x"}).to_string().as_bytes()).unwrap();
    EngineState::register(
        next_id(),
        config,
        Default::default(),
        Default::default(),
        Vec::new(),
    )
}

/// Data of a call that has this time left.
fn data_of(engine: &EngineState, id: u64, time_left: Duration) -> OtapPdata {
    let call = CallBuilder::new(id).time_left(time_left).build().unwrap();
    let Admission::Admitted(call) = engine.calls.admit(call) else {
        panic!("not admitted");
    };
    let headers = HeaderNames::new().unwrap();
    let (headers, _) = headers.headers(&call, Default::default(), &engine.outbound);
    let mut data = data();
    data.set_transport_headers(headers);
    data
}

fn data() -> OtapPdata {
    let bytes = OtlpProtoBytes::new_from_bytes(SignalType::Traces, vec![0x0a, 0]);
    OtapPdata::new(Context::default(), bytes.into())
}

fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Polling::from_waker(Waker::noop()))
}

type Output = (Option<PortName>, MetricsReporter, PipelineRuntimeServices);

fn output() -> Output {
    let (_, reporter) = MetricsReporter::create_new_and_receiver(1);
    let services = PipelineRuntimeServices::new(Default::default()).unwrap();
    (Some("out".into()), reporter, services)
}

/// Scenario: a node sends into a full channel, for a call that stays, expires, is cancelled, or
/// has been; then there is room, and then the next node ends.
/// Guarantees: the data waits, goes out once or comes back once, and why it came back is told.
async fn check<H: SendMessages>(
    handler: H,
    mut receive: impl FnMut() -> Option<OtapPdata>,
    close: impl FnOnce(),
) {
    let engine = engine();
    let idle = ContextEffectHandler::without_call(&handler, &engine);
    idle.send_message_with_timeout(data(), Duration::ZERO)
        .await
        .unwrap();

    let full = idle.send_message_with_timeout(data(), Duration::from_millis(1));
    assert_eq!(
        full.await.unwrap_err().error.kind,
        ErrorKind::ResourceExhausted
    );

    let expiring = data_of(&engine, 1, Duration::from_millis(20));
    let of_call = ContextEffectHandler::new(&handler, &engine, &expiring).unwrap();
    let unsent = of_call.send_message_with_timeout(expiring, LONG).await;
    let unsent = unsent.unwrap_err();
    assert_eq!(unsent.error, Error::timeout());
    assert_eq!(call_id_of(&unsent.data), Some(1));

    let cancelled = data_of(&engine, 2, LONG);
    let of_call = ContextEffectHandler::new(&handler, &engine, &cancelled).unwrap();
    let mut send = pin!(of_call.send_message_with_timeout(cancelled, LONG));
    assert!(poll(send.as_mut()).is_pending());
    assert!(engine.calls.cancel(2, CancelCause::Client));
    let Poll::Ready(Err(unsent)) = poll(send) else {
        panic!("it waits on");
    };
    assert_eq!(unsent.error, Error::cancelled(CancelCause::Client));
    assert_eq!(call_id_of(&unsent.data), Some(2));
    assert!(ContextEffectHandler::new(&handler, &engine, &unsent.data).is_err());

    let wanted = data_of(&engine, 3, LONG);
    let of_call = ContextEffectHandler::new(&handler, &engine, &wanted).unwrap();
    let mut send = pin!(of_call.send_message_with_timeout(wanted, LONG));
    assert!(poll(send.as_mut()).is_pending());
    assert_eq!(call_id_of(&receive().unwrap()), None);
    send.await.unwrap();
    assert_eq!(call_id_of(&receive().unwrap()), Some(3));
    assert!(receive().is_none());

    let nowhere = idle.send_message_to_with_timeout("nowhere".into(), data(), LONG);
    assert_eq!(
        nowhere.await.unwrap_err().error.kind,
        ErrorKind::Configuration
    );
    close();
    let closed = idle.send_message_with_timeout(data(), LONG).await;
    assert_eq!(closed.unwrap_err().error.kind, ErrorKind::Retryable);
}

fn run(test: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().build().unwrap().block_on(test);
}

/// A test of one of the engine's handlers.
macro_rules! test {
    ($name:ident, $handler:ty, $channel:path, $sender:expr, [$($control:expr)?]) => {
        #[test]
        fn $name() {
            let (sender, receiver) = $channel(1);
            let senders = HashMap::from([("out".into(), $sender(sender))]);
            let (port, reporter, services) = output();
            let node = test_node("node");
            let handler =
                <$handler>::new(node, senders, port, $($control,)? reporter, services);
            let receiver = RefCell::new(Some(receiver));
            run(check(
                handler,
                || receiver.borrow_mut().as_mut()?.try_recv().ok(),
                || drop(receiver.take()),
            ));
        }
    };
}

test!(
    local_processor_sends_while_somebody_waits,
    local_engine::processor::EffectHandler<OtapPdata>,
    Channel::new,
    Sender::new_local_mpsc_sender,
    []
);
test!(
    local_receiver_sends_while_somebody_waits,
    local_engine::receiver::EffectHandler<OtapPdata>,
    Channel::new,
    Sender::new_local_mpsc_sender,
    [runtime_ctrl_msg_channel(1).0]
);
test!(
    shared_processor_sends_while_somebody_waits,
    shared_engine::processor::EffectHandler<OtapPdata>,
    tokio::sync::mpsc::channel,
    SharedSender::mpsc,
    []
);
test!(
    shared_receiver_sends_while_somebody_waits,
    shared_engine::receiver::EffectHandler<OtapPdata>,
    tokio::sync::mpsc::channel,
    SharedSender::mpsc,
    [runtime_ctrl_msg_channel(1).0]
);
