//! How a filter's values and rows' values are compared: loosely where their kinds differ, as PHP
//! and a database do between them. The vendor does not say how \[U\].

use std::cmp::Ordering;

use serde_json::Value;

use super::{member::flag, time};

/// A value of a filter, read once in each way in which it can be compared.
#[derive(Clone, Debug)]
pub(crate) struct Operand {
    value: Value,
    number: Option<f64>,
    time: Option<i64>,
}

impl Operand {
    pub(crate) fn new(value: &Value) -> Self {
        Self {
            value: value.clone(),
            number: as_number(value),
            time: match value {
                Value::Number(_) => time::of(value),
                Value::String(text) => as_time(text),
                _ => None,
            },
        }
    }

    pub(crate) fn is_empty_text(&self) -> bool {
        self.value == ""
    }

    /// Whether a row's value is this one.
    pub(crate) fn equals(&self, row: &Value) -> bool {
        match (row, &self.value) {
            (Value::Number(number), _) => self.number.is_some() && number.as_f64() == self.number,
            (Value::String(text), Value::Number(_)) => text.parse().ok() == self.number,
            (Value::Bool(is), _) => flag(&self.value) == Some(*is),
            (row, value) => row == value,
        }
    }

    /// How a row's value stands to this one; none if they can't be compared.
    pub(crate) fn order(&self, row: &Value) -> Option<Ordering> {
        match row {
            Value::Number(number) => number.as_f64()?.partial_cmp(&self.number?),
            Value::String(text) => {
                if let (Some(mine), Some(row)) = (self.time, as_time(text)) {
                    return Some(row.cmp(&mine));
                }
                match &self.value {
                    Value::String(mine) => Some(text.as_str().cmp(mine)),
                    _ => text.parse::<f64>().ok()?.partial_cmp(&self.number?),
                }
            }
            _ => None,
        }
    }
}

fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Only what has a date in it: digits alone are a number.
fn as_time(text: &str) -> Option<i64> {
    let has_date = text.as_bytes().get(4) == Some(&b'-');
    has_date.then(|| time::parse(text)).flatten()
}
