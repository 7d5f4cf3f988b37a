// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Traits of nodes that need not be `Send`, as most nodes of the engine, and their adapters.

mod exporter;
mod processor;
mod receiver;

pub use self::exporter::{ContextExporter, ExporterHandler, exporter_factory};
pub use self::processor::{ContextProcessor, ProcessorHandler, processor_factory};
pub use self::receiver::{ContextReceiver, ReceiverHandler, receiver_factory};
