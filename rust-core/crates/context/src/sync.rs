// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Locks, atomics and notifications: the real ones, or those of loom, which tries the orders in
//! which threads can meet (`build.sh test` runs it).

#[cfg(not(ferrule_loom))]
pub(crate) use self::real::*;

#[cfg(ferrule_loom)]
pub(crate) use self::model::*;

#[cfg(not(ferrule_loom))]
mod real {
    pub(crate) use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};

    pub(crate) use parking_lot::{Condvar, Mutex};
    pub(crate) use tokio::sync::Notify;
}

#[cfg(ferrule_loom)]
mod model {
    use std::pin::Pin;
    use std::sync::PoisonError;
    use std::task::{Context, Poll, Waker};
    use std::time::Instant;

    pub(crate) use loom::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};

    #[derive(Debug, Default)]
    pub(crate) struct Mutex<T>(loom::sync::Mutex<T>);

    /// Empty only while its condition is waited for.
    pub(crate) struct MutexGuard<'a, T>(Option<loom::sync::MutexGuard<'a, T>>);

    impl<T> Mutex<T> {
        pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
            MutexGuard(Some(self.0.lock().unwrap_or_else(PoisonError::into_inner)))
        }
    }

    impl<T> std::ops::Deref for MutexGuard<'_, T> {
        type Target = T;

        fn deref(&self) -> &T {
            self.0.as_ref().expect("held")
        }
    }

    impl<T> std::ops::DerefMut for MutexGuard<'_, T> {
        fn deref_mut(&mut self) -> &mut T {
            self.0.as_mut().expect("held")
        }
    }

    #[derive(Debug)]
    pub(crate) struct Condvar(loom::sync::Condvar);

    impl Condvar {
        pub(crate) fn new() -> Self {
            Self(loom::sync::Condvar::new())
        }

        pub(crate) fn wait<T>(&self, guard: &mut MutexGuard<'_, T>) {
            let held = guard.0.take().expect("held");
            guard.0 = Some(self.0.wait(held).unwrap_or_else(PoisonError::into_inner));
        }

        /// In the model time stands still.
        pub(crate) fn wait_until<T>(&self, guard: &mut MutexGuard<'_, T>, _until: Instant) {
            self.wait(guard);
        }

        pub(crate) fn notify_one(&self) {
            self.0.notify_one();
        }

        pub(crate) fn notify_all(&self) {
            self.0.notify_all();
        }
    }

    /// What is used of tokio's: all who asked before a notification hear of it.
    #[derive(Debug, Default)]
    pub(crate) struct Notify(Mutex<Waiting>);

    #[derive(Debug, Default)]
    struct Waiting {
        notifications: u64,
        wakers: Vec<Waker>,
    }

    impl Notify {
        pub(crate) fn new() -> Self {
            Self::default()
        }

        pub(crate) fn notified(&self) -> Notified<'_> {
            Notified {
                notify: self,
                heard: self.0.lock().notifications,
            }
        }

        pub(crate) fn notify_waiters(&self) {
            let wakers = {
                let mut waiting = self.0.lock();
                waiting.notifications += 1;
                std::mem::take(&mut waiting.wakers)
            };
            wakers.into_iter().for_each(Waker::wake);
        }
    }

    pub(crate) struct Notified<'a> {
        notify: &'a Notify,
        heard: u64,
    }

    impl Future for Notified<'_> {
        type Output = ();

        fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
            let mut waiting = self.notify.0.lock();
            if waiting.notifications != self.heard {
                return Poll::Ready(());
            }
            waiting.wakers.push(context.waker().clone());
            Poll::Pending
        }
    }
}
