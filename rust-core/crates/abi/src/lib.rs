// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The layouts, handles and raw memory of Ferrule's native interface.
//!
//! This crate and `ferrule` (the exports) are the only ones that touch raw memory. It knows
//! nothing of the engine, compiles in a second and runs under miri.

pub mod frame;
pub mod handle;
pub mod java;
pub mod layout;
pub mod memory;
pub mod record;
