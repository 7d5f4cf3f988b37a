// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What the host passes at start.

pub(crate) mod context;
pub(crate) mod log_threshold;
pub(crate) mod start;
pub(crate) mod tls;
