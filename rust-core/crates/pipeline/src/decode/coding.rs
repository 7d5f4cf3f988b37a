// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! How a payload comes: its encoding and its compression.

use ferrule_otlp::JsonMode;

/// The encoding of a payload, after decompression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// OTLP protobuf.
    Protobuf,
    /// OTLP JSON.
    Json(JsonMode),
}

impl Encoding {
    /// The encoding with the host's number.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Protobuf),
            2 => Some(Self::Json(JsonMode::Strict)),
            3 => Some(Self::Json(JsonMode::Lenient)),
            _ => None,
        }
    }
}

/// The content coding of a payload, as HTTP calls its compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentCoding {
    /// Not at all.
    Identity,
    /// gzip, RFC 1952.
    Gzip,
    /// zlib, RFC 1950.
    Deflate,
    /// Zstandard, RFC 8878.
    Zstd,
}

impl ContentCoding {
    /// The coding with the host's number.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Identity),
            1 => Some(Self::Gzip),
            2 => Some(Self::Deflate),
            3 => Some(Self::Zstd),
            _ => None,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Zstd => "zstd",
        }
    }
}
