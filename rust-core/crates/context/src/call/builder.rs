// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Builder of calls that no host submitted.

use std::sync::Arc;
use std::time::Duration;

use super::{Attributes, Call, NoOwner};
use crate::error::{Error, ErrorKind};
use crate::metadata::{Entry, Metadata, canonical, is_credential, is_token};
use crate::trace::TraceContext;

/// Builder of a call, for tests of nodes. It refuses what the host would not send.
#[derive(Debug)]
pub struct CallBuilder {
    id: u64,
    time_left: Duration,
    headers: Vec<(String, Vec<u8>, bool)>,
    trace: Option<TraceContext>,
    attributes: Attributes,
}

impl CallBuilder {
    /// Starts with a call without deadline, metadata, trace and attributes. `id` must not be zero,
    /// and its highest bit not set.
    #[must_use]
    pub fn new(id: u64) -> Self {
        Self {
            id,
            time_left: Duration::MAX,
            headers: Vec::new(),
            trace: None,
            attributes: Attributes::default(),
        }
    }

    /// Sets the time until the deadline, counted from [`CallBuilder::build`]; zero for a call that
    /// has expired.
    #[must_use]
    pub fn time_left(mut self, time_left: Duration) -> Self {
        self.time_left = time_left;
        self
    }

    /// Adds a text header behind those added before; its name in any case.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into(), false));
        self
    }

    /// Adds a binary header behind those added before; its name in any case.
    #[must_use]
    pub fn binary_header(mut self, name: &str, value: &[u8]) -> Self {
        self.headers.push((name.into(), value.into(), true));
        self
    }

    /// Sets the trace.
    #[must_use]
    pub fn trace(mut self, trace: TraceContext) -> Self {
        self.trace = Some(trace);
        self
    }

    /// Sets the attributes' JSON, valid or not.
    #[must_use]
    pub fn attributes(mut self, json: &str) -> Self {
        self.attributes = json.as_bytes().to_vec().into();
        self
    }

    /// Builds the call, submitted now.
    ///
    /// # Errors
    /// `Configuration` for an id of zero, for a name that is no token, and for a text value with
    /// a line break or NUL.
    pub fn build(self) -> Result<Call, Error> {
        if self.id == 0 {
            return Err(illegal("a call's id must not be zero"));
        }
        let mut metadata = Metadata::builder(self.headers.len(), 0);
        for (name, value, binary) in &self.headers {
            let name = canonical(name);
            if !is_token(&name) {
                return Err(illegal("a header's name must be a token"));
            }
            if !binary && value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
                return Err(illegal("a text value must not hold line breaks or NUL"));
            }
            metadata.push(Entry {
                name: &name,
                value,
                binary: *binary,
                sensitive: is_credential(&name),
            });
        }
        Ok(Call::new(
            self.id,
            self.time_left,
            metadata.build(),
            self.trace,
            self.attributes,
            Arc::new(NoOwner),
        ))
    }
}

fn illegal(why: &'static str) -> Error {
    Error::new(ErrorKind::Configuration, why)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::{Admission, CallTable, Outbox};

    #[test]
    fn built_call_gives_back_what_went_in() {
        let call = CallBuilder::new(7)
            .time_left(Duration::from_secs(5))
            .header("X-Tenant", "a")
            .header(":authority", "gw")
            .header("Authorization", "s")
            .binary_header("x-a-bin", &[1, 0])
            .attributes(r#"{"a":{"b":[1]}}"#)
            .build()
            .unwrap();
        let metadata = call.metadata();
        assert_eq!(metadata.first("x-tenant"), Some("a"));
        assert_eq!(metadata.host(), Some("gw"));
        assert_eq!(metadata.first_binary("x-a-bin"), Some(&[1, 0][..]));
        assert!(
            metadata
                .entries("authorization")
                .all(|entry| entry.sensitive)
        );
        assert_eq!(call.attributes().get("a").unwrap()["b"][0], 1);
        assert!(call.time_left(Instant::now()).unwrap() <= Duration::from_secs(5));
    }

    #[test]
    fn what_the_host_would_not_send_is_refused() {
        for call in [
            CallBuilder::new(0),
            CallBuilder::new(1).header("", "a"),
            CallBuilder::new(1).header("a b", "a"),
            CallBuilder::new(1).header(":path", "a"),
            CallBuilder::new(1).header("a", "a\r\nb: c"),
        ] {
            assert_eq!(call.build().unwrap_err().kind, ErrorKind::Configuration);
        }
    }

    #[test]
    fn broken_attributes_leave_the_rest_and_are_counted_once() {
        let table = CallTable::new(Arc::new(Outbox::new(4)));
        for (id, json) in [(1, "{\"a\":"), (2, "[1]"), (3, "{\"a\":1}"), (4, "")] {
            let call = CallBuilder::new(id).header("x", "1").attributes(json);
            let Admission::Admitted(call) = table.admit(call.build().unwrap()) else {
                panic!("not admitted");
            };
            assert_eq!(call.attributes().json(), json.as_bytes());
            assert_eq!(call.attributes().object().is_some(), id == 3);
            assert_eq!(call.attributes().get("a").is_some(), id == 3);
            assert_eq!(call.metadata().first("x"), Some("1"));
        }
        assert_eq!(table.counters().degraded, 2);
    }
}
