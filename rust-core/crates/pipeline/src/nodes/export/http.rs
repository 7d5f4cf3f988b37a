// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! `urn:ferrule:exporter:otlp_http`.

mod config;
mod response;

use std::cell::{Cell, RefCell};
use std::time::Duration;

use ::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};
use ::http::{HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use ferrule_context::deadline::timeout_millis;
use ferrule_context::{Call, Error, Outbound, OutboundRules, Success};
use linkme::distributed_slice;
use reqwest::Url;
use reqwest::redirect::Policy;
use secrecy::ExposeSecret;

use self::config::Config;
use super::client::{AttemptError, Client, Request, USER_AGENT};
use super::factory::factory;
use super::headers::put;
use crate::engine::state::EngineState;
use crate::engine_api::{
    CompressionMethod, ExporterFactory, HttpClientError, OTAP_EXPORTER_FACTORIES, OtapPdata,
    PROTOBUF_CONTENT_TYPE, SignalType,
};
use crate::text::Addresses;
use crate::urns::HTTP_EXPORTER;

/// The deadline of a call over HTTP.
const TIMEOUT_HEADER: &str = "connect-timeout-ms";

#[allow(
    unsafe_code,
    reason = "the engine collects factories in a link section"
)]
#[distributed_slice(OTAP_EXPORTER_FACTORIES)]
static FACTORY: ExporterFactory<OtapPdata> = factory::<HttpClient>(HTTP_EXPORTER);

struct HttpClient {
    /// Each has its own connections. Replaced when the host renews what the bundle holds.
    clients: RefCell<Vec<reqwest::Client>>,
    next: Cell<usize>,
    config: Config,
    /// For traces, metrics and logs.
    urls: [Url; 3],
    compression: Option<CompressionMethod>,
    static_headers: HeaderMap,
    rules: OutboundRules,
    addresses: Addresses,
}

impl HttpClient {
    fn client(&self) -> reqwest::Client {
        let clients = self.clients.borrow();
        let index = self.next.get();
        self.next.set((index + 1) % clients.len());
        clients[index].clone()
    }
}

async fn open(
    config: &Config,
    engine: &EngineState,
) -> Result<Vec<reqwest::Client>, HttpClientError> {
    let mut settings = config.http.clone();
    let bundle = config.tls_bundle.as_deref();
    if let Some(bundle) = bundle.and_then(|name| engine.tls_bundles.get(name)) {
        settings.tls = Some(bundle.apply(settings.tls));
    }
    let mut clients = Vec::with_capacity(config.client_pool_size.get());
    for _ in 0..config.client_pool_size.get() {
        let builder = config.proxy.apply(settings.client_builder().await?)?;
        // The deadline and the answer belong to one request
        let builder = builder
            .redirect(Policy::none())
            .retry(reqwest::retry::never());
        clients.push(builder.build()?);
    }
    Ok(clients)
}

/// They were checked by the engine's settings. Values may be credentials.
fn static_headers(config: &Config) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(config.http.headers.len() + 3);
    for (name, value) in &config.http.headers {
        if let (Ok(name), Ok(mut value)) = (
            name.parse::<HeaderName>(),
            HeaderValue::from_str(value.expose_secret()),
        ) {
            value.set_sensitive(true);
            headers.insert(name, value);
        }
    }
    let protobuf = HeaderValue::from_static(PROTOBUF_CONTENT_TYPE);
    headers.insert(CONTENT_TYPE, protobuf.clone());
    headers.insert(ACCEPT, protobuf);
    if let Some(method) = config.http.compression() {
        let coding = HeaderValue::from_static(method.as_http_content_encoding());
        headers.insert(CONTENT_ENCODING, coding);
    }
    headers
}

impl Client for HttpClient {
    const TARGET: &'static str = "exporter.otlp_http";

    type Settings = Config;
    type ConnectError = HttpClientError;

    async fn connect(
        mut config: Config,
        rules: OutboundRules,
        engine: &EngineState,
    ) -> Result<Self, HttpClientError> {
        config
            .http
            .user_agent
            .get_or_insert_with(|| USER_AGENT.to_owned());
        let urls = config.urls().map_err(HttpClientError::InvalidConfig)?;
        Ok(Self {
            clients: RefCell::new(open(&config, engine).await?),
            next: Cell::new(0),
            addresses: Addresses::of(urls.iter().map(Url::as_str)),
            urls,
            compression: config.http.compression(),
            static_headers: static_headers(&config),
            rules,
            config,
        })
    }

    async fn renew(&self, engine: &EngineState) -> Result<(), String> {
        if self.config.tls_bundle.is_some() {
            let clients = open(&self.config, engine).await;
            *self.clients.borrow_mut() = clients.map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    fn outbound<'a>(&'a self, call: &'a Call) -> Outbound<'a> {
        self.rules.for_http(call.metadata())
    }

    fn has_static(&self, name: &str) -> bool {
        self.static_headers.contains_key(name)
    }

    fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    fn body(&self, content: Bytes) -> Result<Bytes, Error> {
        let Some(method) = self.compression else {
            return Ok(content);
        };
        let mut compressed = Vec::new();
        method
            .encode(&content, &mut compressed)
            .map_err(|error| Error::permanent(format!("the data cannot be compressed: {error}")))?;
        Ok(compressed.into())
    }

    async fn send(
        &self,
        request: Request,
        limit: Option<Duration>,
    ) -> Result<Success, AttemptError> {
        let mut headers = self.static_headers.clone();
        headers.extend(request.headers);
        if !self.has_static(TIMEOUT_HEADER)
            && let Some(timeout) = limit.and_then(timeout_millis)
        {
            put(&mut headers, TIMEOUT_HEADER, &timeout);
        }
        let url = &self.urls[match request.signal {
            SignalType::Traces => 0,
            SignalType::Metrics => 1,
            SignalType::Logs => 2,
        }];
        let send = self
            .client()
            .post(url.clone())
            .headers(headers)
            .body(request.body);
        let response = send.send().await.map_err(response::failure)?;
        if response.status().is_success() {
            response::success(response).await
        } else {
            Err(response::refusal(response).await.into())
        }
    }
}
