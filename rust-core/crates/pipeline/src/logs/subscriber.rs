// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Takes the events of threads that have no dispatcher of the engine: the controller's own, and
//! those that restart pipelines.

use std::fmt::{self, Debug};
use std::sync::atomic::{AtomicU8, Ordering};

use ferrule_context::LogLevel;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use super::hosts::{log_if_wanted, most_verbose};
use super::intercepted::{ABORT, aborted};
use super::line::LineText;
use crate::config::log_threshold::{ENGINE_TARGET, LogThreshold};

/// A `LogThreshold` as its number.
static THRESHOLD: AtomicU8 = AtomicU8::new(LogThreshold::Warn as u8);

pub(super) fn install() {
    // Fails only if somebody else who is linked into this library has one.
    let _ = tracing::subscriber::set_global_default(HostSubscriber);
}

/// Adapts to the thresholds of the engines; to be called after one changed.
pub(crate) fn refresh() {
    THRESHOLD.store(most_verbose() as u8, Ordering::Relaxed);
    tracing::callsite::rebuild_interest_cache();
}

/// A subscriber that sends events of the engine to the hosts.
struct HostSubscriber;

impl HostSubscriber {
    fn filter() -> LevelFilter {
        match LogThreshold::from_number(THRESHOLD.load(Ordering::Relaxed).into()) {
            None | Some(LogThreshold::Off) => LevelFilter::OFF,
            Some(LogThreshold::Trace) => LevelFilter::TRACE,
            Some(LogThreshold::Debug) => LevelFilter::DEBUG,
            Some(LogThreshold::Info) => LevelFilter::INFO,
            Some(LogThreshold::Warn) => LevelFilter::WARN,
            Some(LogThreshold::Error) => LevelFilter::ERROR,
        }
    }
}

impl Subscriber for HostSubscriber {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event()
            && (*metadata.level() <= Self::filter() || metadata.name() == ABORT)
            && metadata.target().starts_with(ENGINE_TARGET)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(Self::filter().max(LevelFilter::ERROR))
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        if metadata.name() == ABORT {
            let mut message = MessageVisitor(String::new());
            event.record(&mut message);
            aborted(&message.0);
        }
        let mut line = LineText::of(metadata.name());
        event.record(&mut LineVisitor(&mut line));
        log_if_wanted(level(*metadata.level()), metadata.target(), &line.finish());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn level(level: Level) -> LogLevel {
    match level {
        Level::TRACE => LogLevel::Trace,
        Level::DEBUG => LogLevel::Debug,
        Level::INFO => LogLevel::Info,
        Level::WARN => LogLevel::Warn,
        Level::ERROR => LogLevel::Error,
    }
}

/// A visitor that adds an event's fields to a line.
struct LineVisitor<'a>(&'a mut LineText);

impl Visit for LineVisitor<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() != "message" {
            self.0.field(field.name(), &value);
        } else if !value.is_empty() {
            self.0.message(&value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let value = DebugText(value);
        if field.name() == "message" {
            self.0.message(&value);
        } else {
            self.0.field(field.name(), &value);
        }
    }
}

/// A visitor that takes an event's message.
struct MessageVisitor(String);

impl Visit for MessageVisitor {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0 = DebugText(value).to_string();
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.0 = value.to_owned();
        }
    }
}

/// An adapter from `Debug` to `Display`.
struct DebugText<'a>(&'a dyn Debug);

impl fmt::Display for DebugText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
