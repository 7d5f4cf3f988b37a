// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! From a payload as it came to valid OTLP protobuf: decompression, JSON and validation.

pub(crate) mod coding;
pub(crate) mod payload;
pub(crate) mod pool;
pub(crate) mod validate;
