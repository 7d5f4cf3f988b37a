// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

use ferrule_context::ErrorKind;

use super::*;
use crate::urns::ENGINE_LOG_EXPORTER;

const NODES: &str = "
    nodes:
      in: {type: 'urn:ferrule:receiver:host', config: {}}
      out: {type: 'exporter:noop'}
    connections: [{from: in, to: out}]
";

fn yaml(pipelines: &[(&str, &str)]) -> StartConfig {
    let mut yaml = "version: otel_dataflow/v1\ngroups:\n".to_owned();
    for (group, pipeline) in pipelines {
        let nodes = NODES.replace("\n", "\n    ");
        yaml.push_str(&format!(" {group}:\n  pipelines:\n   {pipeline}:{nodes}\n"));
    }
    of_yaml(&yaml)
}

fn of_yaml(yaml: &str) -> StartConfig {
    let json = json!({"specYaml": yaml, "cores": 1, "maxInFlight": 3000});
    StartConfig::from_json(json.to_string().as_bytes()).unwrap()
}

#[test]
fn embedding_settings_are_forced() {
    let prepared = prepare(&yaml(&[("default", "main")]), 7).unwrap();
    assert_eq!(prepared.pipelines, ["main"]);
    let spec = serde_json::to_value(&prepared.spec).unwrap();
    assert_eq!(spec["engine"]["http_admin"]["bind_address"], NO_ADMIN);
    assert_eq!(
        spec["engine"]["telemetry"]["logs"]["providers"],
        json!({"global": "noop", "engine": "its", "internal": "noop", "admin": "its"})
    );
    let nodes = &spec["engine"]["observability"]["pipeline"]["nodes"];
    assert_eq!(nodes["host"]["type"], ENGINE_LOG_EXPORTER);
    assert_eq!(nodes["host"]["config"]["engine"], 7);
    assert_eq!(spec["policies"]["channel_capacity"]["pdata"], 3000);
    assert_eq!(
        spec["policies"]["channel_capacity"]["control"]["completion"],
        3000
    );
    let node = &spec["groups"]["default"]["pipelines"]["main"]["nodes"]["in"];
    assert_eq!(node["config"], json!({"engine": 7, "pipeline": 0}));
}

#[test]
fn admin_address_of_the_specification_is_kept() {
    let mut config = yaml(&[("default", "main")]);
    let yaml = config.spec_yaml.as_mut().unwrap();
    yaml.push_str("\nengine: {http_admin: {bind_address: '127.0.0.1:8081'}}\n");
    let spec = serde_json::to_value(prepare(&config, 1).unwrap().spec).unwrap();
    let address = &spec["engine"]["http_admin"]["bind_address"];
    assert_eq!(address, "127.0.0.1:8081");
}

#[test]
fn own_observability_pipeline_is_kept() {
    let text = format!(
        "version: otel_dataflow/v1
engine:
  observability:
    pipeline:
      nodes:
        in: {{type: 'receiver:internal_telemetry', config: {{}}}}
        out: {{type: 'exporter:noop'}}
      connections: [{{from: in, to: out}}]
groups:
  default:
    pipelines:
      main: {}",
        NODES.replace('\n', "\n    ").trim_end()
    );
    let prepared = prepare(&of_yaml(&text), 1).unwrap();
    let spec = serde_json::to_value(&prepared.spec).unwrap();
    let nodes = &spec["engine"]["observability"]["pipeline"]["nodes"];
    assert_eq!(nodes.as_object().unwrap().len(), 2);
    assert_eq!(nodes["out"]["type"], "urn:otel:exporter:noop");
}

#[test]
fn pipelines_of_one_name_are_told_apart_by_group() {
    let prepared = prepare(&yaml(&[("a", "main"), ("b", "main")]), 1).unwrap();
    assert_eq!(prepared.pipelines, ["a/main", "b/main"]);
}

fn message(yaml: &str) -> String {
    let error = prepare(&of_yaml(yaml), 1).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Configuration);
    error.message.into_owned()
}

#[test]
fn pipeline_without_host_receiver_is_refused() {
    let message = message("version: otel_dataflow/v1\ngroups: {}\n");
    assert!(message.contains(HOST_RECEIVER), "{message}");
}

#[test]
fn unknown_key_is_refused_with_its_line() {
    let message = message("version: otel_dataflow/v1\nbogus: 1\n");
    assert!(
        message.contains("bogus") && message.contains("line 2"),
        "{message}"
    );
}

#[test]
fn wrong_node_configuration_names_the_node() {
    let text = format!(
        "version: otel_dataflow/v1\ngroups:\n default:\n  pipelines:\n   main:{}",
        NODES
            .replace("exporter:noop'", "exporter:otlp_grpc', config: {grpc_endpoint: 'http://localhost:1', max_in_flght: 1}")
            .replace("\n", "\n    ")
    );
    let message = message(&text);
    assert!(
        message.contains("node=out") && message.contains("max_in_flght"),
        "{message}"
    );
}

#[test]
fn limit_beyond_what_can_be_counted_names_its_key() {
    for exporter in [
        "exporter:otlp_grpc', config: {grpc_endpoint: 'http://localhost:1', max_in_flight: 18446744073709551615}",
        "exporter:otlp_http', config: {endpoint: 'http://localhost:1', max_in_flight: 2305843009213693952}",
    ] {
        let text = format!(
            "version: otel_dataflow/v1\ngroups:\n default:\n  pipelines:\n   main:{}",
            NODES
                .replace("exporter:noop'", &format!("urn:ferrule:{exporter}"))
                .replace('\n', "\n    ")
        );
        let message = message(&text);
        assert!(
            message.contains("node=out") && message.contains("max_in_flight must be at most"),
            "{message}"
        );
    }
}

#[test]
fn value_in_a_wrong_place_is_not_shown() {
    for place in [
        "config: {endpoint: {token: hunter2}}",
        "config: {endpoint: 'http://a', http: hunter2}",
        "config: {endpoint: 'http://a', max_in_flight: hunter2}",
        "config: {endpoint: 4711.4711}",
    ] {
        let text = format!(
            "version: otel_dataflow/v1\ngroups:\n default:\n  pipelines:\n   main:{}",
            NODES
                .replace(
                    "exporter:noop'",
                    &format!("urn:ferrule:exporter:otlp_http', {place}")
                )
                .replace('\n', "\n    ")
        );
        let message = message(&text);
        assert!(
            message.contains("node=out") && message.contains("invalid type"),
            "{message}"
        );
        assert!(
            !message.contains("hunter2") && !message.contains("4711"),
            "{message}"
        );
    }
    let message = message("version: otel_dataflow/v1\ngroups: hunter2\n");
    assert!(message.contains("line 2"), "{message}");
    assert!(!message.contains("hunter2"), "{message}");
}

#[test]
fn more_cores_than_there_are_is_refused() {
    let mut config = yaml(&[("default", "main")]);
    config.cores = 100_000;
    let error = prepare(&config, 1).unwrap_err();
    assert!(error.message.contains("cores is 100000"), "{error}");
}

#[test]
fn capacities_of_a_pipeline_are_raised_too() {
    let text = format!(
        "version: otel_dataflow/v1\ngroups:\n default:\n  pipelines:\n   main:\n        policies: {{channel_capacity: {{pdata: 5}}}}{}",
        NODES.replace('\n', "\n    ").trim_end()
    );
    let prepared = prepare(&of_yaml(&text), 1).unwrap();
    let spec = serde_json::to_value(&prepared.spec).unwrap();
    let policies = &spec["groups"]["default"]["pipelines"]["main"]["policies"];
    assert_eq!(policies["channel_capacity"]["pdata"], 3000);
    assert_eq!(policies["channel_capacity"]["control"]["node"], 3000);
}
