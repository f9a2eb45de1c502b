//! The core logs an error only when something happens that cannot be. This listens for that, and
//! for nothing else.

use std::{
    cell::RefCell,
    fmt::{Debug, Write},
};

use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::{DefaultGuard, Interest},
};

thread_local! {
    static ERRORS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Listens on this thread as long as it lives.
pub(crate) struct Listening {
    _guard: DefaultGuard,
}

/// Begins to listen on this thread.
pub(crate) fn listen() -> Listening {
    ERRORS.with_borrow_mut(Vec::clear);
    Listening {
        _guard: tracing::subscriber::set_default(Errors),
    }
}

impl Listening {
    /// The errors since the start.
    pub(crate) fn take(&self) -> Vec<String> {
        ERRORS.take()
    }
}

struct Errors;

impl Subscriber for Errors {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.enabled(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::ERROR
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        ERRORS.with_borrow_mut(|errors| errors.push(text.0));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a string does not fail.
        let _ = write!(self.0, "{} {value:?} ", field.name());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_heard_and_nothing_else() {
        let listening = listen();
        tracing::info!("all is well");
        tracing::error!(event = "Judged", "cannot be");
        let heard = listening.take();
        assert_eq!(heard.len(), 1);
        assert!(
            heard[0].contains("Judged") && heard[0].contains("cannot be"),
            "{heard:?}"
        );
        assert!(listening.take().is_empty());
    }
}
