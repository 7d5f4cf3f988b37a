// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! For nodes of others that obey the call whose data they handle.
//!
//! A node implements one of the traits in [`local`] and registers the factory that stands beside
//! the trait. The adapter asks [`ContextEffectHandler`] before each operation whether somebody
//! still waits for the data; long work asks it in between. Data that belongs to no call passes as
//! in the engine without Ferrule. A node that must be `Send` implements the engine's own trait and
//! makes a [`ContextEffectHandler`] for each message.
//!
//! The type of such a node starts with `urn:ferrule`, for example
//! `urn:ferrule-acme:processor:tenant`: nodes so named are told which engine they belong to.

mod effects;
mod handler;
pub mod local;
mod metrics;
pub(crate) mod support;

pub use self::effects::SendMessages;
pub use self::handler::{ContextEffectHandler, Next, Unsent};
