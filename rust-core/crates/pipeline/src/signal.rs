// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Conversions between our signals and the engine's.

use ferrule_otlp::Signal;

use crate::engine_api::SignalType;

/// The signal of one of the engine's.
pub(crate) const fn signal_of(signal: SignalType) -> Signal {
    match signal {
        SignalType::Traces => Signal::Traces,
        SignalType::Metrics => Signal::Metrics,
        SignalType::Logs => Signal::Logs,
    }
}

/// The engine's signal of one of ours.
pub(crate) const fn signal_type(signal: Signal) -> SignalType {
    match signal {
        Signal::Traces => SignalType::Traces,
        Signal::Metrics => SignalType::Metrics,
        Signal::Logs => SignalType::Logs,
    }
}
