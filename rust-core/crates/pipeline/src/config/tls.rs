// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Certificates and keys that the host holds, by name.
//!
//! They come beside the specification, so that it can be shown and kept without them, and may be
//! renewed while the engine runs.

use std::collections::BTreeMap;

use ferrule_context::Error;
use parking_lot::Mutex;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::sync::watch;

use crate::engine_api::{GrpcClientSettings, TlsClientConfig};
use crate::error::configuration::configuration;

/// The certificates and the key of a TLS client, as PEM.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TlsBundle {
    /// Authorities that are trusted; without them those of the platform.
    trusted: Option<String>,
    /// The client's certificate, and those that it was signed with.
    certificates: Option<String>,
    /// The key of that certificate.
    key: Option<SecretString>,
}

impl TlsBundle {
    /// Reads bundles by name from JSON, and checks that each can be used.
    pub(crate) fn read_all(json: &[u8]) -> Result<BTreeMap<String, Self>, Error> {
        // The text of the error would show what stands at the place
        let bundles: BTreeMap<String, Self> = serde_json::from_slice(json).map_err(|error| {
            configuration(format!(
                "the TLS bundles are no JSON of the expected form, at column {}",
                error.column()
            ))
        })?;
        for (name, bundle) in &bundles {
            check(&bundle.apply(None))
                .map_err(|error| configuration(format!("TLS bundle {name}: {error}")))?;
        }
        Ok(bundles)
    }

    /// The settings of a client that uses this bundle.
    pub(crate) fn apply(&self, settings: Option<TlsClientConfig>) -> TlsClientConfig {
        let mut tls = settings.unwrap_or_default();
        tls.ca_pem.clone_from(&self.trusted);
        tls.config.cert_pem.clone_from(&self.certificates);
        let key = self.key.as_ref().map(|key| key.expose_secret().to_owned());
        tls.config.key_pem = key;
        tls.include_system_ca_certs_pool
            .get_or_insert(self.trusted.is_none());
        tls
    }
}

/// The TLS bundles of one engine, by name.
#[derive(Debug)]
pub(crate) struct TlsBundles {
    current: Mutex<BTreeMap<String, TlsBundle>>,
    changed: watch::Sender<()>,
}

impl TlsBundles {
    pub(crate) fn new(bundles: BTreeMap<String, TlsBundle>) -> Self {
        Self {
            current: Mutex::new(bundles),
            changed: watch::Sender::new(()),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<TlsBundle> {
        self.current.lock().get(name).cloned()
    }

    /// A signal for each replacement of bundles.
    pub(crate) fn subscribe(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Replaces the bundles of these names, which must be known.
    pub(crate) fn replace(&self, bundles: BTreeMap<String, TlsBundle>) -> Result<(), Error> {
        let mut current = self.current.lock();
        if let Some(name) = bundles.keys().find(|name| !current.contains_key(*name)) {
            return Err(configuration(format!(
                "the engine was started without a TLS bundle called {name}"
            )));
        }
        current.extend(bundles);
        drop(current);
        self.changed.send_replace(());
        Ok(())
    }
}

/// Checks that files can be read, that certificates are some, and that keys fit to them.
pub(crate) fn check(tls: &TlsClientConfig) -> Result<(), String> {
    let settings = GrpcClientSettings {
        grpc_endpoint: "https://localhost".to_owned(),
        tls: Some(TlsClientConfig {
            // Not supported over gRPC, which is used for the check only
            insecure_skip_verify: None,
            ..tls.clone()
        }),
        ..GrpcClientSettings::default()
    };
    // TLS needs one process-wide provider; a second installation is harmless.
    let _ = crate::engine_api::install_crypto_provider();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|error| error.to_string())?;
    let built = runtime.block_on(settings.build_endpoint_with_tls());
    built.map(|_| ()).map_err(|error| error.to_string())
}

/// Refuses settings called `tls` that a bundle takes the place of.
pub(crate) fn check_settings(name: &str, tls: Option<&TlsClientConfig>) -> Result<(), String> {
    let own = tls.is_some_and(|tls| {
        tls.ca_file.is_some()
            || tls.ca_pem.is_some()
            || tls.config.cert_file.is_some()
            || tls.config.cert_pem.is_some()
            || tls.config.key_file.is_some()
            || tls.config.key_pem.is_some()
    });
    if own {
        Err(format!(
            "tls_bundle takes the place of the certificates and keys of {name}; remove either"
        ))
    } else {
        Ok(())
    }
}

/// Refuses a bundle where there is no TLS.
pub(crate) fn check_scheme(endpoint: &str, is_secure: bool) -> Result<(), String> {
    if is_secure {
        Ok(())
    } else {
        Err(format!("tls_bundle is set, so {endpoint} must be https"))
    }
}
