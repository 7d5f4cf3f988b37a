// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Logs and metrics of real engines.

use ferrule_context::{LogLevel, Message};
use ferrule_pipeline::LogThreshold;

use super::*;

#[test]
fn engine_logs_reach_the_host_at_the_level_that_it_sets() {
    let mut host = Host::start(json!({"logLevel": "debug"}));
    // From the thread of a pipeline, and from the controller's.
    host.poll_until(|host| host.lines.iter().any(|line| line.contains("pipeline=main")));
    host.poll_until(|host| host.line("internal_pipeline.started").is_some());
    assert!(host.engine.set_log_level(LogThreshold::Error));
    assert!(host.engine.set_log_level(LogThreshold::Info));
    host.engine.stop(Duration::from_secs(1));
    let mut after = Vec::new();
    while host.engine.poll(Duration::from_millis(100), |message| {
        if let Message::Log(line) = message
            && line.text.contains("ShutdownRequested")
        {
            after.push(line.level);
        }
        true
    }) {}
    assert!(after.contains(&LogLevel::Info), "{after:?}");
}

/// Scenario: the engine cannot set its subscriber for the process a second time.
/// Guarantees: both engines get the lines of their own threads.
#[test]
fn each_of_several_engines_has_its_own_lines() {
    let mut first = Host::start(json!({"logLevel": "info"}));
    let mut second = Host::start(json!({"logLevel": "info"}));
    for host in [&mut first, &mut second] {
        host.poll_until(|host| host.line("pipeline.core_allocation").is_some());
        let starts = host
            .lines
            .iter()
            .filter(|line| line.starts_with("controller.start"));
        assert_eq!(starts.count(), 1);
    }
}

/// Scenario: a pipeline restarts, which the engine reports on a thread that belongs to no engine.
/// Guarantees: another engine gets no lines that are less severe than it wants.
#[test]
fn engine_gets_no_lines_below_its_own_level() {
    let mut verbose = Host::start(json!({"logLevel": "info"}));
    let mut quiet = Host::start(json!({"logLevel": "error"}));
    verbose.submit(1, "panic");
    verbose.poll_until_line("otelcol.pipeline.recovery.complete");
    quiet.submit(1, "ack");
    quiet.outcome(1).unwrap();
    assert_eq!(quiet.line("otelcol.pipeline.recovery"), None);
}

#[test]
fn quiet_engine_starts_without_a_line() {
    let mut host = Host::start(json!({}));
    host.submit(1, "ack");
    host.outcome(1).unwrap();
    assert_eq!(host.line("call="), None);
    assert_eq!(host.line("controller"), None);
}

/// Scenario: two calls take the same way, of which one belongs to a trace that is followed.
/// Guarantees: the host gets a line for each of its steps, and none of the other's.
#[test]
fn call_is_followed_by_its_trace() {
    let mut host = Host::start(json!({"followTraceIds": ["ab".repeat(16)]}));
    host.engine.follow_calls(true);
    host.submit(1, "ack");
    let followed = Submission {
        trace: Some(TraceContext {
            trace_id: [0xab; 16],
            span_id: [0xcd; 8],
            flags: 1,
            trace_state: "".into(),
            remote: true,
        }),
        ..submission(2, "permanent")
    };
    host.try_submit(followed).unwrap();
    host.poll_until(|host| host.outcomes.len() == 2);
    let steps: Vec<_> = host
        .lines
        .iter()
        .filter_map(|line| line.strip_prefix("call="))
        .collect();
    let of_the_trace = format!("2 trace={} ", "ab".repeat(16));
    let steps: Vec<_> = steps
        .iter()
        .map(|step| step.strip_prefix(&of_the_trace).unwrap())
        .collect();
    assert_eq!(steps[..2], ["admitted", "sent into the pipeline"]);
    assert!(steps[2].starts_with("failed as permanent"), "{steps:?}");
}

#[test]
fn metrics_tell_pipeline_and_node() {
    let mut host = Host::start(json!({}));
    host.submit(1, "ack");
    host.outcome(1).unwrap();
    host.poll_until(|host| {
        let metrics: Value = serde_json::from_str(&host.engine.metrics()).unwrap();
        metrics["metrics"].as_array().unwrap().iter().any(|metric| {
            metric["pipeline"] == "main" && metric["node"] == "out" && metric["value"] == 1
        })
    });
    host.engine.stop(Duration::ZERO);
    assert_eq!(host.engine.metrics(), r#"{"dropped":0,"metrics":[]}"#);
}
