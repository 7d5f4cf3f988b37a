// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What an error costs until its record is written: `cargo bench -p ferrule-context`

use std::sync::Arc;

use divan::{Bencher, black_box};
use ferrule_context::{Details, Error};

fn main() {
    divan::main();
}

fn answered() -> Error {
    Error {
        origin: "grpc",
        ..Error::retryable("the downstream refused the data").during("export")
    }
}

/// Two details as servers send them, `ErrorInfo` and `Help`.
fn detailed() -> Error {
    let mut details = Details::default();
    details.push_protobuf("type.googleapis.com/google.rpc.ErrorInfo", &[7; 60]);
    details.push_protobuf("type.googleapis.com/google.rpc.Help", &[7; 120]);
    Error {
        details: Some(Arc::new(details)),
        ..answered()
    }
}

#[divan::bench]
fn new() -> Error {
    black_box(Error::retryable("the downstream refused the data"))
}

#[divan::bench]
fn new_with_details() -> Error {
    black_box(detailed())
}

#[divan::bench]
fn clone_with_details(bencher: Bencher<'_, '_>) {
    let error = detailed();
    bencher.bench_local(|| black_box(&error).clone());
}

#[divan::bench]
fn json_of_nothing(bencher: Bencher<'_, '_>) {
    let error = Error::timeout();
    bencher.bench_local(|| black_box(&error).details_json());
}

#[divan::bench]
fn json_of_names(bencher: Bencher<'_, '_>) {
    let error = answered();
    bencher.bench_local(|| black_box(&error).details_json());
}

#[divan::bench]
fn json_of_details(bencher: Bencher<'_, '_>) {
    let error = detailed();
    bencher.bench_local(|| black_box(&error).details_json());
}
