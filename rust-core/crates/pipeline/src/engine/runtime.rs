// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Runs the engine's controller on a thread of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use ferrule_context::{Error, LogLevel};
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use super::state::EngineState;
use crate::config::log_threshold::LogThreshold;
use crate::engine_api::{
    AdminError, Controller, ControllerError, ControllerExtensionContext,
    ControllerExtensionRegistry, ControllerExtensionTask, ControllerExtensionTaskFactory,
    ControllerRunOptions, EngineConfigReconcileRequest, EngineConfigReconcileState,
    OTAP_PIPELINE_FACTORY, OtelDataflowSpec, TelemetryRegistryHandle,
};
use crate::error::configuration::configuration;
use crate::logs::hosts::{log_from_thread, own_thread};
use crate::urns::{HOST_EXTENSION, NO_ADMIN, SYSTEM_GROUP};

const READINESS_POLL: Duration = Duration::from_millis(1);

/// Time for the threads of a failed start to end.
const ABORT_TIMEOUT: Duration = Duration::from_secs(2);

const PANICKED: &str = "the engine's thread panicked";

/// A running controller.
pub(crate) struct Runtime {
    context: ControllerExtensionContext,
    ended: Mutex<Receiver<Result<(), String>>>,
}

impl Runtime {
    /// Starts the controller and waits until all pipelines are ready.
    pub(crate) fn start(state: &Arc<EngineState>, spec: OtelDataflowSpec) -> Result<Self, Error> {
        let timeout = state.config.start_timeout();
        let until = Instant::now() + timeout;
        let unwanted = Arc::new(AtomicBool::new(false));
        let (hand_over, handles) = channel();
        let options = ControllerRunOptions {
            extensions: extensions(hand_over, Arc::clone(&unwanted), Arc::clone(state)),
            ..ControllerRunOptions::default()
        };
        let (end, ended) = channel();
        let engine = Arc::clone(state);
        std::thread::Builder::new()
            .name(format!("{}-engine", state.config.name))
            .spawn(move || {
                own_thread(engine.id);
                let result = run(spec, options, &engine);
                engine.fail(match &result {
                    Some(Ok(())) => "the engine was told to stop by somebody else",
                    Some(Err(message)) => message,
                    None => PANICKED,
                });
                engine.end();
                // Nobody listens any more if the start or the stop gave up.
                let _ = result.map(|result| end.send(result));
            })
            .map_err(|error| Error {
                message: format!("the engine's thread cannot be started: {error}").into(),
                ..Error::from(&error)
            })?;
        let context = match handles.recv_timeout(timeout) {
            Ok(context) => context,
            Err(RecvTimeoutError::Disconnected) => return Err(end_of(&ended)),
            Err(RecvTimeoutError::Timeout) => {
                unwanted.store(true, Ordering::Release);
                return Err(configuration(format!(
                    "the engine did not start within {timeout:?}"
                )));
            }
        };
        let runtime = Self {
            context,
            ended: Mutex::new(ended),
        };
        if let Err(error) = runtime.wait_until_ready(until, timeout) {
            // The start has failed already; a second error would say nothing more.
            let _ = runtime.shut_down(Duration::ZERO);
            runtime.join(ABORT_TIMEOUT);
            return Err(error);
        }
        Ok(runtime)
    }

    fn wait_until_ready(&self, until: Instant, timeout: Duration) -> Result<(), Error> {
        loop {
            if self.is_ready() {
                return Ok(());
            }
            if Instant::now() >= until {
                let message = format!("not ready within {timeout:?}: {}", self.not_ready());
                return Err(configuration(message));
            }
            match self.ended.lock().recv_timeout(READINESS_POLL) {
                Ok(result) => return Err(ended_early(result)),
                Err(RecvTimeoutError::Disconnected) => return Err(panicked()),
                Err(RecvTimeoutError::Timeout) => {}
            }
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

    /// Sets which of the engine's own log lines go to the host; false if the engine is busy with
    /// another change of its configuration.
    pub(crate) fn set_log_level(&self, threshold: LogThreshold) -> bool {
        let plane = &self.context.control_plane;
        let Ok(mut config) = plane.engine_config_snapshot() else {
            return false;
        };
        config.engine.telemetry.logs.level = threshold.directive().try_into().ok();
        // Without pipelines it looks at nothing but the engine's own settings.
        config.groups.clear();
        let request = EngineConfigReconcileRequest {
            config,
            step_timeout_secs: 1,
            drain_timeout_secs: 1,
            delete_timeout_secs: 1,
            delete_missing: false,
        };
        plane
            .reconcile_engine_config(request)
            .is_ok_and(|status| status.state == EngineConfigReconcileState::Succeeded)
    }

    /// What the engine measures.
    pub(crate) fn telemetry(&self) -> &TelemetryRegistryHandle {
        &self.context.telemetry_registry
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
            self.ended.lock().recv_timeout(timeout),
            Err(RecvTimeoutError::Timeout)
        )
    }
}

/// Runs the controller to its end; none if it panicked.
fn run(
    spec: OtelDataflowSpec,
    options: ControllerRunOptions,
    engine: &EngineState,
) -> Option<Result<(), String>> {
    let run = || Controller::new(&OTAP_PIPELINE_FACTORY).run_forever_with_options(spec, options);
    let result = catch_unwind(AssertUnwindSafe(run)).ok()?;
    let result = result.or_else(|error| match admin_error(&error) {
        None => Err(error.to_string()),
        // It hides why the engine gave up
        Some(admin) => match engine.take_abort() {
            Some(reason) => Err(reason),
            None if is_expected(admin) => Ok(()),
            None => Err(error.to_string()),
        },
    });
    if let Err(message) = &result {
        log_from_thread(LogLevel::Error, "engine", message);
    }
    Some(result)
}

/// The error of the admin server, which the engine may have wrapped in what its console lost.
fn admin_error(error: &ControllerError) -> Option<&AdminError> {
    match error {
        ControllerError::AdminError(error) => Some(error),
        ControllerError::RunFailedWithConsoleOutputLoss { source, .. }
        | ControllerError::RunFailedWithConsoleDiagnosticsLoss { source, .. } => {
            admin_error(source)
        }
        _ => None,
    }
}

/// Whether there is no admin server because the configuration wants none.
fn is_expected(error: &AdminError) -> bool {
    matches!(error, AdminError::InvalidBindAddress { bind_address, .. } if bind_address == NO_ADMIN)
}

/// The extension passes the controller's handles on, and records in `engine` when the controller's
/// end begins. `unwanted` is set if nobody waits for the handles any more; the controller then ends,
/// because one of its extensions fails.
fn extensions(
    hand_over: Sender<ControllerExtensionContext>,
    unwanted: Arc<AtomicBool>,
    engine: Arc<EngineState>,
) -> ControllerExtensionRegistry {
    let mut registry = ControllerExtensionRegistry::default();
    let hand_over = Mutex::new(hand_over);
    registry.register(
        HOST_EXTENSION.into(),
        move |context| {
            hand_over
                .lock()
                .send(context)
                .map_err(|_| "the start gave up")?;
            let (unwanted, engine) = (Arc::clone(&unwanted), Arc::clone(&engine));
            let task: ControllerExtensionTaskFactory = Box::new(|stop: CancellationToken| {
                let task: ControllerExtensionTask = Box::pin(async move {
                    if unwanted.load(Ordering::Acquire) {
                        return Err("the start gave up".into());
                    }
                    stop.cancelled().await;
                    // The exact reason is known only at the end, up to ten seconds later.
                    engine.fail("a pipeline failed and is not restarted");
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
        Err(_) => panicked(),
    }
}

fn panicked() -> Error {
    Error::permanent(PANICKED)
}

fn ended_early(result: Result<(), String>) -> Error {
    match result {
        Ok(()) => Error::permanent("the engine ended while it was starting"),
        Err(message) => configuration(message),
    }
}
