// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Certificates of the tests, and servers that use them.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use super::Protocol;

/// A file of the tests' certificates; the directory's script says what there is.
pub fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../autoconfigure/src/test/resources/tls")
        .join(name)
}

pub fn text(name: &str) -> String {
    std::fs::read_to_string(file(name)).unwrap()
}

pub fn certificate(name: &str) -> Vec<u8> {
    CertificateDer::from_pem_file(file(name)).unwrap().to_vec()
}

/// A server called `localhost`, which asks for a certificate if `clients` do need one.
pub fn acceptor(protocol: Protocol, clients: bool) -> TlsAcceptor {
    // A second installation is harmless.
    let _ = ferrule_pipeline::engine_api::install_crypto_provider();
    let builder = ServerConfig::builder();
    let builder = if clients {
        let mut roots = RootCertStore::empty();
        roots.add(certificate("ca.pem").into()).unwrap();
        let verifier = WebPkiClientVerifier::builder(Arc::new(roots));
        builder.with_client_cert_verifier(verifier.build().unwrap())
    } else {
        builder.with_no_client_auth()
    };
    let key = PrivateKeyDer::from_pem_file(file("server.key")).unwrap();
    let mut config = builder
        .with_single_cert(vec![certificate("server.pem").into()], key)
        .unwrap();
    config.alpn_protocols = vec![match protocol {
        Protocol::Grpc => b"h2".to_vec(),
        Protocol::Http => b"http/1.1".to_vec(),
    }];
    TlsAcceptor::from(Arc::new(config))
}

/// Trust in `authority` alone.
pub fn trusting(authority: &str) -> Value {
    json!({"ca_file": file(authority), "include_system_ca_certs_pool": false})
}
