// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Reads answers over HTTP.

use std::error::Error as _;
use std::io;
use std::time::SystemTime;

use ::http::header::{CONTENT_TYPE, RETRY_AFTER};
use bytes::{Bytes, BytesMut};
use ferrule_context::{Error, Success};
use otel_arrow_dfe_otap::otlp_http::PROTOBUF_CONTENT_TYPE;
use reqwest::Response;

use super::failure;
use crate::exporter::answer::{self, Said};
use crate::exporter::{Failure, retry_after, unreadable};

const JSON: &str = "application/json";

/// Bytes of an error's body that are read.
const MOST_ERROR: usize = 64 << 10;

/// Bytes of a success's body that are read.
const MOST_SUCCESS: usize = 4 << 20;

/// A body of another type says nothing about the data.
pub(super) async fn success(response: Response) -> Result<Success, Failure> {
    let read = match content_type(&response).as_str() {
        PROTOBUF_CONTENT_TYPE => answer::success_from_protobuf,
        JSON => answer::success_from_json,
        _ => return Ok(Success::default()),
    };
    let success = match body(response, MOST_SUCCESS).await {
        Ok(Body::Whole(body)) if body.is_empty() => Some(Success::default()),
        Ok(Body::Whole(body)) => read(&body),
        Ok(Body::Cut(_)) => None,
        Err(error) if is_of_decompression(&error) => None,
        Err(error) => return Err(failure(error)),
    };
    success.ok_or_else(|| unreadable().into())
}

pub(super) async fn refusal(response: Response) -> Error {
    let status = response.status().as_u16();
    let retry_after = response.headers().get(RETRY_AFTER);
    let has_retry_after = retry_after.is_some();
    let retry_after =
        retry_after.and_then(|value| retry_after::parse(value.to_str().ok()?, SystemTime::now()));
    let content_type = content_type(&response);
    // What cannot be read adds nothing to the status
    let body = match body(response, MOST_ERROR).await {
        Ok(Body::Whole(body) | Body::Cut(body)) => body,
        Err(_) => Bytes::new(),
    };
    let mut said = match content_type.as_str() {
        PROTOBUF_CONTENT_TYPE => Said::from_protobuf(&body),
        JSON => Said::from_json(&body),
        "text/plain" => Said::from_text(&body),
        _ => Said::default(),
    };
    if has_retry_after && retry_after.is_none() {
        said.leave_out();
    }
    said.retry_delay = said.retry_delay.or(retry_after);
    answer::of_http(status, said)
}

fn content_type(response: &Response) -> String {
    let value = response.headers().get(CONTENT_TYPE);
    let value = value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Whether the whole body came but cannot be decompressed. The client's error for a lost connection
/// has the same kind, but wraps an I/O error of no certain kind, or none.
fn is_of_decompression(error: &reqwest::Error) -> bool {
    error
        .source()
        .and_then(|source| source.downcast_ref::<io::Error>())
        .is_some_and(|error| error.kind() != io::ErrorKind::Other)
}

enum Body {
    Whole(Bytes),
    Cut(Bytes),
}

async fn body(mut response: Response, most: usize) -> Result<Body, reqwest::Error> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        let room = most - body.len();
        if chunk.len() > room {
            body.extend_from_slice(&chunk[..room]);
            return Ok(Body::Cut(body.freeze()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Body::Whole(body.freeze()))
}
