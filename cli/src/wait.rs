//! Progress of a wait: a spinner on standard error, where that is a terminal. It is gone before
//! anything is printed, and however the wait ends.

use std::{
    future::Future,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Set where the log goes to the terminal too: the two would write over each other.
static NO_SPINNER: AtomicBool = AtomicBool::new(false);

/// Shows no spinners from now on.
pub(crate) fn without_spinners() {
    NO_SPINNER.store(true, Ordering::Relaxed);
}

/// Shorter waits show nothing, so that nothing flickers.
const UNSEEN: Duration = Duration::from_millis(200);

/// Waits, with a spinner if it takes a while.
pub(crate) async fn wait<T>(what: &str, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    tokio::select! {
        biased;
        done = &mut work => return done,
        () = tokio::time::sleep(UNSEEN) => {}
    }
    let _spinner = Spinner::new(what);
    work.await
}

/// How far a long list has come: a bar on standard error where its length is known, else a number.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn new(what: &str, total: Option<u64>) -> Self {
        let bar = ProgressBar::with_draw_target(total, target());
        let template = match total {
            Some(_) => "{spinner} {msg} {wide_bar} {pos}/{len}",
            None => "{spinner} {msg} {pos} ({elapsed})",
        };
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(what.to_owned());
        Self(bar)
    }

    /// So many are there.
    pub(crate) fn is_at(&self, rows: usize) {
        self.0.set_position(rows as u64);
    }

    /// Does something that writes to the terminal, with the bar out of the way.
    pub(crate) fn without<T>(&self, work: impl FnOnce() -> T) -> T {
        self.0.suspend(work)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn target() -> ProgressDrawTarget {
    if NO_SPINNER.load(Ordering::Relaxed) {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    }
}

struct Spinner(ProgressBar);

impl Spinner {
    fn new(what: &str) -> Self {
        let bar = ProgressBar::with_draw_target(None, target());
        let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
