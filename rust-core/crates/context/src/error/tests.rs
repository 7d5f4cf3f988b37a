// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn numbers_and_codes_are_those_of_the_contract() {
    let table: Vec<_> = ErrorKind::ALL
        .iter()
        .map(|kind| (kind.number(), kind.grpc_code(), kind.is_permanent()))
        .collect();
    assert_eq!(
        table,
        [
            (1, 13, true),
            (2, 14, false),
            (3, 1, false),
            (4, 4, false),
            (5, 8, false),
            (6, 3, true)
        ]
    );
}

#[test]
fn invalid_argument_is_permanent_even_if_retryable() {
    let error = Error {
        grpc_code: Some(3),
        ..Error::retryable("no")
    };
    assert!(error.is_permanent());
    assert_eq!(error.effective_grpc_code(), 3);
}

#[test]
fn timeout_takes_no_specific_code() {
    let error = Error {
        grpc_code: Some(3),
        ..Error::timeout()
    };
    assert_eq!(error.effective_grpc_code(), 4);
    assert!(!error.is_permanent());
}

#[test]
fn what_is_known_beside_the_message_is_one_json_object() {
    let mut error = Error::retryable("later");
    assert_eq!(error.details_json(), None);
    error = error.during("export").during("batch");
    assert_eq!(error.details_json().unwrap(), r#"{"operation":"export"}"#);
    let mut details = Details::default();
    details.push_protobuf("a", &[1]);
    error.details = Some(Arc::new(details));
    error.origin = "\"gr\\p\nc";
    assert_eq!(
        error.details_json().unwrap(),
        r#"{"details":[{"@type":"a","value":"AQ=="}],"source":"grpc","operation":"export"}"#
    );
}

#[test]
fn panic_tells_nothing_of_itself() {
    let error = Error::panicked();
    assert!(error.is_permanent());
    assert_eq!(
        (error.effective_grpc_code(), error.effective_http_status()),
        (13, 500)
    );
}
