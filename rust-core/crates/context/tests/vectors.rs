// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The cases of the vectors that the native side decides, group by group.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, outside of a test function"
)]

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use ferrule_context::deadline::{
    deadline_in, group_deadline, grpc_timeout, remaining, retry_fits, timeout_millis,
};
use ferrule_context::merging::{PartitionNames, check_partitions};
use ferrule_context::{Call, CallBuilder, Error, ErrorKind, Metadata, OutboundRules, TraceContext};
use serde_json::{Value, json};

const METADATA: &str = include_str!("vectors/metadata.json");
const DEADLINE: &str = include_str!("vectors/deadline.json");
const TRACE: &str = include_str!("vectors/trace-context.json");

/// The cases of a group, by id. There are some.
fn group(file: &str, name: &str) -> Vec<(String, Value)> {
    let mut file: Value = serde_json::from_str(file).unwrap();
    let Value::Array(cases) = file[name].take() else {
        panic!("{name} is no list");
    };
    assert!(!cases.is_empty(), "{name} is empty");
    cases
        .into_iter()
        .map(|case| (case["id"].as_str().unwrap().to_owned(), case))
        .collect()
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap())
        .collect()
}

fn call(headers: &Value) -> Call {
    let mut call = CallBuilder::new(1);
    for (name, values) in headers.as_object().unwrap() {
        for value in texts(values) {
            call = match value.strip_prefix("hex:") {
                Some(hex) => call.binary_header(name, &hex::decode(hex).unwrap()),
                None => call.header(name, value),
            };
        }
    }
    call.build().unwrap()
}

/// Names and text values as the vectors write them.
fn shown<'a>(pairs: impl Iterator<Item = (&'a str, &'a [u8])>) -> Value {
    let mut map = BTreeMap::<_, Vec<_>>::new();
    for (name, value) in pairs {
        map.entry(name)
            .or_default()
            .push(str::from_utf8(value).unwrap());
    }
    json!(map)
}

#[test]
fn lookup() {
    let mut decided = 0;
    for (id, case) in group(METADATA, "lookup") {
        let input = &case["input"];
        let Some(key) = input["key"].as_str() else {
            // Both say what a language's collections do: a mutated list is Java's, and equality
            // across the border is tested where the border is
            assert!(["LK-copy", "LK-java-rust"].contains(&&*id), "{id}");
            continue;
        };
        let call = call(&input["stored"]);
        let metadata = call.metadata();
        let values: Vec<_> = metadata.values(key).collect();
        assert_eq!(json!(values), case["expect"]["values"], "{id}");
        if let Some(first) = case["expect"].get("first") {
            assert_eq!(json!(metadata.first(key)), *first, "{id}");
        }
        decided += 1;
    }
    assert!(decided >= 11);
}

fn forwarded(input: &Value) -> Result<(Value, usize), Error> {
    let mut allow_credentials = false;
    let mut configured = Vec::new();
    let mut names = Vec::new();
    for name in texts(&input["forward"]) {
        if name == "allow-credentials" {
            allow_credentials = true;
        } else if let Some(header) = name.strip_prefix("static:") {
            configured.push(header.split_once('=').unwrap());
        } else {
            names.push(name.to_owned());
        }
    }
    let rules = OutboundRules::new(&names, allow_credentials)?
        .without(configured.iter().map(|(name, _)| *name));
    let call = call(&input["context"]);
    let outbound = rules.for_grpc(call.metadata());
    let configured = configured
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()));
    let forwarded = outbound.pairs.iter().map(|(name, value)| (*name, &**value));
    Ok((shown(configured.chain(forwarded)), outbound.dropped))
}

#[test]
fn forwarding() {
    for (id, case) in group(METADATA, "forwarding") {
        let expect = &case["expect"];
        if id == "FW-engine-http-exporter" {
            // States what the engine's own exporter does, which never sees these rules
            assert_eq!(expect["outbound"], json!({}));
            continue;
        }
        match forwarded(&case["input"]) {
            Ok((outbound, dropped)) => {
                assert_eq!(outbound, expect["outbound"], "{id}");
                assert_eq!(dropped, usize::from(id == "FW-nonascii"), "{id}");
            }
            Err(error) => {
                let expected = expect["configurationError"].as_str().expect(&id);
                let words = if expected.starts_with("credential") {
                    "it is a credential; set allow-credentials"
                } else {
                    "it is owned by the transport, the deadline encoder or the propagator"
                };
                assert_eq!(error.kind, ErrorKind::Configuration, "{id}");
                assert!(error.message.contains(words), "{id}: {error}");
                let name = case["input"]["forward"][0].as_str().unwrap();
                assert!(error.message.contains(name), "{id}: {error}");
            }
        }
    }
}

#[test]
fn merging() {
    for (id, case) in group(METADATA, "merging") {
        let names = PartitionNames::new(texts(&case["input"]["partitionKeys"]));
        let limit = case["expect"]["limit"]
            .as_u64()
            .map_or(usize::MAX, |limit| usize::try_from(limit).unwrap());
        let mut batches = HashMap::new();
        let mut metadata = Vec::new();
        let mut refused = Vec::new();
        for context in case["input"]["contexts"].as_array().unwrap() {
            let call = call(context);
            let key = names.key(call.metadata());
            if !batches.contains_key(&key) {
                match check_partitions(batches.len(), limit, Duration::from_secs(1)) {
                    Ok(()) => {
                        let merged: Metadata = names.merged(call.metadata());
                        metadata.push(shown(merged.iter().map(|e| (e.name, e.value))));
                        batches.insert(key, 1);
                    }
                    Err(error) => refused.push(error),
                }
            }
        }
        if let Some(expected) = case["expect"].get("batches") {
            assert_eq!(json!(batches.len()), *expected, "{id}");
            assert!(refused.is_empty(), "{id}");
        } else {
            assert_eq!(
                case["expect"]["secondRequest"]["kind"],
                "RESOURCE_EXHAUSTED"
            );
            assert_eq!(refused.len(), 1, "{id}");
            assert_eq!(refused[0].kind, ErrorKind::ResourceExhausted, "{id}");
            assert!(!refused[0].is_permanent(), "{id}");
        }
        if let Some(expected) = case["expect"].get("metadata") {
            assert_eq!(json!(metadata), *expected, "{id}");
        }
    }
}

/// Decided in Java: the anchor, wall clocks and the ticker's wrap are its own, and what has
/// expired or has no deadline does not cross as such.
const CLOCK_OF_THE_HOST: [&str; 7] = [
    "CLK-anchor",
    "CLK-wall-forward",
    "CLK-wall-back",
    "CLK-cross-expired",
    "CLK-cross-none",
    "CLK-nanotime-wrap",
    "CLK-suspend",
];

#[test]
fn clock() {
    let mut decided = 0;
    for (id, case) in group(DEADLINE, "clock") {
        let (timeline, expect) = (&case["timeline"], &case["expect"]);
        let left = |value: &Value| {
            // What is below zero does not cross
            Duration::from_nanos(u64::try_from(value.as_i64().unwrap()).unwrap_or(0))
        };
        if CLOCK_OF_THE_HOST.contains(&&*id) {
            continue;
        }
        decided += 1;
        if let Some(text) = expect.get("grpcTimeout") {
            let timeout = grpc_timeout(left(&timeline["remainingNanos"]));
            assert_eq!(json!(timeout), *text, "{id}");
        } else if id.starts_with("CLK-outbound-connect") {
            let timeout = timeout_millis(left(&timeline["remainingNanos"]));
            assert_eq!(json!(timeout), expect["connectTimeoutMs"], "{id}");
        } else if id == "CLK-cross" {
            let zero = Instant::now();
            let now = zero + left(&timeline["rustNowNanos"]);
            let deadline = deadline_in(now, left(&expect["transferredRemainingNanos"]));
            assert_eq!(deadline - zero, left(&expect["rustDeadlineNanos"]), "{id}");
            assert_eq!(remaining(deadline, deadline), None);
        } else if id == "CLK-retry" {
            let (remaining, delay) = (
                left(&timeline["remainingNanos"]),
                left(&timeline["retryDelayNanos"]),
            );
            assert_eq!(
                json!(retry_fits(remaining, delay)),
                expect["retryScheduled"]
            );
        } else if id == "CLK-batch" {
            let members = timeline["remaining"].as_array().unwrap();
            let group = group_deadline(members.iter().map(Value::as_i64));
            assert_eq!(json!(group), expect["batchDeadlineNanos"], "{id}");
        } else {
            panic!("{id} is decided by nobody");
        }
    }
    assert!(decided >= 16, "{decided}");
}

#[test]
fn what_does_not_fit_is_as_good_as_never() {
    assert_eq!(grpc_timeout(Duration::MAX).unwrap(), "99999999H");
    assert_eq!(timeout_millis(Duration::MAX).unwrap(), "9999999999");
    let now = Instant::now();
    assert!(deadline_in(now, Duration::MAX) > now + Duration::from_secs(1 << 20));
    assert_eq!(group_deadline([Some(2), Some(5), Some(1)]), Some(5));
    assert_eq!(group_deadline::<u8>([]), None);
    assert!(!retry_fits(Duration::from_secs(1), Duration::from_secs(1)));
}

fn id<const N: usize>(hex_text: &Value) -> [u8; N] {
    let bytes = hex::decode(hex_text.as_str().unwrap()).unwrap();
    bytes.try_into().unwrap()
}

/// What crosses for a case, or nothing for one that starts a new trace.
fn crossed(expect: &Value) -> Option<TraceContext> {
    let context = expect["context"].as_object()?;
    Some(TraceContext {
        trace_id: id(&context["traceId"]),
        span_id: id(&context["parentId"]),
        flags: id::<1>(&context["flags"])[0],
        trace_state: expect["tracestate"]["header"].as_str().unwrap_or("").into(),
        remote: context["remote"] == true,
    })
}

#[test]
fn outbound_trace() {
    const SPAN: [u8; 8] = [0, 1, 2, 3, 4, 5, 6, 7];
    let mut decided = 0;
    for (id, case) in group(TRACE, "cases") {
        let expect = &case["expect"];
        let Some(context) = crossed(expect) else {
            // The host starts a new trace, and nothing of this one crosses
            assert!(expect["outbound"].is_null(), "{id}");
            continue;
        };
        assert_eq!(json!(context.is_sampled()), expect["context"]["sampled"]);
        let child = context.child(SPAN);
        let traceparent = child.traceparent();
        let parts: Vec<_> = traceparent.split('-').collect();
        let outbound = &expect["outbound"];
        assert_eq!(json!(parts[0]), outbound["version"], "{id}");
        assert_eq!(json!(parts[1]), outbound["traceId"], "{id}");
        assert_eq!(parts[2], "0001020304050607", "{id}");
        let flags = u8::from_str_radix(parts[3], 16).unwrap();
        assert_eq!(flags & 1 != 0, context.is_sampled(), "{id}");
        let random = flags >> 1;
        assert!(random <= 1, "{id}: unknown flags");
        let rule = format!("sampled by local decision; random bit copied ({random})");
        assert_eq!(outbound["flags"], rule, "{id}");
        assert_eq!(child.trace_state, context.trace_state, "{id}");
        assert_eq!(
            child.trace_state_within(8192),
            &*context.trace_state,
            "{id}"
        );
        assert!(!child.remote);
        decided += 1;
    }
    assert!(decided >= 64, "{decided}");
}

#[test]
fn unknown_flags_do_not_go_out() {
    let context = TraceContext {
        trace_id: [0xab; 16],
        span_id: [0xcd; 8],
        flags: 0xff,
        trace_state: "".into(),
        remote: true,
    };
    let expected = format!("00-{}-{}-03", "ab".repeat(16), "cd".repeat(8));
    assert_eq!(context.traceparent(), expected);
}

#[test]
fn truncation() {
    for (id, case) in group(TRACE, "truncation") {
        let members: Vec<_> = case["input"]["members"]
            .as_array()
            .unwrap()
            .iter()
            .map(|member| {
                let length = usize::try_from(member[1].as_u64().unwrap()).unwrap();
                format!("{}={}", member[0].as_str().unwrap(), "v".repeat(length))
            })
            .collect();
        let context = TraceContext {
            trace_id: [1; 16],
            span_id: [1; 8],
            flags: 0,
            trace_state: members.join(",").into(),
            remote: true,
        };
        let limit = usize::try_from(case["input"]["limit"].as_u64().unwrap()).unwrap();
        let cut = context.trace_state_within(limit);
        let keys: Vec<_> = cut
            .split(',')
            .filter_map(|member| member.split_once('='))
            .map(|(key, _)| key)
            .collect();
        assert_eq!(json!(keys), case["expect"]["keptKeys"], "{id}");
        assert_eq!(json!(cut.len()), case["expect"]["length"], "{id}");
    }
}

#[test]
fn names_that_are_no_headers_are_refused() {
    for name in ["", " ", "x tenant", "x-ü", ":path", "x:y", "\r\n"] {
        let error = OutboundRules::new(&[name.to_owned()], true).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration, "{name}");
        assert!(error.message.contains("legal header name"), "{error}");
        assert!(
            error
                .message
                .bytes()
                .all(|byte| matches!(byte, b' '..=b'~'))
        );
    }
    for name in [
        "GRPC-Timeout",
        "grpc-foo",
        "Host",
        ":Authority",
        "Content-Type",
    ] {
        assert!(
            OutboundRules::new(&[name.to_owned()], true).is_err(),
            "{name}"
        );
    }
}

#[test]
fn credentials_travel_encrypted_or_stay_here() {
    let rules = OutboundRules::new(&["Authorization".to_owned()], true).unwrap();
    assert_eq!(rules.names().collect::<Vec<_>>(), ["authorization"]);
    for host in [
        "localhost",
        "127.0.0.1",
        "127.9.9.9",
        "::1",
        "[::1]",
        "[::ffff:127.0.0.1]",
    ] {
        assert!(rules.check_target(false, host).is_ok(), "{host}");
    }
    for host in [
        "gw.example",
        "10.0.0.1",
        "localhost.example",
        "127.0.0.1.nip.io",
        "",
    ] {
        let error = rules.check_target(false, host).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration, "{host}");
        assert!(rules.check_target(true, host).is_ok(), "{host}");
    }
    let none = OutboundRules::new(&["x-tenant".to_owned()], false).unwrap();
    assert!(none.check_target(false, "gw.example").is_ok());
}

#[test]
fn http_takes_other_text_than_grpc() {
    let names = ["x-u".to_owned(), "x-a-bin".to_owned()];
    let rules = OutboundRules::new(&names, false).unwrap();
    let call = CallBuilder::new(1)
        .header("x-u", "hé")
        .header("x-u", "a\u{1}")
        .binary_header("x-a-bin", &[1, 2, 3, 4])
        .build()
        .unwrap();
    let outbound = rules.for_http(call.metadata());
    let pairs: Vec<_> = outbound.pairs.iter().map(|(n, v)| (*n, &**v)).collect();
    assert_eq!(pairs, [("x-u", "hé".as_bytes()), ("x-a-bin", b"AQIDBA")]);
    assert_eq!(outbound.dropped, 1);
    assert_eq!(rules.for_grpc(call.metadata()).dropped, 2);
}
