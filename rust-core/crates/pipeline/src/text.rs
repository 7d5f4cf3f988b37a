// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Text of others, made fit for headers and logs.

use url::Url;

/// More is cut.
const MOST_CHARS: usize = 1024;

/// The replacement of an address.
const HIDDEN: &str = "(address)";

/// Control characters become spaces, those that turn the direction of text among them, and the
/// length is bounded.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .take(MOST_CHARS)
        .map(|c| if is_control(c) { ' ' } else { c })
        .collect()
}

fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// How `serde` begins when a value has the wrong type, and what it calls those that it shows.
const WRONG: [&str; 2] = ["invalid type: ", "invalid value: "];
const SHOWN: [&str; 4] = ["string", "integer", "floating point", "character"];

/// A message about a wrong configuration without the wrong values, which may be credentials in the
/// wrong place.
pub(crate) fn without_values(message: &str) -> String {
    let mut text = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(at) = WRONG
        .iter()
        .filter_map(|lead| rest.find(lead).map(|at| at + lead.len()))
        .min()
    {
        let (lead, value) = rest.split_at(at);
        text.push_str(lead);
        rest = value;
        for shown in SHOWN {
            if let Some(value) = value.strip_prefix(shown)
                && let Some(value) = value.strip_prefix(' ')
            {
                text.push_str(shown);
                rest = after_quoted(value);
            }
        }
    }
    text.push_str(rest);
    text
}

/// What follows a value in quotes or backticks. Both may be escaped, if the message is part of
/// another one; each escaping makes `2n + 1` backslashes of `n` in front of a quote.
fn after_quoted(value: &str) -> &str {
    let escapes = value.len() - value.trim_start_matches('\\').len();
    let Some(quote) = value[escapes..].chars().next() else {
        return value;
    };
    if !matches!(quote, '"' | '`') {
        return value;
    }
    value
        .match_indices(quote)
        .skip(1)
        .find(|(at, _)| {
            let before = &value[..*at];
            let backslashes = before.len() - before.trim_end_matches('\\').len();
            backslashes % (2 * (escapes + 1)) == escapes
        })
        .map_or("", |(at, _)| &value[at + 1..])
}

/// A number of digits alone, without a sign; more digits than fit are a large number, too.
pub(crate) fn digits(text: &str) -> Option<u64> {
    let all_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| text.parse().unwrap_or(u64::MAX))
}

/// Where an exporter sends to, which no text may give away.
#[derive(Debug, Default)]
pub(crate) struct Addresses {
    /// Host and port, in lower case.
    known: Vec<String>,
}

impl Addresses {
    /// The addresses of URLs, and of the same machine under its other names.
    pub(crate) fn of<'a>(urls: impl IntoIterator<Item = &'a str>) -> Self {
        let mut known = Vec::new();
        for url in urls {
            let url = if url.contains("://") {
                Url::parse(url)
            } else {
                Url::parse(&format!("http://{url}"))
            };
            let Ok(url) = url else { continue };
            let Some(host) = url.host_str().map(str::to_ascii_lowercase) else {
                continue;
            };
            let port = url.port_or_known_default().unwrap_or(80);
            let aliases: &[&str] = match &*host {
                "localhost" | "127.0.0.1" | "[::1]" => &["localhost", "127.0.0.1", "[::1]"],
                other => &[other],
            };
            for host in aliases {
                known.push(format!("{host}:{port}"));
                known.push(format!("://{host}"));
            }
        }
        known.sort();
        known.dedup();
        Self { known }
    }

    /// The text without the addresses; none if there are none in it. With an address goes the
    /// whole URL around it.
    pub(crate) fn hide(&self, text: &str) -> Option<String> {
        // ASCII alone changes, so places in both are the same
        let lower = text.to_ascii_lowercase();
        let mut hidden = String::new();
        let mut from = 0;
        while let Some(at) = self.first_in(&lower, from) {
            let start = text[from..at]
                .rfind(|c| is_end(c) || c == '=')
                .map_or(from, |i| from + i + 1);
            let end = text[at..].find(is_end).map_or(text.len(), |i| at + i);
            let end = start + text[start..end].trim_end_matches(['.', ':']).len();
            hidden.push_str(&text[from..start]);
            hidden.push_str(HIDDEN);
            from = end;
        }
        (from > 0).then(|| hidden + &text[from..])
    }

    fn first_in(&self, lower: &str, from: usize) -> Option<usize> {
        let found = self.known.iter().filter_map(|address| {
            lower[from..]
                .match_indices(address.as_str())
                .map(|(i, _)| from + i)
                .find(|at| stands_alone(lower, *at, address))
        });
        found.min()
    }
}

/// Whether an address is not the middle of another one.
fn stands_alone(text: &str, at: usize, address: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let rest = text[at + address.len()..].trim_start_matches('.');
    let starts = address.starts_with("://") || !text[..at].trim_end_matches('.').ends_with(is_name);
    starts && !rest.starts_with(is_name)
}

/// What ends an address in a text; all are one byte long.
fn is_end(c: char) -> bool {
    c == ' '
        || matches!(
            c,
            '"' | '\'' | '`' | '<' | '>' | '(' | ')' | '{' | '}' | ',' | ';'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_and_length_are_bounded() {
        assert_eq!(
            clean("a\r\nb\u{1e}\u{85}ü\u{2028}\u{202e}\u{200f}"),
            "a  b  ü   "
        );
        assert_eq!(clean(&"ü".repeat(1 << 20)).chars().count(), MOST_CHARS);
    }

    #[test]
    fn values_of_a_wrong_type_are_not_shown() {
        let quoted = format!("{:?}", r#"a "secret\"#);
        let message = format!("token: invalid type: string {quoted}, expected a map at line 2");
        let expected = "token: invalid type: string, expected a map at line 2";
        assert_eq!(without_values(&message), expected);
        assert_eq!(
            without_values(&format!("[Error {{ {message:?} }}, 1]")),
            format!("[Error {{ {expected:?} }}, 1]")
        );
        for (message, expected) in [
            (
                "invalid value: integer `4711`, expected b; invalid type: floating point `1.5`, expected d",
                "invalid value: integer, expected b; invalid type: floating point, expected d",
            ),
            (
                "invalid type: sequence, expected \"a\"",
                "invalid type: sequence, expected \"a\"",
            ),
            ("invalid type: string \"secret", "invalid type: string"),
            ("unknown field `a`", "unknown field `a`"),
        ] {
            assert_eq!(without_values(message), expected);
        }
    }

    #[test]
    fn digits_alone_are_a_number() {
        assert_eq!(digits("007"), Some(7));
        assert_eq!(digits(&"9".repeat(100)), Some(u64::MAX));
        for text in ["", "+5", "-5", " 5", "5s", "٣"] {
            assert_eq!(digits(text), None, "{text}");
        }
    }

    #[test]
    fn own_address_is_hidden_with_its_url() {
        let own = Addresses::of(["http://user:pw@Collector.internal:4318/v1/traces"]);
        for (text, expected) in [
            (
                "request to http://collector.internal:4318/v1/traces?k=v responded with 503",
                "request to (address) responded with 503",
            ),
            (
                "dial COLLECTOR.internal:4318: refused",
                "dial (address): refused",
            ),
            (
                "url=\"http://u:p@collector.internal:4318\".",
                "url=\"(address)\".",
            ),
            (
                "https://collector.internal/x and collector.internal:4318",
                "(address) and (address)",
            ),
            ("ü collector.internal:4318", "ü (address)"),
        ] {
            assert_eq!(own.hide(text).as_deref(), Some(expected));
        }
        for text in [
            "",
            "see https://docs.example/limits",
            "collector.internal:43180",
            "my-collector.internal:4318",
            "the collector.internal is full",
        ] {
            assert_eq!(own.hide(text), None, "{text}");
        }
    }

    #[test]
    fn own_machine_has_more_names_than_one() {
        let own = Addresses::of(["http://localhost:4317", "https://[2001:db8::1]", ""]);
        let text = "127.0.0.1:4317 [::1]:4317 localhost:4317 [2001:db8::1]:443";
        let hidden = own.hide(text).unwrap();
        assert_eq!(hidden, "(address) (address) (address) (address)");
        assert_eq!(Addresses::default().hide(text), None);
    }
}
