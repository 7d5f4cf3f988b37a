// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What a call must get past before it is in flight: byte budget and lane, or a refusal.

pub(crate) mod budget;
pub(crate) mod lane;
pub(crate) mod refusal;
