// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Runs the engine's controller on a thread of its own.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use ferrule_context::Error;
use otel_arrow_dfe_config::engine::OtelDataflowSpec;
// Referenced so that the engine's own nodes are linked in.
use otel_arrow_dfe_controller::{
    Controller, ControllerExtensionContext, ControllerExtensionRegistry, ControllerExtensionTask,
    ControllerExtensionTaskFactory, ControllerRunOptions,
};
use otel_arrow_dfe_core_nodes as _;
use otel_arrow_dfe_otap::OTAP_PIPELINE_FACTORY;
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use crate::config::configuration;

/// The extension through which the controller hands out its handles.
pub(crate) const HOST_EXTENSION: &str = "urn:ferrule:extension:host";

/// Group of the engine's own observability pipeline.
const SYSTEM_GROUP: &str = "system";

const READINESS_POLL: Duration = Duration::from_millis(1);

/// A running controller.
pub(crate) struct Runtime {
    context: ControllerExtensionContext,
    ended: Receiver<Result<(), String>>,
}

impl Runtime {
    /// Starts the controller and waits until all pipelines are ready.
    pub(crate) fn start(
        name: &str,
        spec: OtelDataflowSpec,
        timeout: Duration,
    ) -> Result<Self, Error> {
        let until = Instant::now() + timeout;
        let (hand_over, handles) = channel();
        let options = ControllerRunOptions {
            extensions: extensions(hand_over),
            ..ControllerRunOptions::default()
        };
        let (end, ended) = channel();
        std::thread::Builder::new()
            .name(format!("{name}-engine"))
            .spawn(move || {
                let result =
                    Controller::new(&OTAP_PIPELINE_FACTORY).run_forever_with_options(spec, options);
                // Nobody listens any more if the start or the stop gave up.
                let _ = end.send(result.map_err(|error| error.to_string()));
            })
            .map_err(|error| {
                Error::retryable(format!("the engine's thread cannot be started: {error}"))
            })?;
        let context = match handles.recv_timeout(timeout) {
            Ok(context) => context,
            Err(RecvTimeoutError::Disconnected) => return Err(end_of(&ended)),
            Err(RecvTimeoutError::Timeout) => {
                return Err(configuration(format!(
                    "the engine did not start within {timeout:?}"
                )));
            }
        };
        let runtime = Self { context, ended };
        runtime.wait_until_ready(until, timeout)?;
        Ok(runtime)
    }

    fn wait_until_ready(&self, until: Instant, timeout: Duration) -> Result<(), Error> {
        loop {
            if self.is_ready() {
                return Ok(());
            }
            if let Ok(result) = self.ended.try_recv() {
                return Err(ended_early(result));
            }
            if Instant::now() >= until {
                let message = format!("not ready within {timeout:?}: {}", self.not_ready());
                // The start has failed already; a second error would say nothing more.
                let _ = self.context.control_plane.shutdown_all(1);
                return Err(configuration(message));
            }
            std::thread::sleep(READINESS_POLL);
        }
    }

    /// Whether all configured pipelines are ready.
    pub(crate) fn is_ready(&self) -> bool {
        let wanted: usize = self
            .context
            .engine_config
            .groups
            .values()
            .map(|group| group.pipelines.len())
            .sum();
        let states = self.readiness();
        states.len() >= wanted && states.iter().all(|(_, ready)| *ready)
    }

    fn not_ready(&self) -> String {
        let waiting: Vec<_> = self
            .readiness()
            .into_iter()
            .filter(|(_, ready)| !ready)
            .map(|(name, _)| name)
            .collect();
        format!("pipelines {}", waiting.join(", "))
    }

    /// Each pipeline of the configuration and whether it is ready.
    fn readiness(&self) -> Vec<(String, bool)> {
        let mut states: Vec<_> = self
            .context
            .observed_state
            .snapshot()
            .iter()
            .filter(|(key, _)| key.pipeline_group_id().as_ref() != SYSTEM_GROUP)
            .map(|(key, status)| {
                let name = format!("{}/{}", key.pipeline_group_id(), key.pipeline_id());
                (name, status.readiness())
            })
            .collect();
        states.sort();
        states
    }

    /// Asks all pipelines to drain within `drain`.
    pub(crate) fn shut_down(&self, drain: Duration) -> Result<(), Error> {
        let seconds = drain.as_secs() + 1;
        self.context
            .control_plane
            .shutdown_all(seconds)
            .map_err(|error| Error::retryable(format!("the engine refused to stop: {error:?}")))
    }

    /// Waits for the controller's end; false if it takes longer than `timeout`.
    pub(crate) fn join(&self, timeout: Duration) -> bool {
        !matches!(
            self.ended.recv_timeout(timeout),
            Err(RecvTimeoutError::Timeout)
        )
    }
}

fn extensions(
    hand_over: std::sync::mpsc::Sender<ControllerExtensionContext>,
) -> ControllerExtensionRegistry {
    let mut registry = ControllerExtensionRegistry::default();
    let hand_over = Mutex::new(hand_over);
    registry.register(
        HOST_EXTENSION.into(),
        move |context| {
            // If the start gave up nobody listens, and the controller is told to stop.
            let _ = hand_over.lock().send(context);
            let task: ControllerExtensionTaskFactory = Box::new(|stop: CancellationToken| {
                let task: ControllerExtensionTask = Box::pin(async move {
                    stop.cancelled().await;
                    Ok(())
                });
                task
            });
            Ok(task)
        },
        |_| Ok(()),
    );
    registry
}

fn end_of(ended: &Receiver<Result<(), String>>) -> Error {
    match ended.recv_timeout(Duration::from_secs(1)) {
        Ok(result) => ended_early(result),
        Err(_) => Error::permanent("the engine's thread panicked at start"),
    }
}

fn ended_early(result: Result<(), String>) -> Error {
    match result {
        Ok(()) => Error::permanent("the engine ended while it was starting"),
        Err(message) => configuration(message),
    }
}
