// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Exporters and receivers that a cargo feature brings in. Processors are among the others.
//! To run these, add `--features ferrule-pipeline/kafka` and so on.

#[cfg(feature = "clickhouse")]
mod clickhouse {
    use ferrule_context::{ErrorKind, Success};
    use ferrule_pipeline::Signal;
    use serde_json::json;

    use crate::chain::{gate_to, node, start};
    use crate::support::{Downstream, Protocol, Reply};

    /// Scenario: a server takes the tables, and then inserts or not.
    /// Guarantees: a call ends with its insert, and one that was refused can be repeated.
    #[test]
    fn call_ends_with_its_insert() {
        for refuse in [false, true] {
            let server = Downstream::start_with(Protocol::Http, None, move |body| {
                if refuse && !body.starts_with(b"CREATE") {
                    Reply::http(
                        500,
                        "text/plain",
                        b"Code: 241. DB::Exception: too much memory",
                    )
                } else {
                    Reply::http(200, "text/plain", b"")
                }
            });
            let exporter = node(
                "exporter:clickhouse",
                json!({"endpoint": format!("http://{}", server.address), "database": "otap",
                    "username": "default", "password": "", "async_insert": false}),
            );
            let mut host = start(json!({"main": gate_to(exporter)}));
            host.submit_record(1, Signal::Logs);
            let outcome = host.outcome(1).0;
            if refuse {
                assert_eq!(outcome.unwrap_err().kind, ErrorKind::Retryable);
            } else {
                assert_eq!(outcome, Ok(Success::default()));
            }
            host.poll_until_empty();
        }
    }
}

#[cfg(feature = "kafka")]
mod kafka {
    use ferrule_context::ErrorKind;
    use ferrule_pipeline::Signal;
    use serde_json::json;

    use crate::chain::{gate_to, node, start, to_recorder};

    /// Scenario: no broker is there.
    /// Guarantees: the receiver starts all the same, and a call to the exporter ends with an
    /// error that can be retried.
    #[test]
    fn call_ends_if_there_is_no_broker() {
        let brokers = "127.0.0.1:1";
        let exporter = node(
            "exporter:kafka",
            json!({"brokers": brokers, "client_id": "test", "timeout_ms": 300,
                "logs": {"topic": "logs"}}),
        );
        let receiver = node(
            "receiver:kafka",
            json!({"brokers": brokers, "client_id": "test", "group_id": "test",
                "logs": {"topics": ["logs"]}}),
        );
        let mut host = start(json!({
            "main": gate_to(exporter),
            "other": to_recorder(receiver, false),
        }));
        host.submit_record(1, Signal::Logs);
        assert_eq!(host.outcome(1).0.unwrap_err().kind, ErrorKind::Retryable);
        host.poll_until_empty();
    }
}

#[cfg(feature = "parquet")]
mod parquet {
    use std::time::Duration;

    use ferrule_context::{ErrorKind, Success};
    use ferrule_pipeline::Signal;
    use serde_json::json;

    use crate::chain::{host, host_to, node, pipeline, scratch, start};

    /// Scenario: a call goes to the Parquet exporter, which answers nothing, directly and behind
    /// a fan-out that does not wait.
    /// Guarantees: directly it has its outcome at its deadline only, behind the fan-out at once;
    /// its data is in the files once the engine has stopped.
    #[test]
    fn exporter_needs_an_early_answer_in_front() {
        let directory = scratch();
        std::fs::create_dir_all(&directory).unwrap();
        let exporter = node(
            "exporter:parquet",
            json!({"storage": {"file": {"base_uri": directory}}}),
        );
        let mut direct = start(json!({"main": host_to(exporter.clone())}));
        direct.submit_record_within(1, Signal::Logs, Duration::from_millis(300));
        assert_eq!(direct.outcome(1).0.unwrap_err().kind, ErrorKind::Timeout);
        direct.poll_until_empty();
        let mut fanout = node(
            "processor:fanout",
            json!({"await_ack": "none", "destinations": [{"port": "out", "primary": true}]}),
        );
        fanout["outputs"] = json!(["out"]);
        let nodes = [("host", host()), ("early", fanout), ("out", exporter)];
        let connections = [("host", "early"), ("early[\"out\"]", "out")];
        let mut early = start(json!({"main": pipeline(&nodes, &connections)}));
        early.submit_record(1, Signal::Logs);
        assert_eq!(early.outcome(1).0, Ok(Success::default()));
        early.poll_until_empty();
        for host in [direct, early] {
            assert!(host.engine.stop(Duration::from_secs(5)));
        }
        let logs = std::fs::read_dir(directory.join("logs")).unwrap();
        assert_eq!(logs.count(), 2);
    }
}
