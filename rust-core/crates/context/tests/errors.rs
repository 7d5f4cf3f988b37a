// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The cases of `error-mapping.json` that the error itself decides: kind, code and permanence. What
//! goes on a wire is decided by the host.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, outside of a test function"
)]

use std::time::Duration;

use ferrule_context::{CancelCause, Error, ErrorKind};
use serde_json::{Value, json};

const FILE: &str = include_str!("../../../../core/src/test/resources/semantics/error-mapping.json");

/// The cases of a section, by what names them. There are some, and no two of the same name.
fn section(section: &str, name: &str) -> Vec<(String, Value)> {
    let mut file: Value = serde_json::from_str(FILE).unwrap();
    let Value::Array(cases) = file[section].take() else {
        panic!("{section} is no list");
    };
    assert!(!cases.is_empty(), "{section} is empty");
    let cases: Vec<_> = cases
        .into_iter()
        .map(|case| (case[name].as_str().unwrap().to_owned(), case))
        .collect();
    let mut names: Vec<_> = cases.iter().map(|(name, _)| name).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), cases.len(), "{section} has names twice");
    cases
}

fn kind(name: &Value) -> ErrorKind {
    *ErrorKind::ALL
        .iter()
        .find(|kind| *name == kind.name().to_uppercase())
        .unwrap_or_else(|| panic!("no such kind: {name}"))
}

fn cause(name: &Value) -> CancelCause {
    match name.as_str().unwrap() {
        "CLIENT" => CancelCause::Client,
        "SHUTDOWN" => CancelCause::Shutdown,
        "BATCH_PEER" => CancelCause::BatchPeer,
        "DOWNSTREAM" => CancelCause::Downstream,
        other => panic!("no such cause: {other}"),
    }
}

#[test]
fn kinds() {
    let mut decided = Vec::new();
    for (name, case) in section("kinds", "kind") {
        let kind = kind(&case["kind"]);
        assert_eq!(json!(kind.grpc_code()), case["defaultGrpc"], "{name}");
        assert_eq!(json!(kind.http_status()), case["defaultHttp"], "{name}");
        assert_eq!(json!(kind.is_permanent()), case["permanent"], "{name}");
        assert_eq!(
            json!(kind.takes_code()),
            case["acceptsSpecificCode"],
            "{name}"
        );
        decided.push(kind);
    }
    assert_eq!(decided, ErrorKind::ALL);
}

#[test]
fn cases() {
    let mut with_code = 0;
    for (id, case) in section("cases", "id") {
        let (input, expect) = (&case["input"], &case["expect"]);
        let code = input["code"].as_u64();
        let error = Error {
            grpc_code: code.map(|code| u8::try_from(code).unwrap()),
            // Whoever reads a negative delay drops it
            retry_delay: input["retryDelayMillis"]
                .as_u64()
                .map(Duration::from_millis),
            cause: input
                .get("cancelCause")
                .filter(|it| !it.is_null())
                .map(cause),
            ..Error::new(kind(&input["kind"]), "")
        };
        assert_eq!(json!(error.is_permanent()), expect["permanent"], "{id}");
        if let Some(effective) = expect.get("effectiveCode") {
            assert_eq!(json!(error.effective_grpc_code()), *effective, "{id}");
            let ignored = code.is_some() && !error.kind.takes_code();
            assert_eq!(json!(ignored), expect["codeIgnored"], "{id}");
            with_code += usize::from(code.is_some());
        }
    }
    assert!(with_code > 250, "{with_code}");
}

/// What each situation is here; none where the host alone meets it.
fn in_situation(id: &str) -> Option<Error> {
    Some(match id {
        "SIT-protobuf" => Error::invalid_payload("m"),
        "SIT-size" => Error::payload_too_large("m"),
        "SIT-authn" => Error::unauthenticated("m"),
        "SIT-authz" => Error::denied("m"),
        "SIT-signal" => Error::unsupported("m"),
        "SIT-deadline" => Error::timeout(),
        "SIT-clientgone" => Error::cancelled(CancelCause::Client),
        "SIT-queuefull" | "SIT-mem" => Error::exhausted("m", Duration::from_secs(1)),
        "SIT-notready" | "SIT-enginedown" => Error::retryable("m"),
        "SIT-panic" => Error::panicked(),
        "SIT-config" => Error::configuration("m"),
        // A refusal, which is no error yet, or what the host alone meets
        "SIT-stopping" | "SIT-javabug" | "SIT-boundary" => return None,
        _ => panic!("{id} is decided by nobody"),
    })
}

#[test]
fn situations() {
    let mut decided = 0;
    for (id, case) in section("situations", "id") {
        let Some(error) = in_situation(&id) else {
            continue;
        };
        let expect = &case["expect"];
        assert_eq!(error.kind, kind(&expect["kind"]), "{id}");
        let code = json!(error.effective_grpc_code());
        assert_eq!(code, expect["wire"]["grpcCode"], "{id}");
        assert!(expect["code"].is_null() || code == expect["code"], "{id}");
        decided += 1;
    }
    assert_eq!(decided, 13);
}
