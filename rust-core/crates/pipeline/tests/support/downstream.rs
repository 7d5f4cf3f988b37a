// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! A server of either protocol that does with each request what a test says.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::{Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

use super::{PATIENCE, Protocol};

/// What the downstream does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
        trailers: Vec<(&'static str, String)>,
        end: End,
    },
    Hang,
    /// The answer comes once the test says so.
    Later(Arc<Notify>, Box<Reply>),
}

/// What follows the bytes of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Whole,
    /// A reset of the stream, or of the connection.
    Broken,
    /// Nothing, for ever.
    Stalled,
    /// The same bytes, for ever.
    Endless,
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
            end: End::Whole,
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
            end: End::Whole,
        }
    }

    pub fn ending(mut self, with: End) -> Self {
        if let Self::Answer { end, .. } = &mut self {
            *end = with;
        }
        self
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

    /// Adds a header before the body.
    pub fn leading(mut self, name: &'static str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name, value.to_owned()));
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
    /// The certificate of the client, for each connection that came about.
    pub connections: Receiver<Option<Vec<u8>>>,
    /// Bytes of bodies that were sent.
    pub sent: Arc<AtomicUsize>,
}

type Script = Arc<Mutex<Box<dyn FnMut(&[u8]) -> Reply + Send>>>;

impl Downstream {
    /// Each request gets what `script` returns.
    pub fn start(protocol: Protocol, mut script: impl FnMut() -> Reply + Send + 'static) -> Self {
        Self::start_with(protocol, None, move |_| script())
    }

    /// Each request gets what `script` returns for its body.
    pub fn start_with(
        protocol: Protocol,
        tls: Option<TlsAcceptor>,
        script: impl FnMut(&[u8]) -> Reply + Send + 'static,
    ) -> Self {
        let (sender, events) = channel();
        let (connected, connections) = channel();
        let sent = Arc::new(AtomicUsize::new(0));
        let service = Service {
            events: sender,
            script: Arc::new(Mutex::new(Box::new(script))),
            sent: Arc::clone(&sent),
        };
        let address = serve(move |stream| {
            let (service, tls, connected) = (service.clone(), tls.clone(), connected.clone());
            async move {
                let Some(tls) = tls else {
                    let _ = connected.send(None);
                    return service.run(protocol, stream).await;
                };
                if let Ok(stream) = tls.accept(stream).await {
                    let certificates = stream.get_ref().1.peer_certificates();
                    let client = certificates.map(|certificates| certificates[0].to_vec());
                    let _ = connected.send(client);
                    service.run(protocol, stream).await;
                }
            }
        });
        Self {
            address,
            events,
            connections,
            sent,
        }
    }

    /// Answers whatever comes with these bytes, and closes.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> SocketAddr {
        let bytes = bytes.into();
        serve(move |mut stream| {
            let bytes = bytes.clone();
            async move {
                use tokio::io::{AsyncReadExt, AsyncWriteExt};
                let mut buffer = [0; 1024];
                let _ = stream.read(&mut buffer).await;
                let _ = stream.write_all(&bytes).await;
            }
        })
    }

    /// Resets each connection once something came.
    pub fn resetting() -> SocketAddr {
        serve(move |mut stream| async move {
            use tokio::io::AsyncReadExt;
            let mut buffer = [0; 1024];
            let _ = stream.read(&mut buffer).await;
            stream.set_zero_linger().unwrap();
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

pub fn serve<F>(mut connection: impl FnMut(TcpStream) -> F + Send + 'static) -> SocketAddr
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

#[derive(Clone)]
struct Service {
    events: Sender<Event>,
    script: Script,
    sent: Arc<AtomicUsize>,
}

impl Service {
    async fn run(
        self,
        protocol: Protocol,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    ) {
        let service = service_fn(move |request| self.clone().answer(request));
        let stream = TokioIo::new(stream);
        // The client may go at any time.
        let _ = match protocol {
            Protocol::Grpc => {
                let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                builder.serve_connection(stream, service).await
            }
            Protocol::Http => {
                let builder = hyper::server::conn::http1::Builder::new();
                builder.serve_connection(stream, service).await
            }
        };
    }

    async fn answer(self, request: Request<Incoming>) -> Result<Response<Body>, io::Error> {
        let (parts, body) = request.into_parts();
        let body = body
            .collect()
            .await
            .map(|body| body.to_bytes())
            .unwrap_or_default();
        let _ = self.events.send(Event::Request {
            path: parts.uri.path().to_owned(),
            headers: parts.headers,
            body: body.clone(),
        });
        let mut reply = (self.script.lock().unwrap())(&body);
        if let Reply::Later(now, later) = reply {
            now.notified().await;
            reply = *later;
        }
        let Reply::Answer {
            status,
            headers,
            body,
            trailers,
            end,
        } = reply
        else {
            let _cancelled = Cancelled(self.events);
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
        let body = Body {
            data: Some(Bytes::from(body)).filter(|data| !data.is_empty()),
            trailers: Some(trailing).filter(|trailers| !trailers.is_empty()),
            end,
            flushed: false,
            sent: self.sent,
        };
        Ok(response.body(body).unwrap())
    }
}

struct Body {
    data: Option<Bytes>,
    trailers: Option<HeaderMap>,
    end: End,
    flushed: bool,
    sent: Arc<AtomicUsize>,
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let data = if self.end == End::Endless {
            self.data.clone()
        } else {
            self.data.take()
        };
        if let Some(data) = data {
            self.sent.fetch_add(data.len(), Ordering::Relaxed);
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        match self.end {
            // What was written goes out while nothing more is ready.
            End::Broken if !self.flushed => {
                self.flushed = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            End::Broken => Poll::Ready(Some(Err(io::Error::other("broken on purpose")))),
            End::Stalled => Poll::Pending,
            End::Whole | End::Endless => {
                Poll::Ready(self.trailers.take().map(|map| Ok(Frame::trailers(map))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.end == End::Whole && self.data.is_none() && self.trailers.is_none()
    }
}

struct Cancelled(Sender<Event>);

impl Drop for Cancelled {
    fn drop(&mut self) {
        let _ = self.0.send(Event::Cancelled);
    }
}
