// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! A middleware of the gRPC channel: it records whether the downstream itself refused, and mends
//! answers that would make the gRPC library panic.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use ::http::header::CONTENT_TYPE;
use ::http::{HeaderMap, HeaderValue, StatusCode};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service};
use tonic::metadata::MetadataMap;
use tonic::transport::{Channel, Error};

/// The message of a status for an answer of another protocol.
const NOT_GRPC: &str = "the downstream's answer is not gRPC";

const STATUS: &str = "grpc-status";

const DETAILS: &str = "grpc-status-details-bin";

const MESSAGE: &str = "grpc-message";

/// No protobuf, so that those who read it know that there was something.
const UNREADABLE: HeaderValue = HeaderValue::from_static("/w");

/// Longer messages are of no use to anybody.
const MOST_MESSAGE: usize = 16 << 10;

/// A channel that mends answers. tonic panics when the details of a status are no base64, and
/// forgets the code when the message is no UTF-8.
#[derive(Clone)]
pub(super) struct CheckedChannel {
    channel: Channel,
    refused: RefusalFlag,
}

/// A flag that the downstream itself refused a request; else a status was made up by tonic.
#[derive(Clone, Default)]
pub(super) struct RefusalFlag(Arc<AtomicBool>);

impl RefusalFlag {
    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl CheckedChannel {
    /// For one request.
    pub(super) fn new(channel: Channel) -> (Self, RefusalFlag) {
        let refused = RefusalFlag::default();
        let checked = Self {
            channel,
            refused: refused.clone(),
        };
        (checked, refused)
    }
}

impl Service<::http::Request<Body>> for CheckedChannel {
    type Response = ::http::Response<Body>;
    type Error = Error;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.channel.poll_ready(context)
    }

    fn call(&mut self, request: ::http::Request<Body>) -> Self::Future {
        let response = self.channel.call(request);
        let refused = self.refused.clone();
        Box::pin(async move {
            let mut response = response.await?;
            let is_ok = response.status() == StatusCode::OK;
            if !is_ok {
                refused.set();
            }
            if !is_grpc(response.headers()) {
                // As of a proxy, whose text tonic would take for a message
                if !is_ok {
                    return Ok(response.map(|_| Body::empty()));
                }
                refused.set();
                return Ok(Status::unknown(NOT_GRPC).into_http());
            }
            check(response.headers_mut(), &refused);
            Ok(response.map(|body| Body::new(CheckedBody { body, refused })))
        })
    }
}

struct CheckedBody {
    body: Body,
    refused: RefusalFlag,
}

impl http_body::Body for CheckedBody {
    type Data = Bytes;
    type Error = tonic::Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let mut frame = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &mut frame
            && let Some(trailers) = frame.trailers_mut()
        {
            check(trailers, &self.refused);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn is_grpc(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"))
}

fn check(headers: &mut HeaderMap, refused: &RefusalFlag) {
    if headers.get(STATUS).is_some_and(|status| status != "0") {
        refused.set();
    }
    check_message(headers);
    check_details(headers);
}

fn check_message(headers: &mut HeaderMap) {
    let Some(message) = headers.get(MESSAGE) else {
        return;
    };
    let decoded = percent_decode(message.as_bytes());
    if decoded.clone().decode_utf8().is_ok() {
        return;
    }
    let text = decoded.decode_utf8_lossy();
    let text = &text[..text.floor_char_boundary(MOST_MESSAGE)];
    let encoded = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    match HeaderValue::try_from(encoded) {
        Ok(encoded) => headers.insert(MESSAGE, encoded),
        Err(_) => headers.remove(MESSAGE),
    };
}

fn check_details(headers: &mut HeaderMap) {
    if !headers.contains_key(DETAILS) {
        return;
    }
    let metadata = MetadataMap::from_headers(std::mem::take(headers));
    let is_good = metadata
        .get_bin(DETAILS)
        .is_some_and(|details| details.to_bytes().is_ok());
    *headers = metadata.into_headers();
    if !is_good {
        headers.insert(DETAILS, UNREADABLE);
    }
}
