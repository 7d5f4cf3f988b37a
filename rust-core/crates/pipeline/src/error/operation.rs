// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The operations in which errors arise, as the errors name them.

/// Decompression, JSON and validation of a payload.
pub(crate) const DECODE: &str = "decode";

/// Merging data of several calls.
pub(crate) const BATCH: &str = "batch";

/// Sending data to a downstream.
pub(crate) const EXPORT: &str = "export";
