// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The engine's own logs on their way to the host's logging.
//!
//! The engine gives most of its threads a dispatcher of their own, which ends in its observability
//! pipeline and there in [`exporter`]. Threads without one end in [`subscriber`].

mod exporter;
pub(crate) mod hosts;
pub(crate) mod install;
mod intercepted;
mod line;
pub(crate) mod panics;
pub(crate) mod subscriber;
