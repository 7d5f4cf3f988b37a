// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What an engine listens on: nothing that its configuration does not name.

#![allow(clippy::unwrap_used, reason = "tests")]
#![cfg(target_os = "linux")]

mod support;

use std::collections::BTreeSet;
use std::fs::{read_dir, read_link, read_to_string};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use self::support::{Host, PATIENCE, submission};

/// Ports of this process's listening sockets.
fn listening() -> BTreeSet<u16> {
    let own: BTreeSet<_> = read_dir("/proc/self/fd")
        .unwrap()
        .filter_map(|entry| read_link(entry.ok()?.path()).ok())
        .filter_map(|link| {
            let inode = link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?;
            Some(inode.to_owned())
        })
        .collect();
    ["/proc/self/net/tcp", "/proc/self/net/tcp6"]
        .into_iter()
        .filter_map(|table| read_to_string(table).ok())
        .flat_map(|table| {
            let sockets = table.lines().filter_map(|line| {
                let fields: Vec<_> = line.split_whitespace().collect();
                let is_ours = *fields.get(3)? == "0A" && own.contains(*fields.get(9)?);
                let port = fields[1].rsplit(':').next()?;
                is_ours
                    .then(|| u16::from_str_radix(port, 16).ok())
                    .flatten()
            });
            sockets.collect::<Vec<_>>()
        })
        .collect()
}

fn start(engine: &Value) -> Host {
    let config = json!({"cores": 1, "logLevel": "trace", "spec": {
        "version": "otel_dataflow/v1",
        "engine": engine,
        "groups": {"default": {"pipelines": {"main": {
            "nodes": {
                "host": {"type": "urn:ferrule:receiver:host", "config": {}},
                "out": {"type": "exporter:noop"},
            },
            "connections": [{"from": "host", "to": "out"}],
        }}}},
    }});
    Host::of(&config).unwrap()
}

/// Scenario: engines whose configuration names no admin address and one, one after the other,
/// because the sockets are those of the process.
/// Guarantees: only the second one listens, and only there; and the first one ends as cleanly as
/// if it had never wanted to.
#[test]
fn engine_listens_only_where_its_configuration_says() {
    let before = listening();
    let mut host = start(&json!({}));
    assert_eq!(host.run(1), Ok(ferrule_context::Success::default()));
    // The admin server comes last, so what it does is seen in the log of what comes after it
    let start_of_wait = Instant::now();
    while start_of_wait.elapsed() < Duration::from_millis(300) {
        host.poll();
        assert_eq!(listening(), before);
    }
    assert!(host.engine.stop(Duration::from_secs(1)));
    host.poll();
    assert!(host.status()["failure"].is_null());
    assert!(
        !host
            .lines
            .iter()
            .any(|line| line.contains("bind_address") || line.contains("Admin module")),
        "{:?}",
        host.lines
    );
    drop(host);

    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let mut host = start(&json!({"http_admin": {"bind_address": address.to_string()}}));
    let start_of_wait = Instant::now();
    while !listening().contains(&address.port()) {
        assert!(start_of_wait.elapsed() < PATIENCE);
        host.poll();
    }
    host.submit(submission(2));
    assert!(host.engine.stop(Duration::from_secs(1)));
}
