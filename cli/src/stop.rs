//! Ctrl-C and being told to end (SIGTERM): what is under way is given up in good order.

use std::{future::Future, io};

use crate::exit::Failure;

/// Hears of Ctrl-C and SIGTERM; from then on they do not end the program by themselves.
#[derive(Debug)]
pub(crate) struct Stop {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
    #[cfg(windows)]
    ctrl_c: tokio::signal::windows::CtrlC,
}

impl Stop {
    #[cfg(unix)]
    pub(crate) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            signals: [
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
            ],
        })
    }

    #[cfg(windows)]
    pub(crate) fn listen() -> io::Result<Self> {
        let ctrl_c = tokio::signal::windows::ctrl_c()?;
        Ok(Self { ctrl_c })
    }

    /// Waits until the next one.
    pub(crate) async fn asked(&mut self) {
        #[cfg(unix)]
        {
            let [interrupt, terminate] = &mut self.signals;
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        #[cfg(windows)]
        {
            let _ = self.ctrl_c.recv().await;
        }
    }

    /// Does the work, unless it is asked to stop first.
    pub(crate) async fn or<T>(
        &mut self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            biased;
            done = work => done,
            () = self.asked() => Err(Failure::cancelled()),
        }
    }
}
