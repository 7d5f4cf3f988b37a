// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The exports as the host calls them, with real engines.

use std::collections::BTreeMap;
use std::time::Instant;

use ferrule_abi::layout::{ABI_VERSION, frame as at, record as record_at, refusal};

use super::*;

/// A valid `ExportTraceServiceRequest`: one empty `ResourceSpans`.
const TRACES: &[u8] = &[0x0a, 0x00];

const SECOND: i64 = 1_000_000_000;

fn config(exporter: &str, extra: &str) -> String {
    format!(
        r#"{{"cores": 1, {extra} "spec": {{"version": "otel_dataflow/v1", "groups": {{"default": {{"pipelines": {{"main": {{
            "nodes": {{
                "host": {{"type": "urn:ferrule:receiver:host", "config": {{}}}},
                "out": {{"type": "{exporter}", "config": {{}}}}
            }},
            "connections": [{{"from": "host", "to": "out"}}]
        }}}}}}}}}}}}"#
    )
}

fn range_of(bytes: &[u8]) -> HostMemory {
    (bytes.as_ptr() as i64, bytes.len() as i64)
}

/// An engine that is stopped and freed at the end of its test.
struct Host {
    engine: i64,
}

impl Host {
    fn start(config: &str) -> Self {
        let mut out = vec![0_u8; 64 << 10];
        let out_range = (out.as_mut_ptr() as i64, out.len() as i64);
        // SAFETY: both ranges are ours and alive.
        let engine = unsafe { start(range_of(config.as_bytes()), out_range) };
        assert!(
            engine > 0,
            "{}",
            String::from_utf8_lossy(&out[record_at::FIXED_LENGTH..])
        );
        assert_eq!(&out[4..8], b"main");
        Self { engine }
    }

    fn submit(&self, frame: &[u8]) -> i64 {
        let (address, length) = range_of(frame);
        // SAFETY: the frame is ours and alive.
        unsafe { submit(self.engine, address, length) }
    }

    /// Polls until `count` outcomes arrived; log lines are passed over.
    fn outcomes(&self, count: usize) -> BTreeMap<u64, Outcome> {
        let mut all = BTreeMap::new();
        while all.len() < count {
            let mut out = vec![0_u8; 64 << 10];
            let range = (out.as_mut_ptr() as i64, out.len() as i64);
            // SAFETY: the range is ours and alive.
            let written = unsafe { poll(self.engine, range, Duration::from_secs(20)) };
            assert!(
                written > 0,
                "poll ended with {written} after {} outcomes",
                all.len()
            );
            for outcome in outcomes_in(&out[..written as usize]) {
                assert!(
                    all.insert(outcome.call_id, outcome).is_none(),
                    "a second outcome"
                );
            }
        }
        all
    }

    fn status(&self) -> serde_json::Value {
        let mut out = vec![0_u8; 64 << 10];
        // SAFETY: the range is ours and alive.
        let length = unsafe { status(self.engine, (out.as_mut_ptr() as i64, out.len() as i64)) };
        serde_json::from_slice(&out[..length as usize]).unwrap()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        stop(self.engine, Duration::from_secs(1));
        free(self.engine);
    }
}

#[derive(Debug)]
struct Outcome {
    call_id: u64,
    kind: u8,
    grpc_code: u32,
    http_code: u16,
    cause: u32,
    message: String,
}

fn outcomes_in(mut bytes: &[u8]) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    while !bytes.is_empty() {
        let u32_at =
            |offset: usize| u32::from_le_bytes(bytes[offset..offset + 4].try_into().unwrap());
        let length = u32_at(record_at::LENGTH_OFFSET) as usize;
        let message = record_at::FIXED_LENGTH
            ..record_at::FIXED_LENGTH + u32_at(record_at::MESSAGE_LENGTH_OFFSET) as usize;
        if bytes[record_at::TYPE_OFFSET] == record_at::TYPE_COMPLETION as u8 {
            outcomes.push(Outcome {
                call_id: u64::from_le_bytes(
                    bytes[record_at::CALL_ID_OFFSET..][..8].try_into().unwrap(),
                ),
                kind: bytes[record_at::KIND_OFFSET],
                grpc_code: u32_at(record_at::GRPC_CODE_OFFSET),
                http_code: u16::from_le_bytes(
                    bytes[record_at::HTTP_CODE_OFFSET..][..2]
                        .try_into()
                        .unwrap(),
                ),
                cause: u32_at(record_at::CAUSE_OFFSET),
                message: String::from_utf8(bytes[message].to_vec()).unwrap(),
            });
        }
        bytes = &bytes[length..];
    }
    outcomes
}

/// A frame without metadata.
struct Frame {
    call_id: u64,
    remaining: i64,
    encoding: u8,
    coding: u8,
    handle: i64,
    length: usize,
    payload: Vec<u8>,
}

impl Frame {
    fn of(call_id: u64, payload: &[u8]) -> Self {
        Self {
            call_id,
            remaining: 60 * SECOND,
            encoding: 1,
            coding: 0,
            handle: 0,
            length: payload.len(),
            payload: payload.to_vec(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut frame = vec![0; at::FIXED_LENGTH];
        frame.extend_from_slice(&self.payload);
        let length = frame.len() as u32;
        let mut put = |offset: usize, bytes: &[u8]| {
            frame[offset..offset + bytes.len()].copy_from_slice(bytes)
        };
        put(at::VERSION_OFFSET, &ABI_VERSION.to_le_bytes());
        put(at::FLAGS_OFFSET, &(at::FLAG_DEADLINE as u16).to_le_bytes());
        put(at::FRAME_LENGTH_OFFSET, &length.to_le_bytes());
        put(at::CALL_ID_OFFSET, &self.call_id.to_le_bytes());
        put(at::REMAINING_NANOS_OFFSET, &self.remaining.to_le_bytes());
        put(at::SIGNAL_OFFSET, &[1]);
        put(at::ENCODING_OFFSET, &[self.encoding]);
        put(at::CODING_OFFSET, &[self.coding]);
        put(at::PAYLOAD_HANDLE_OFFSET, &self.handle.to_le_bytes());
        put(
            at::PAYLOAD_LENGTH_OFFSET,
            &(self.length as u32).to_le_bytes(),
        );
        frame
    }
}

/// The frame with attributes, valid JSON or not, in front of the payload.
fn with_attributes(frame: &Frame, length: usize) -> Vec<u8> {
    let mut bytes = frame.bytes();
    let payload = bytes.split_off(at::FIXED_LENGTH);
    bytes.resize(at::FIXED_LENGTH + length, b' ');
    bytes.resize(bytes.len().next_multiple_of(at::PAYLOAD_ALIGNMENT), 0);
    bytes.extend_from_slice(&payload);
    for (offset, value) in [
        (at::FRAME_LENGTH_OFFSET, bytes.len()),
        (at::CONTEXT_LENGTH_OFFSET, length),
        (at::ATTRIBUTES_LENGTH_OFFSET, length),
    ] {
        bytes[offset..offset + 4].copy_from_slice(&(value as u32).to_le_bytes());
    }
    bytes
}

fn reason(code: i64) -> usize {
    (code >> 8 & 0xff) as usize
}

#[test]
fn phases_are_those_of_the_calls_in_flight() {
    let host = Host::start(&config("exporter:noop", ""));
    assert_eq!(host.submit(&Frame::of(1, TRACES).bytes()), 0);
    host.outcomes(1);
    let mut calls = [1_u64, 2];
    let address = calls.as_mut_ptr() as i64;
    // SAFETY: the range is ours and alive.
    assert_eq!(unsafe { phases(host.engine, address, 2) }, 0);
    assert_eq!(calls, [0, 0]);
    // SAFETY: nothing is read from no range.
    assert_eq!(unsafe { phases(host.engine, 0, 2) }, 1);
    // SAFETY: as before.
    assert_eq!(unsafe { phases(0, address, 2) }, STALE);
}

#[test]
fn call_through_a_real_pipeline_succeeds() {
    let host = Host::start(&config("exporter:noop", ""));
    assert_eq!(host.submit(&Frame::of(1, TRACES).bytes()), 0);
    assert_eq!(host.outcomes(1)[&1].kind, 0);
    let status = host.status();
    assert_eq!(
        (&status["submitted"], &status["succeeded"]),
        (&1.into(), &1.into())
    );
    assert_eq!(
        (&status["inFlight"], &status["payloadBytes"]),
        (&0.into(), &0.into())
    );
}

#[test]
fn several_engines_run_at_once_and_start_again() {
    let first = Host::start(&config("exporter:noop", ""));
    let second = Host::start(&config("exporter:noop", ""));
    drop(first);
    let third = Host::start(&config("exporter:noop", ""));
    for host in [&second, &third] {
        assert_eq!(host.submit(&Frame::of(1, TRACES).bytes()), 0);
        assert_eq!(host.outcomes(1)[&1].kind, 0);
    }
}

#[test]
fn log_level_and_metrics_are_of_a_running_engine() {
    let host = Host::start(&config("exporter:noop", ""));
    assert_eq!(log_level(host.engine, 5, true), 0);
    assert_eq!(log_level(host.engine, 6, false), STALE);
    assert_eq!(log_level(0, 3, false), STALE);
    let small = [0_u8; 2];
    // SAFETY: the range is that of a live buffer.
    assert!(unsafe { metrics(host.engine, range_of(&small)) } < -2);
}

#[test]
fn json_is_read_and_malformed_payloads_are_answered() {
    let host = Host::start(&config("exporter:noop", ""));
    let json = Frame {
        encoding: 2,
        ..Frame::of(1, br#"{"resourceSpans":[]}"#)
    };
    let bad_json = Frame {
        encoding: 2,
        ..Frame::of(2, b"{")
    };
    let bad_gzip = Frame {
        coding: 1,
        ..Frame::of(3, b"no gzip")
    };
    for frame in [json, bad_json, bad_gzip, Frame::of(4, &[0x0a, 0x05])] {
        assert_eq!(host.submit(&frame.bytes()), 0);
    }
    let outcomes = host.outcomes(4);
    assert_eq!(outcomes[&1].kind, 0);
    for call_id in 2..=4 {
        let outcome = &outcomes[&call_id];
        assert_eq!(
            (outcome.kind, outcome.grpc_code, outcome.http_code),
            (1, 3, 400),
            "{outcome:?}"
        );
        assert!(!outcome.message.is_empty());
    }
}

#[test]
fn reserved_memory_is_submitted_once() {
    let host = Host::start(&config("exporter:noop", ""));
    let mut address = [0_u8; 8];
    // SAFETY: `address` has 8 writable bytes.
    let handle = unsafe { reserve(host.engine, 100, address.as_mut_ptr() as i64) };
    assert!(handle > 0);
    assert_eq!(host.status()["payloadBytes"], 100);
    // SAFETY: the reserved memory has 100 writable bytes.
    assert!(unsafe { copy_out(TRACES, u64::from_le_bytes(address) as usize, 100) });
    let frame = Frame {
        handle,
        length: TRACES.len(),
        ..Frame::of(1, &[])
    };
    assert_eq!(host.submit(&frame.bytes()), 0);
    assert_eq!(host.outcomes(1)[&1].kind, 0);
    let again = Frame {
        call_id: 2,
        ..frame
    };
    assert_eq!(
        reason(host.submit(&again.bytes())),
        refusal::UNKNOWN_PAYLOAD
    );
    assert_eq!(release(handle), 1);
}

#[test]
fn reserved_memory_outlives_its_engine() {
    let host = Host::start(&config("exporter:noop", ""));
    let mut address = [0_u8; 8];
    // SAFETY: `address` has 8 writable bytes.
    let handle = unsafe { reserve(host.engine, 8, address.as_mut_ptr() as i64) };
    drop(host);
    // SAFETY: the memory was not released yet.
    assert!(unsafe { copy_out(TRACES, u64::from_le_bytes(address) as usize, 8) });
    assert_eq!(release(handle), 0);
    assert_eq!(release(handle), 1);
}

/// Scenario: the budget allows more than the process has memory.
/// Guarantees: what cannot be allocated is refused with a delay, and takes nothing.
#[test]
#[cfg(target_os = "linux")]
fn payload_without_memory_is_refused() {
    const MOST: i64 = 1 << 40;
    const LIMITED: &str = "FERRULE_TEST_LIMITED";
    if std::env::var_os(LIMITED).is_none() {
        let child = std::process::Command::new("sh")
            .args(["-c", r#"ulimit -v 16000000 && exec "$0" "$@""#])
            .arg(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "engines::tests::payload_without_memory_is_refused",
            ])
            .env(LIMITED, "")
            .output()
            .unwrap();
        assert!(child.status.success(), "{child:?}");
        return;
    }
    let host = Host::start(&config(
        "exporter:noop",
        &format!(r#""maxPayloadBytes": {MOST},"#),
    ));
    let mut address = [0_u8; 8];
    // SAFETY: `address` has 8 writable bytes.
    let code = -unsafe { reserve(host.engine, MOST, address.as_mut_ptr() as i64) };
    assert_eq!(reason(code), refusal::MEMORY_PRESSURE);
    assert_eq!(code >> 16, 1000);
    assert_eq!(host.status()["payloadBytes"], 0);
}

#[test]
fn refused_submission_costs_nothing() {
    let host = Host::start(&config("exporter:noop", r#""maxPayloadBytes": 100,"#));
    let mut wrong_version = Frame::of(1, TRACES).bytes();
    wrong_version[at::VERSION_OFFSET] = 9;
    let truncated = &Frame::of(1, TRACES).bytes()[..at::FIXED_LENGTH + 1];
    let expired = Frame {
        remaining: 0,
        ..Frame::of(1, TRACES)
    };
    let mut unknown_pipeline = Frame::of(1, TRACES).bytes();
    unknown_pipeline[at::PIPELINE_OFFSET] = 7;
    for (frame, expected) in [
        (wrong_version.as_slice(), refusal::WRONG_VERSION),
        (truncated, refusal::MALFORMED_FRAME),
        (&[], refusal::MALFORMED_FRAME),
        (&expired.bytes(), refusal::EXPIRED),
        (&unknown_pipeline, refusal::UNKNOWN_PIPELINE),
        (&Frame::of(1, &[0; 101]).bytes(), refusal::PAYLOAD_TOO_LARGE),
    ] {
        assert_eq!(reason(host.submit(frame)), expected);
    }
    assert_eq!(host.submit(&Frame::of(1, TRACES).bytes()), 0);
    assert_eq!(host.outcomes(1)[&1].kind, 0);
    assert_eq!(host.status()["payloadBytes"], 0);
}

/// Scenario: calls with attributes wait for a server that never answers.
/// Guarantees: context and payload count together, however the payload came; what does not fit is
/// refused, for good if it never can; and the bytes come back after the calls.
#[test]
fn contexts_are_in_the_budget() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let config = config(
        "urn:ferrule:exporter:otlp_http",
        r#""maxPayloadBytes": 1000,"#,
    );
    let mut config: serde_json::Value = serde_json::from_str(&config).unwrap();
    config["spec"]["groups"]["default"]["pipelines"]["main"]["nodes"]["out"]["config"] =
        serde_json::json!({"endpoint": format!("http://{}", server.local_addr().unwrap())});
    let host = Host::start(&config.to_string());
    let reserved = |call_id, length: usize| {
        let mut address = [0_u8; 8];
        // SAFETY: `address` has 8 writable bytes.
        let handle = unsafe { reserve(host.engine, length as i64, address.as_mut_ptr() as i64) };
        // SAFETY: the reserved memory has as many writable bytes.
        assert!(unsafe { copy_out(TRACES, u64::from_le_bytes(address) as usize, length) });
        Frame {
            handle,
            length: TRACES.len(),
            ..Frame::of(call_id, &[])
        }
    };
    for (frame, expected) in [
        (
            with_attributes(&Frame::of(1, TRACES), 999),
            refusal::PAYLOAD_TOO_LARGE,
        ),
        (
            with_attributes(&reserved(1, 500), 501),
            refusal::PAYLOAD_TOO_LARGE,
        ),
    ] {
        assert_eq!(reason(host.submit(&frame)), expected);
    }
    assert_eq!(host.status()["payloadBytes"], 0);
    assert_eq!(host.submit(&with_attributes(&Frame::of(1, TRACES), 400)), 0);
    assert_eq!(host.status()["payloadBytes"], 402);
    assert_eq!(host.submit(&with_attributes(&reserved(2, 10), 300)), 0);
    assert_eq!(host.status()["payloadBytes"], 712);
    let third = with_attributes(&Frame::of(3, TRACES), 300);
    assert_eq!(reason(host.submit(&third)), refusal::BYTE_BUDGET);
    for call_id in [1, 2] {
        assert_eq!(cancel(host.engine, call_id, 1), 0);
    }
    assert_eq!(host.outcomes(2).len(), 2);
    let start = Instant::now();
    while host.status()["payloadBytes"] != 0 {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{}",
            host.status()
        );
        std::thread::yield_now();
    }
}

#[test]
fn stale_handle_is_an_answer_everywhere() {
    let host = Host::start(&config("exporter:noop", ""));
    let engine = host.engine;
    drop(host);
    let frame = Frame::of(1, TRACES).bytes();
    let (address, length) = range_of(&frame);
    let mut out = vec![0_u8; 64 << 10];
    let range = (out.as_mut_ptr() as i64, out.len() as i64);
    // SAFETY: all ranges are ours and alive.
    unsafe {
        assert_eq!(
            reason(submit(engine, address, length)),
            refusal::STALE_HANDLE
        );
        assert_eq!(poll(engine, range, Duration::ZERO), -2);
        assert_eq!(status(engine, range), i32::MIN);
        assert_eq!(metrics(engine, range), i32::MIN);
        assert_eq!(reason(-reserve(engine, 8, range.0)), refusal::STALE_HANDLE);
    }
    assert_eq!(cancel(engine, 1, 1), 1);
    assert_eq!(
        (wake(engine), stop(engine, Duration::ZERO), free(engine)),
        (2, 2, 2)
    );
}

#[test]
fn refused_configuration_is_a_record_with_the_reason() {
    let mut out = vec![0_u8; 64 << 10];
    let range = (out.as_mut_ptr() as i64, out.len() as i64);
    let config = config("exporter:nosuch", "");
    // SAFETY: all ranges are ours and alive.
    assert_eq!(unsafe { validate(range_of(config.as_bytes()), range) }, 1);
    let length = u32::from_le_bytes(out[..4].try_into().unwrap()) as usize;
    let outcome = &outcomes_in(&out[..length])[0];
    assert_eq!(outcome.kind, 6);
    assert!(outcome.message.contains("node=out"), "{outcome:?}");
}

/// Scenario: an engine is freed while another thread polls it.
/// Guarantees: the poll ends by itself, and the engine outlives it.
#[test]
fn free_during_poll_is_safe() {
    let host = Host::start(&config("exporter:noop", ""));
    let polled = engine_of(host.engine).unwrap();
    let (polling, started) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        polling.send(()).unwrap();
        while polled.poll(Duration::from_secs(60), |_| true) {}
    });
    started.recv().unwrap();
    assert_eq!(free(host.engine), 0);
    thread.join().unwrap();
}

/// Scenario: an engine is stopped by two threads while payloads wait to be decoded.
/// Guarantees: what was accepted is still delivered within the drain, and both threads return
/// only after that, long before the drain is over.
#[test]
fn drain_waits_for_payloads_that_are_still_decoded() {
    const CALLS: usize = 300;
    const DRAIN: Duration = Duration::from_secs(60);
    let host = Host::start(&config("exporter:noop", ""));
    let spans = vec![r#"{"name":"a"}"#; 500].join(",");
    let json = format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{spans}]}}]}}]}}"#);
    for call_id in 1..=CALLS as u64 {
        let frame = Frame {
            encoding: 2,
            ..Frame::of(call_id, json.as_bytes())
        };
        assert_eq!(host.submit(&frame.bytes()), 0);
    }
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                assert_eq!(stop(host.engine, DRAIN), 0);
                assert_eq!(host.status()["inFlight"], 0);
            });
        }
    });
    assert!(begin.elapsed() < DRAIN / 2, "nothing was left to drain");
    let outcomes = host.outcomes(CALLS);
    assert!(
        outcomes.values().all(|outcome| outcome.kind == 0),
        "{outcomes:?}"
    );
}

/// Scenario: an engine is stopped while threads submit and cancel.
/// Guarantees: each accepted call gets exactly one outcome, and then polling ends.
#[test]
fn stop_under_load_loses_no_call() {
    let host = Host::start(&config("exporter:noop", ""));
    let accepted = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..3_u64)
            .map(|worker| {
                let host = &host;
                scope.spawn(move || {
                    let mut accepted = Vec::new();
                    for i in 1.. {
                        let call_id = worker << 32 | i;
                        match host.submit(&Frame::of(call_id, TRACES).bytes()) {
                            0 => accepted.push(call_id),
                            code if reason(code) == refusal::STOPPING => break,
                            _ => std::thread::yield_now(),
                        }
                        if i % 7 == 0 {
                            cancel(host.engine, call_id.cast_signed(), 2);
                        }
                    }
                    accepted
                })
            })
            .collect();
        let polled = scope.spawn(|| {
            let mut ids = Vec::new();
            loop {
                let mut out = vec![0_u8; 64 << 10];
                let range = (out.as_mut_ptr() as i64, out.len() as i64);
                // SAFETY: the range is ours and alive.
                match unsafe { poll(host.engine, range, Duration::from_secs(20)) } {
                    -1 => return ids,
                    written => ids.extend(
                        outcomes_in(&out[..written as usize])
                            .iter()
                            .map(|outcome| outcome.call_id),
                    ),
                }
            }
        });
        while host.status()["succeeded"].as_u64() < Some(1000) {
            std::thread::yield_now();
        }
        assert_eq!(stop(host.engine, Duration::from_secs(5)), 0);
        let mut accepted: Vec<_> = workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect();
        let mut polled = polled.join().unwrap();
        accepted.sort_unstable();
        polled.sort_unstable();
        assert_eq!(accepted, polled);
        accepted.len()
    });
    let status = host.status();
    assert_eq!(status["submitted"], accepted);
    assert_eq!(
        (&status["inFlight"], &status["payloadBytes"]),
        (&0.into(), &0.into())
    );
}

#[test]
fn cancelled_call_tells_its_cause() {
    let host = Host::start(&config("exporter:noop", ""));
    let mut outcome = None;
    // The pipeline may answer first; then the next call is cancelled.
    for call_id in 1..1000 {
        assert_eq!(host.submit(&Frame::of(call_id, TRACES).bytes()), 0);
        let cancelled = cancel(host.engine, call_id.cast_signed(), 1) == 0;
        let ended = host.outcomes(1).remove(&call_id).unwrap();
        if cancelled {
            outcome = Some(ended);
            break;
        }
    }
    let outcome = outcome.expect("one of a thousand calls is cancelled in time");
    assert_eq!((outcome.kind, outcome.cause), (3, 1));
}

#[test]
fn secrets_that_the_engine_does_not_know_are_refused() {
    let host = Host::start(&config("exporter:noop", ""));
    for (engine, json, result) in [
        (host.engine, "{}", 0),
        (host.engine, r#"{"web": {}}"#, 1),
        (-1, "{}", STALE),
    ] {
        let mut out = vec![0_u8; 1024];
        let range = (out.as_mut_ptr() as i64, out.len() as i64);
        // SAFETY: both ranges are ours and alive.
        let updated = unsafe { update_secrets(engine, range_of(json.as_bytes()), range) };
        assert_eq!(updated, result, "{json}");
        let text = String::from_utf8_lossy(&out);
        assert_eq!(text.contains("called web"), result == 1, "{json}");
    }
}
