// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Reads answers over HTTP.

use std::error::Error as _;
use std::io;
use std::time::SystemTime;

use ::http::header::{CONTENT_TYPE, RETRY_AFTER};
use bytes::{Bytes, BytesMut};
use ferrule_context::{Error, Success};
use reqwest::Response;

use crate::engine_api::PROTOBUF_CONTENT_TYPE;
use crate::error::http::error_of_http;
use crate::error::retry_after;
use crate::error::rpc_status::DownstreamStatus;
use crate::nodes::export::client::AttemptError;
use crate::nodes::export::success::{self, unreadable};

const JSON: &str = "application/json";

/// Bytes of an error's body that are read.
const MOST_ERROR: usize = 64 << 10;

/// Bytes of a success's body that are read.
const MOST_SUCCESS: usize = 4 << 20;

/// A body of another type says nothing about the data.
pub(super) async fn success(response: Response) -> Result<Success, AttemptError> {
    let read = match content_type(&response).as_str() {
        PROTOBUF_CONTENT_TYPE => success::success_from_protobuf,
        JSON => success::success_from_json,
        _ => return Ok(Success::default()),
    };
    let success = match body(response, MOST_SUCCESS).await {
        Ok(ReadBody::Whole(body)) if body.is_empty() => Some(Success::default()),
        Ok(ReadBody::Whole(body)) => read(&body),
        Ok(ReadBody::Cut(_)) => None,
        Err(error) if is_of_decompression(&error) => None,
        Err(error) => return Err(failure(error)),
    };
    success.ok_or_else(|| unreadable().into())
}

pub(super) async fn refusal(response: Response) -> Error {
    let code = response.status().as_u16();
    let retry_after = response.headers().get(RETRY_AFTER);
    let has_retry_after = retry_after.is_some();
    let retry_after =
        retry_after.and_then(|value| retry_after::parse(value.to_str().ok()?, SystemTime::now()));
    let content_type = content_type(&response);
    // What cannot be read adds nothing to the status
    let body = match body(response, MOST_ERROR).await {
        Ok(ReadBody::Whole(body) | ReadBody::Cut(body)) => body,
        Err(_) => Bytes::new(),
    };
    let mut status = match content_type.as_str() {
        PROTOBUF_CONTENT_TYPE => DownstreamStatus::from_protobuf(&body),
        JSON => DownstreamStatus::from_json(&body),
        "text/plain" => DownstreamStatus::from_text(&body),
        _ => DownstreamStatus::default(),
    };
    if has_retry_after && retry_after.is_none() {
        status.leave_out();
    }
    status.retry_delay = status.retry_delay.or(retry_after);
    error_of_http(code, status)
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

/// A body that was read to its end or to the limit.
enum ReadBody {
    Whole(Bytes),
    Cut(Bytes),
}

async fn body(mut response: Response, most: usize) -> Result<ReadBody, reqwest::Error> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        let room = most - body.len();
        if chunk.len() > room {
            body.extend_from_slice(&chunk[..room]);
            return Ok(ReadBody::Cut(body.freeze()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(ReadBody::Whole(body.freeze()))
}

/// The failure that an error of the client stands for.
pub(super) fn failure(mut error: reqwest::Error) -> AttemptError {
    // Its text holds the URL, whose query may be a credential
    if let Some(url) = error.url_mut() {
        url.set_query(None);
    }
    if error.is_connect() {
        AttemptError::unreachable(&error)
    } else {
        AttemptError::lost(&error)
    }
}

#[cfg(test)]
mod tests {
    use reqwest::Url;

    use super::*;

    #[test]
    fn query_of_the_endpoint_is_not_logged() {
        let url = Url::parse("https://collector.example/v1/traces?key=secret").unwrap();
        let error = reqwest::Proxy::all("http://").unwrap_err().with_url(url);
        let detail = failure(error).detail.unwrap();
        assert!(detail.contains("collector.example/v1/traces"), "{detail}");
        assert!(!detail.contains("secret"), "{detail}");
    }
}
