// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Names of headers.

pub(super) const HOST: &str = "host";
const AUTHORITY: &str = ":authority";

/// A name as it is stored: lower case, `host` for `:authority`.
pub(crate) fn canonical(name: &str) -> Box<str> {
    without_alias(name).to_ascii_lowercase().into()
}

/// Whether a name is a token of RFC 9110, section 5.6.2, in any case.
#[must_use]
pub fn is_token(name: &str) -> bool {
    // Not `http::HeaderName`: this crate needs nothing else of HTTP
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// The name that an entry is stored by, in any case.
pub(super) fn without_alias(name: &str) -> &str {
    if name.eq_ignore_ascii_case(AUTHORITY) {
        HOST
    } else {
        name
    }
}
