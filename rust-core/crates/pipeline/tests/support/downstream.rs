// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! A server of either protocol that does with each request what a test says.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

use super::{PATIENCE, Protocol};

/// What the downstream does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
        trailers: Vec<(&'static str, String)>,
    },
    Hang,
}

impl Reply {
    /// Takes the data, with the answer `message`.
    pub fn ok(protocol: Protocol, message: &[u8]) -> Self {
        match protocol {
            Protocol::Grpc => {
                let length = u32::try_from(message.len()).unwrap().to_be_bytes();
                let body = [&[0], &length[..], message].concat();
                Self::grpc(body, vec![("grpc-status", "0".to_owned())])
            }
            Protocol::Http => Self::http(200, "application/x-protobuf", message),
        }
    }

    pub fn grpc(body: Vec<u8>, trailers: Vec<(&'static str, String)>) -> Self {
        Self::Answer {
            status: 200,
            headers: vec![("content-type", "application/grpc".to_owned())],
            body,
            trailers,
        }
    }

    pub fn code(code: u8, message: &str) -> Self {
        Self::grpc(
            Vec::new(),
            vec![
                ("grpc-status", code.to_string()),
                ("grpc-message", message.to_owned()),
            ],
        )
    }

    pub fn http(status: u16, content_type: &str, body: &[u8]) -> Self {
        Self::Answer {
            status,
            headers: vec![("content-type", content_type.to_owned())],
            body: body.to_vec(),
            trailers: Vec::new(),
        }
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Self::Answer {
            headers, trailers, ..
        } = &mut self
        {
            let target = if trailers.is_empty() {
                headers
            } else {
                trailers
            };
            target.push((name, value.to_owned()));
        }
        self
    }

    /// What stands for "try again" in either protocol.
    pub fn unavailable(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Grpc => Self::code(14, "not now"),
            Protocol::Http => Self::http(503, "text/plain", b"not now"),
        }
    }
}

#[derive(Debug)]
pub enum Event {
    Request {
        path: String,
        headers: HeaderMap,
        body: Bytes,
    },
    /// A request that was hanging was cancelled by the client.
    Cancelled,
}

pub struct Downstream {
    pub address: SocketAddr,
    pub events: Receiver<Event>,
}

type Script = Arc<Mutex<Box<dyn FnMut() -> Reply + Send>>>;

impl Downstream {
    /// Each request gets what `script` returns.
    pub fn start(protocol: Protocol, script: impl FnMut() -> Reply + Send + 'static) -> Self {
        let (sender, events) = channel();
        let script: Script = Arc::new(Mutex::new(Box::new(script)));
        let address = serve(move |stream| {
            let (sender, script) = (sender.clone(), Arc::clone(&script));
            let service =
                service_fn(move |request| answer(request, sender.clone(), Arc::clone(&script)));
            async move {
                let stream = TokioIo::new(stream);
                // The client may go at any time.
                let _ = match protocol {
                    Protocol::Grpc => {
                        let builder =
                            hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                        builder.serve_connection(stream, service).await
                    }
                    Protocol::Http => {
                        let builder = hyper::server::conn::http1::Builder::new();
                        builder.serve_connection(stream, service).await
                    }
                };
            }
        });
        Self { address, events }
    }

    /// Answers whatever comes with these bytes, and closes.
    pub fn raw(bytes: &'static [u8]) -> SocketAddr {
        serve(move |mut stream| async move {
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            let mut buffer = [0; 1024];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(bytes).await;
        })
    }

    pub fn request(&self) -> (String, HeaderMap, Bytes) {
        match self.events.recv_timeout(PATIENCE).unwrap() {
            Event::Request {
                path,
                headers,
                body,
            } => (path, headers, body),
            Event::Cancelled => panic!("a request was expected"),
        }
    }

    pub fn cancelled(&self) {
        assert!(matches!(
            self.events.recv_timeout(PATIENCE).unwrap(),
            Event::Cancelled
        ));
    }

    pub fn is_idle(&self) -> bool {
        self.events.try_recv().is_err()
    }
}

fn serve<F>(mut connection: impl FnMut(tokio::net::TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let (sender, address) = channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap()).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(connection(stream));
            }
        });
    });
    address.recv().unwrap()
}

async fn answer(
    request: Request<Incoming>,
    events: Sender<Event>,
    script: Script,
) -> Result<Response<BoxBody<Bytes, Infallible>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .map(|body| body.to_bytes())
        .unwrap_or_default();
    let _ = events.send(Event::Request {
        path: parts.uri.path().to_owned(),
        headers: parts.headers,
        body,
    });
    let reply = (script.lock().unwrap())();
    let Reply::Answer {
        status,
        headers,
        body,
        trailers,
    } = reply
    else {
        let _cancelled = Cancelled(events);
        return std::future::pending().await;
    };
    let mut response = Response::builder().status(StatusCode::from_u16(status).unwrap());
    for (name, value) in headers {
        response = response.header(name, value);
    }
    let mut trailing = HeaderMap::new();
    for (name, value) in trailers {
        trailing.append(name, value.parse().unwrap());
    }
    let body = Full::new(Bytes::from(body));
    let body = if trailing.is_empty() {
        body.boxed()
    } else {
        body.with_trailers(async move { Some(Ok(trailing)) })
            .boxed()
    };
    Ok(response.body(body).unwrap())
}

struct Cancelled(Sender<Event>);

impl Drop for Cancelled {
    fn drop(&mut self) {
        let _ = self.0.send(Event::Cancelled);
    }
}
