// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Validation of payloads.

use ferrule_context::Error;
use ferrule_otlp::Signal;

use crate::error::operation::DECODE;

/// Checks that a payload is OTLP protobuf of its signal.
pub(crate) fn check(signal: Signal, payload: &[u8]) -> Result<(), Error> {
    ferrule_otlp::validate(signal, payload)
        .map(|_| ())
        .map_err(|error| Error::invalid_payload(error.to_string()).during(DECODE))
}
