// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Headers that we give to a message: the call id, the trace, and what goes to the downstream.

pub(crate) mod call_id;
pub(crate) mod names;
pub(crate) mod transport;
