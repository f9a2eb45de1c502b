//! The terminal: how wide it is, whether it takes colours, and that it shows again what is typed,
//! however a question for a password ends.

use std::io::IsTerminal;
#[cfg(unix)]
use std::os::fd::AsFd;

/// A standard stream.
#[cfg(unix)]
pub(crate) trait Stream: IsTerminal + AsFd {}
#[cfg(unix)]
impl<T: IsTerminal + AsFd> Stream for T {}

/// A standard stream.
#[cfg(not(unix))]
pub(crate) trait Stream: IsTerminal {}
#[cfg(not(unix))]
impl<T: IsTerminal> Stream for T {}

/// What is narrower is taken for this wide.
const NARROWEST: usize = 20;
/// Longer lines are hard to read.
const WIDEST: usize = 100;

/// How long a line may be; `None` where nobody looks at it on a terminal.
pub(crate) fn width(stream: &impl Stream) -> Option<usize> {
    if !stream.is_terminal() {
        return None;
    }
    Some(columns(stream).unwrap_or(80).clamp(NARROWEST, WIDEST))
}

#[cfg(unix)]
fn columns(stream: &impl Stream) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(stream).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

#[cfg(not(unix))]
fn columns(_stream: &impl Stream) -> Option<usize> {
    None
}

/// Colours are for terminals, and only where nobody asked for none.
pub(crate) fn coloured(stream: &impl Stream) -> bool {
    let set = |name| std::env::var_os(name).filter(|text| !text.is_empty());
    stream.is_terminal()
        && set("NO_COLOR").is_none()
        && set("TERM").is_none_or(|term| term != "dumb")
}

/// Puts the terminal back as it was when it is dropped: a question that is given up must not leave
/// a terminal that shows nothing of what is typed.
#[derive(Debug)]
pub(crate) struct AsBefore {
    #[cfg(unix)]
    settings: Option<rustix::termios::Termios>,
}

impl AsBefore {
    pub(crate) fn now() -> Self {
        Self {
            #[cfg(unix)]
            settings: rustix::termios::tcgetattr(std::io::stdin()).ok(),
        }
    }
}

impl Drop for AsBefore {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(settings) = &self.settings {
            let now = rustix::termios::OptionalActions::Now;
            // A terminal that is gone needs no mending.
            let _ = rustix::termios::tcsetattr(std::io::stdin(), now, settings);
        }
    }
}
