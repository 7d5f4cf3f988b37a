// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Settings of call contexts. The host applies those of deadlines and metadata when it builds a
//! context; here all are checked, so that nodes can rely on them.

use std::collections::{BTreeMap, BTreeSet};

use ferrule_abi::layout::frame;
use ferrule_context::{Error, OutboundRules};
use http::HeaderName;
use serde::Deserialize;

use crate::error::configuration::configuration;

/// Longest deadline, so that nanoseconds fit a signed 64-bit number.
const MOST_MILLIS: u64 = i64::MAX as u64 / 1_000_000;

/// The settings of call contexts: the field `context` of the start configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ContextSettings {
    /// Milliseconds of a call that brings no deadline; 0 for no deadline.
    pub default_deadline_millis: u64,
    /// Milliseconds that no call can exceed; 0 for no maximum.
    pub maximum_deadline_millis: u64,
    /// Headers that bring a deadline, and how they are written.
    pub deadline_headers: BTreeMap<String, DeadlineForm>,
    /// Whether a malformed deadline header is an error and not ignored.
    pub strict_deadline_headers: bool,
    /// Capture of request headers.
    pub metadata: MetadataSettings,
    /// Captured headers that go to the downstream.
    pub outbound: OutboundSettings,
}

/// The grammar of a deadline header, which is that of the protocol that it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DeadlineForm {
    /// `grpc-timeout`: at most 8 digits and a unit.
    Grpc,
    /// `connect-timeout-ms`: at most 10 digits, milliseconds.
    Connect,
    /// `x-envoy-expected-rq-timeout-ms`: milliseconds.
    Envoy,
    /// `x-request-timeout`: a number with a unit, milliseconds without.
    Duration,
}

/// The settings of the capture of request headers.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct MetadataSettings {
    /// Whether request headers are captured.
    pub capture: bool,
    /// Most headers of one call.
    pub max_entries: usize,
    /// Most bytes of one name.
    pub max_name_bytes: usize,
    /// Most bytes of one value.
    pub max_value_bytes: usize,
    /// Most bytes of all names and values of one call.
    pub max_total_bytes: usize,
}

/// The allow-list of captured headers that go to the downstream.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct OutboundSettings {
    /// Names; nothing goes out that is not named.
    pub headers: Vec<String>,
    /// Whether the names may include those of credentials.
    pub allow_credentials: bool,
}

impl Default for ContextSettings {
    fn default() -> Self {
        Self {
            default_deadline_millis: 0,
            maximum_deadline_millis: 0,
            deadline_headers: [
                ("grpc-timeout", DeadlineForm::Grpc),
                ("connect-timeout-ms", DeadlineForm::Connect),
                ("x-envoy-expected-rq-timeout-ms", DeadlineForm::Envoy),
                ("x-request-timeout", DeadlineForm::Duration),
            ]
            .map(|(name, form)| (name.to_owned(), form))
            .into(),
            strict_deadline_headers: false,
            metadata: MetadataSettings::default(),
            outbound: OutboundSettings::default(),
        }
    }
}

impl Default for MetadataSettings {
    fn default() -> Self {
        Self {
            capture: false,
            max_entries: 32,
            max_name_bytes: 128,
            max_value_bytes: 4096,
            max_total_bytes: 16_384,
        }
    }
}

impl ContextSettings {
    /// Refuses values that contradict each other or do not fit a frame, and names the remedy.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.check_deadlines()?;
        self.metadata.check()?;
        self.outbound.rules().map(|_| ())
    }

    fn check_deadlines(&self) -> Result<(), Error> {
        let (default, maximum) = (self.default_deadline_millis, self.maximum_deadline_millis);
        for (name, value) in [
            ("defaultDeadlineMillis", default),
            ("maximumDeadlineMillis", maximum),
        ] {
            if value > MOST_MILLIS {
                return Err(refused(name, format!("must be at most {MOST_MILLIS}")));
            }
        }
        if maximum != 0 && default > maximum {
            return Err(refused(
                "defaultDeadlineMillis",
                format!(
                    "is {default}, which is longer than maximumDeadlineMillis ({maximum}): \
                     shorten it, or lengthen the maximum"
                ),
            ));
        }
        let mut seen = BTreeSet::new();
        for name in self.deadline_headers.keys() {
            if HeaderName::from_bytes(name.as_bytes()).is_err() {
                return Err(refused(
                    "deadlineHeaders",
                    format!("has {name:?}, which is no header name: use letters, digits and -"),
                ));
            }
            if !seen.insert(name.to_ascii_lowercase()) {
                return Err(refused(
                    "deadlineHeaders",
                    format!("has {name:?} in two spellings: keep one"),
                ));
            }
        }
        Ok(())
    }
}

impl OutboundSettings {
    pub(crate) fn rules(&self) -> Result<OutboundRules, Error> {
        OutboundRules::new(&self.headers, self.allow_credentials)
            .map_err(|error| refused("outbound.headers:", error.message.into_owned()))
    }
}

impl MetadataSettings {
    fn check(&self) -> Result<(), Error> {
        for (name, value, most) in [
            ("maxEntries", self.max_entries, frame::MAX_METADATA_COUNT),
            ("maxNameBytes", self.max_name_bytes, usize::from(u16::MAX)),
            (
                "maxValueBytes",
                self.max_value_bytes,
                frame::MAX_CONTEXT_LENGTH,
            ),
            (
                "maxTotalBytes",
                self.max_total_bytes,
                frame::MAX_CONTEXT_LENGTH,
            ),
        ] {
            if value == 0 || value > most {
                return Err(refused(
                    &format!("metadata.{name}"),
                    format!("must be from 1 to {most}"),
                ));
            }
        }
        let room = frame::MAX_CONTEXT_LENGTH - self.max_entries * frame::INDEX_ENTRY_LENGTH;
        if self.max_total_bytes > room {
            return Err(refused(
                "metadata.maxTotalBytes",
                format!(
                    "must be at most {room} beside metadata.maxEntries {}, for both share one frame",
                    self.max_entries
                ),
            ));
        }
        Ok(())
    }
}

fn refused(field: &str, text: String) -> Error {
    configuration(format!("start configuration: context.{field} {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str) -> Result<(), Error> {
        serde_json::from_str::<ContextSettings>(json)
            .unwrap()
            .check()
    }

    #[test]
    fn defaults_are_valid_and_those_of_the_contract() {
        check("{}").unwrap();
        let settings: ContextSettings = serde_json::from_str("{}").unwrap();
        assert_eq!(settings.metadata.max_total_bytes, 16_384);
        assert_eq!(
            settings.deadline_headers["x-request-timeout"],
            DeadlineForm::Duration
        );
        assert!(!settings.metadata.capture);
    }

    #[test]
    fn refusal_names_the_field() {
        for (json, field) in [
            (
                r#"{"defaultDeadlineMillis":2,"maximumDeadlineMillis":1}"#,
                "context.defaultDeadlineMillis",
            ),
            (
                r#"{"maximumDeadlineMillis":9300000000000}"#,
                "context.maximumDeadlineMillis",
            ),
            (
                r#"{"deadlineHeaders":{"x y":"grpc"}}"#,
                "context.deadlineHeaders",
            ),
            (
                r#"{"deadlineHeaders":{"x-a":"grpc","X-A":"envoy"}}"#,
                "two spellings",
            ),
            (r#"{"metadata":{"maxEntries":1025}}"#, "metadata.maxEntries"),
            (
                r#"{"metadata":{"maxNameBytes":65536}}"#,
                "metadata.maxNameBytes",
            ),
            (
                r#"{"metadata":{"maxValueBytes":0}}"#,
                "metadata.maxValueBytes",
            ),
            (
                r#"{"metadata":{"maxTotalBytes":1048576}}"#,
                "metadata.maxTotalBytes",
            ),
            (r#"{"outbound":{"headers":["host"]}}"#, "context.outbound"),
            (
                r#"{"outbound":{"headers":["authorization"]}}"#,
                "allow-credentials",
            ),
        ] {
            let error = check(json).unwrap_err();
            assert!(error.message.contains(field), "{json}: {error}");
        }
    }

    #[test]
    fn unknown_form_and_unknown_field_are_refused() {
        for json in [
            r#"{"deadlineHeaders":{"x":"http"}}"#,
            r#"{"metadata":{"max":1}}"#,
        ] {
            assert!(serde_json::from_str::<ContextSettings>(json).is_err());
        }
    }
}
