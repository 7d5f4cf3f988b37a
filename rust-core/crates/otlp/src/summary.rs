// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Summary of a request in one line, for log output.

mod items;

use std::fmt;

use self::items::{NAME_CHARS, describe};
use crate::signal::Signal;
use crate::text::{clean, count};
use crate::wire::messages;

/// Most items that a summary names.
const NAMED_ITEMS: usize = 3;

/// Longest summary, in bytes.
const MAX_BYTES: usize = 1000;

/// Summary of a request: its counts, its service and the names of the first items. Shown, it is one
/// line of at most 1000 bytes and an ellipsis, without control characters, whatever the request
/// holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    signal: Signal,
    resources: u64,
    scopes: u64,
    /// Spans, metrics or log records.
    entries: u64,
    points: u64,
    service: Option<String>,
    named: Vec<String>,
}

/// Summarizes the request of this signal in protobuf. Parts that are not well-formed are passed
/// over; this never fails.
#[must_use]
pub fn summarize(signal: Signal, bytes: &[u8]) -> Summary {
    let mut summary = Summary {
        signal,
        resources: 0,
        scopes: 0,
        entries: 0,
        points: 0,
        service: None,
        named: Vec::new(),
    };
    // Numbers are the same for all signals down to the items.
    for resource in messages(bytes, 1) {
        summary.resources += 1;
        if summary.service.is_none() {
            summary.service = messages(resource, 1).find_map(service_name);
        }
        for scope in messages(resource, 2) {
            summary.scopes += 1;
            for entry in messages(scope, 2) {
                summary.add(entry);
            }
        }
    }
    summary
}

impl Summary {
    /// Returns the number of spans, data points or log records.
    #[must_use]
    pub const fn items(&self) -> u64 {
        match self.signal {
            Signal::Metrics => self.points,
            Signal::Traces | Signal::Logs => self.entries,
        }
    }

    fn add(&mut self, entry: &[u8]) {
        self.entries += 1;
        if self.signal == Signal::Metrics {
            self.points += items::points(entry);
        }
        if self.named.len() < NAMED_ITEMS {
            self.named.push(describe(self.signal, entry));
        }
    }

    fn write_counts(&self, line: &mut impl fmt::Write) -> fmt::Result {
        write!(line, "{}: ", self.signal.name())?;
        match self.signal {
            Signal::Traces => write!(line, "{}", count(self.entries, "span"))?,
            Signal::Metrics => write!(
                line,
                "{} of {}",
                count(self.points, "point"),
                count(self.entries, "metric")
            )?,
            Signal::Logs => write!(line, "{}", count(self.entries, "record"))?,
        }
        write!(
            line,
            " in {} of {}",
            count(self.scopes, "scope"),
            count(self.resources, "resource")
        )?;
        match &self.service {
            Some(service) => write!(line, " (service.name={service})"),
            None => Ok(()),
        }
    }

    fn write_line(&self, line: &mut impl fmt::Write) -> fmt::Result {
        self.write_counts(line)?;
        for (index, name) in self.named.iter().enumerate() {
            write!(line, "{} {name}", if index == 0 { ";" } else { "," })?;
        }
        match self.entries.saturating_sub(self.named.len() as u64) {
            0 => Ok(()),
            more => write!(line, ", ... {more} more"),
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = String::new();
        self.write_line(&mut line)?;
        if line.len() <= MAX_BYTES {
            return formatter.write_str(&line);
        }
        formatter.write_str(&line[..line.floor_char_boundary(MAX_BYTES)])?;
        formatter.write_str("…")
    }
}

/// Returns the service's name from a resource.
fn service_name(resource: &[u8]) -> Option<String> {
    let attribute = messages(resource, 1)
        .find(|attribute| messages(attribute, 1).last() == Some(b"service.name"))?;
    let value = messages(attribute, 2).last()?;
    Some(clean(messages(value, 1).last()?, NAME_CHARS))
}

#[cfg(test)]
mod tests;
