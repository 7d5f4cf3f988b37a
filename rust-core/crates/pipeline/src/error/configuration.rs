// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Errors of configurations.

use ferrule_context::Error;

use crate::text::without_values;

/// An error of kind `Configuration`, without the wrong values that `message` may show.
pub(crate) fn configuration(message: String) -> Error {
    Error::configuration(without_values(&message))
}
