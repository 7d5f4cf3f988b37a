// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! When an attempt is repeated.

use std::time::Duration;

use ferrule_context::deadline::retry_fits;
use ferrule_context::{Error, ErrorKind};
use serde::Deserialize;

/// Repetition of what a downstream refused for the moment.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RetrySettings {
    /// Whether to retry.
    enabled: bool,
    /// Attempts in all, the first included.
    max_attempts: u32,
    /// Wait before the first retry.
    #[serde(with = "humantime_serde")]
    initial_interval: Duration,
    /// Wait that no retry exceeds, unless the downstream asks for more.
    #[serde(with = "humantime_serde")]
    max_interval: Duration,
    /// Factor by which each wait exceeds the one before.
    multiplier: f64,
    /// Part of each wait that is left to chance, from 0 to 1.
    jitter: f64,
    /// Time after the first attempt after which no retry starts.
    #[serde(with = "humantime_serde")]
    max_elapsed_time: Duration,
}

impl Default for RetrySettings {
    fn default() -> Self {
        Self {
            enabled: true,
            max_attempts: 3,
            initial_interval: Duration::from_millis(100),
            max_interval: Duration::from_secs(5),
            multiplier: 2.0,
            jitter: 0.2,
            max_elapsed_time: Duration::from_secs(10),
        }
    }
}

impl RetrySettings {
    /// Says which field is wrong, and why.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.max_attempts == 0 {
            return Err("retry.max_attempts must be at least 1".to_owned());
        }
        if self.initial_interval.is_zero() || self.initial_interval > self.max_interval {
            return Err(format!(
                "retry.initial_interval must be longer than 0 and at most retry.max_interval,                  which is {:?}",
                self.max_interval
            ));
        }
        if !(1.0..=1000.0).contains(&self.multiplier) {
            return Err("retry.multiplier must be from 1 to 1000".to_owned());
        }
        if !(0.0..=1.0).contains(&self.jitter) {
            return Err("retry.jitter must be from 0 to 1".to_owned());
        }
        Ok(())
    }

    /// The wait before the next attempt; none if `error` is the last word. `attempts` were made
    /// in `elapsed`, and `remaining` is what the call has left.
    pub(super) fn wait(
        &self,
        error: &Error,
        attempts: u32,
        elapsed: Duration,
        remaining: Option<Duration>,
    ) -> Option<Duration> {
        let may_help = matches!(
            error.kind,
            ErrorKind::Retryable | ErrorKind::ResourceExhausted
        ) && !error.is_permanent();
        if !self.enabled || !may_help || attempts >= self.max_attempts {
            return None;
        }
        let wait = self
            .backoff(attempts, fastrand::f64())
            .max(error.retry_delay.unwrap_or_default());
        let in_time = remaining.is_none_or(|remaining| retry_fits(remaining, wait));
        (in_time && elapsed.saturating_add(wait) < self.max_elapsed_time).then_some(wait)
    }

    /// The wait after `attempts`, where `chance` is from 0 to 1.
    fn backoff(&self, attempts: u32, chance: f64) -> Duration {
        let most = self.max_interval.as_secs_f64();
        let exponent = i32::try_from(attempts.saturating_sub(1)).unwrap_or(i32::MAX);
        let wait = self.initial_interval.as_secs_f64() * self.multiplier.powi(exponent);
        let jittered = wait.min(most) * (1.0 + self.jitter * (2.0 * chance - 1.0));
        Duration::from_secs_f64(jittered.min(most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn wait(error: &Error, attempts: u32, remaining: Option<Duration>) -> Option<Duration> {
        RetrySettings::default().wait(error, attempts, Duration::ZERO, remaining)
    }

    #[test]
    fn wait_grows_within_its_bounds() {
        let settings = RetrySettings::default();
        for (attempts, chance, millis) in
            [(1, 0.5, 100), (2, 0.5, 200), (1, 0.0, 80), (99, 1.0, 5000)]
        {
            let wait = settings.backoff(attempts, chance);
            assert_eq!(wait.as_millis(), millis, "{attempts} {chance}");
        }
    }

    #[test]
    fn delay_of_the_downstream_is_waited_for() {
        let error = Error::exhausted("slow", SECOND);
        assert_eq!(wait(&error, 1, None), Some(SECOND));
        assert_eq!(wait(&error, 1, Some(SECOND)), None);
        assert!(wait(&error, 1, Some(2 * SECOND)).is_some());
    }

    #[test]
    fn last_word_is_the_last_attempt_a_permanent_error_or_the_end_of_the_time() {
        let error = Error::retryable("later");
        assert!(wait(&error, 2, None).is_some());
        assert_eq!(wait(&error, 3, None), None);
        assert_eq!(wait(&Error::permanent("never"), 1, None), None);
        assert_eq!(wait(&Error::timeout(), 1, None), None);
        let settings = RetrySettings::default();
        assert_eq!(settings.wait(&error, 1, 10 * SECOND, None), None);
        let off = RetrySettings {
            enabled: false,
            ..settings
        };
        assert_eq!(off.wait(&error, 1, Duration::ZERO, None), None);
    }

    #[test]
    fn wrong_value_names_its_field() {
        for (json, field) in [
            (r#"{"max_attempts":0}"#, "retry.max_attempts"),
            (r#"{"initial_interval":"6s"}"#, "retry.initial_interval"),
            (r#"{"multiplier":0.5}"#, "retry.multiplier"),
            (r#"{"jitter":2}"#, "retry.jitter"),
        ] {
            let settings: RetrySettings = serde_json::from_str(json).unwrap();
            assert!(settings.check().unwrap_err().contains(field), "{json}");
        }
    }
}
