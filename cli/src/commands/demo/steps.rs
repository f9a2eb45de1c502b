//! Tells each step of the demo as it happens, or all of them at the end for scripts.

use serde_json::{Value, json};

use crate::{exit::Failure, show};

/// As wide as the longest label.
const LABEL: usize = 14;

/// The steps so far.
pub(super) struct Steps {
    json: bool,
    done: Vec<Value>,
}

impl Steps {
    pub(super) fn new(json: bool) -> Self {
        Self {
            json,
            done: Vec::new(),
        }
    }

    /// Tells a step; its data are for scripts alone.
    pub(super) fn say(&mut self, step: &str, label: &str, text: &str, data: Value) {
        self.done
            .push(json!({ "step": step, "text": text, "data": data }));
        if !self.json {
            let label = format!("{label:LABEL$}");
            show::rows(&[(show::bold(&label), show::clean(text))]);
        }
    }

    /// Shows more about the last step to people.
    pub(super) fn show(&self, print: impl FnOnce()) {
        if !self.json {
            print();
        }
    }

    /// Tells how it ended.
    pub(super) fn finish(self, walked: Result<(), Failure>) -> Result<(), Failure> {
        let steps = Value::from(self.done);
        match walked {
            Err(mut failure) => {
                failure.done = Some(Box::new([("demo".to_owned(), steps)].into_iter().collect()));
                Err(failure)
            }
            Ok(()) if self.json => {
                show::json(&json!({ "demo": steps }));
                Ok(())
            }
            Ok(()) => {
                show::text("Done. Nothing is left behind.");
                Ok(())
            }
        }
    }
}
