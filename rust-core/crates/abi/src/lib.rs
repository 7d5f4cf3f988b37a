// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Byte layouts, handles and raw memory of Ferrule's native interface.
//!
//! The host submits a [`frame`] for each call and reads [`record`]s; both are laid out by
//! [`layout`]. Engines and reserved payloads are named by [`handle`]s. Only this crate and
//! `ferrule` (the exports) touch raw [`memory`]. It knows nothing of the engine, compiles in a
//! second and runs under miri.

pub mod frame;
pub mod handle;
pub mod java;
pub mod layout;
pub mod memory;
pub mod record;
