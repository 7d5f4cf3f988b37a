// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Nodes of ours.

mod batch;
mod export;
mod gate;
mod host;
mod log;
