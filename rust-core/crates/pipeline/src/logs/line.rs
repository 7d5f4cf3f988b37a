// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The text of a log line.

use std::fmt::{Display, Write};

use crate::text::clean;

/// An event as text: name, message and fields.
#[derive(Debug)]
pub(super) struct LineText {
    text: String,
    fields: String,
}

impl LineText {
    pub(super) fn of(event: &str) -> Self {
        Self {
            text: event.to_owned(),
            fields: String::new(),
        }
    }

    pub(super) fn message(&mut self, message: &impl Display) {
        // Writing to a string does not fail.
        let _ = write!(self.text, ": {message}");
    }

    pub(super) fn field(&mut self, name: &str, value: &impl Display) {
        let _ = write!(self.fields, " {name}={value}");
    }

    pub(super) fn finish(mut self) -> String {
        self.text.push_str(&self.fields);
        clean(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_follow_the_message() {
        let mut line = LineText::of("receiver.start");
        line.field("port", &4317);
        line.message(&"Receiver\nstarted");
        line.field("node", &"in");
        assert_eq!(
            line.finish(),
            "receiver.start: Receiver started port=4317 node=in"
        );
        assert_eq!(LineText::of("a.b").finish(), "a.b");
    }
}
