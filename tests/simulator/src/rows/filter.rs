//! The JSON filters of collections, as the vendor documents them \[V\], with the quirks that were
//! seen on live sessions \[O\].

use std::cmp::Ordering;

use regex_lite::{Regex, RegexBuilder};
use serde_json::{Map, Value};

use super::{RowKind, operand::Operand};

/// Which rows are meant.
#[derive(Clone, Debug)]
pub(crate) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Member(String, Test),
    /// No row, and no word about it.
    Nothing,
}

/// What a member must be.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    All(Vec<Test>),
    Not(Box<Test>),
    OneOf(Vec<Operand>),
    Contains(String),
    Order(&'static [Ordering], Operand),
    Pattern(Regex),
    Exists(bool),
}

/// Who reads the filter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reader {
    /// The product's API for rows of this kind.
    Product(RowKind),
    /// The control API, which has no quirks.
    Control,
}

impl Reader {
    /// On live sessions `$or` is refused, and `state`, `$ne` and an empty text match nothing, in
    /// silence \[O\].
    fn has_quirks(self) -> bool {
        self == Self::Product(RowKind::Session)
    }
}

impl Filter {
    /// Reads a filter, or says what is wrong with it.
    pub(crate) fn parse(text: &str, reader: Reader) -> Result<Self, String> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| format!("is not JSON: {error}"))?;
        filter(&value, reader)
    }

    /// Whether it leaves no row out.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::All(filters) if filters.is_empty())
    }

    /// Whether a row is meant; `member` gives its members, null for those that are not there.
    pub(crate) fn meets(&self, member: &impl Fn(&str) -> Value) -> bool {
        match self {
            Self::All(filters) => filters.iter().all(|filter| filter.meets(member)),
            Self::Any(filters) => filters.iter().any(|filter| filter.meets(member)),
            Self::Not(filter) => !filter.meets(member),
            Self::Member(name, test) => test.meets(&member(name)),
            Self::Nothing => false,
        }
    }
}

impl Test {
    fn meets(&self, value: &Value) -> bool {
        match self {
            Self::All(tests) => tests.iter().all(|test| test.meets(value)),
            Self::Not(test) => !test.meets(value),
            Self::OneOf(operands) => operands.iter().any(|operand| operand.equals(value)),
            Self::Contains(part) => value.as_str().is_some_and(|text| text.contains(part)),
            Self::Order(orders, operand) => operand
                .order(value)
                .is_some_and(|order| orders.contains(&order)),
            Self::Pattern(pattern) => value.as_str().is_some_and(|text| pattern.is_match(text)),
            Self::Exists(wanted) => *wanted != value.is_null(),
        }
    }

    /// Whether it is one that finds nothing on live sessions.
    fn is_blind(&self) -> bool {
        match self {
            Self::All(tests) => tests.iter().any(Self::is_blind),
            Self::Not(test) => matches!(**test, Self::OneOf(_)) || test.is_blind(),
            Self::OneOf(operands) => operands.iter().any(Operand::is_empty_text),
            _ => false,
        }
    }
}

fn filter(value: &Value, reader: Reader) -> Result<Filter, String> {
    let Value::Object(members) = value else {
        return Err(format!("must be a JSON object, not {value}"));
    };
    let parts: Result<Vec<Filter>, String> = members
        .iter()
        .map(|(name, value)| match name.as_str() {
            "$and" => filters(name, value, reader).map(Filter::All),
            "$or" if reader.has_quirks() => Err("$or can't be used here".into()),
            "$or" => filters(name, value, reader).map(Filter::Any),
            "$not" => Ok(Filter::Not(Box::new(filter(value, reader)?))),
            name if name.starts_with('$') => Err(unknown(name)),
            name => {
                let test = test(value)?;
                Ok(
                    match reader.has_quirks() && (name == "state" || test.is_blind()) {
                        true => Filter::Nothing,
                        false => Filter::Member(name.into(), test),
                    },
                )
            }
        })
        .collect();
    Ok(Filter::All(parts?))
}

fn filters(name: &str, value: &Value, reader: Reader) -> Result<Vec<Filter>, String> {
    list(name, value)?
        .iter()
        .map(|one| filter(one, reader))
        .collect()
}

fn test(value: &Value) -> Result<Test, String> {
    match value {
        Value::Array(values) => Ok(one_of(values)),
        Value::Object(operators) if operators.keys().any(|name| name.starts_with('$')) => {
            let tests = operators
                .iter()
                .filter(|(name, _)| *name != "$options")
                .map(|(name, value)| operator(name, value, operators));
            let tests = tests.collect::<Result<Vec<_>, _>>()?;
            match operators.contains_key("$options") && !operators.contains_key("$regex") {
                true => Err("$options belongs to a $regex".into()),
                false => Ok(Test::All(tests)),
            }
        }
        value => Ok(one_of(std::slice::from_ref(value))),
    }
}

fn operator(name: &str, value: &Value, among: &Map<String, Value>) -> Result<Test, String> {
    let order = |orders| Ok(Test::Order(orders, Operand::new(value)));
    let not = |test| Test::Not(Box::new(test));
    let equal = || one_of(std::slice::from_ref(value));
    match name {
        "$eq" => Ok(equal()),
        "$ne" => Ok(not(equal())),
        "$in" => Ok(one_of(list(name, value)?)),
        "$nin" => Ok(not(one_of(list(name, value)?))),
        "$gt" => order(&[Ordering::Greater]),
        "$gte" => order(&[Ordering::Greater, Ordering::Equal]),
        "$lt" => order(&[Ordering::Less]),
        "$lte" => order(&[Ordering::Less, Ordering::Equal]),
        "$contains" => Ok(Test::Contains(text(name, value)?.into())),
        "$regex" => pattern(text(name, value)?, among.get("$options")).map(Test::Pattern),
        "$exists" => match value {
            Value::Bool(wanted) => Ok(Test::Exists(*wanted)),
            _ => Err("$exists takes true or false".into()),
        },
        "$not" => Ok(not(test(value)?)),
        name => Err(unknown(name)),
    }
}

fn pattern(text: &str, options: Option<&Value>) -> Result<Regex, String> {
    let ignore_case = match options.map(Value::as_str) {
        None | Some(Some("")) => false,
        Some(Some("i")) => true,
        Some(_) => return Err("$options can be \"i\" alone".into()),
    };
    RegexBuilder::new(text)
        .case_insensitive(ignore_case)
        .build()
        .map_err(|error| format!("$regex: {error}"))
}

fn one_of(values: &[Value]) -> Test {
    Test::OneOf(values.iter().map(Operand::new).collect())
}

fn list<'a>(name: &str, value: &'a Value) -> Result<&'a Vec<Value>, String> {
    value
        .as_array()
        .ok_or_else(|| format!("{name} takes a list"))
}

fn text<'a>(name: &str, value: &'a Value) -> Result<&'a str, String> {
    value.as_str().ok_or_else(|| format!("{name} takes a text"))
}

fn unknown(name: &str) -> String {
    format!("there is no operator {name}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ROW: &str = r#"{
        "id": 7, "name": "Ada Alder", "on": true, "off": false, "none": null, "empty": "",
        "began": "2026-11-24T08:00:00Z", "digits": "42", "map": { "a": 1 }
    }"#;

    fn meets(filter: &str, reader: Reader) -> Result<bool, String> {
        let row: Map<String, Value> = serde_json::from_str(ROW).unwrap();
        let filter = Filter::parse(filter, reader)?;
        Ok(filter.meets(&|name: &str| row.get(name).cloned().unwrap_or_default()))
    }

    const GUEST: Reader = Reader::Product(RowKind::Guest);
    const SESSION: Reader = Reader::Product(RowKind::Session);

    #[test]
    fn each_operator_finds_what_it_says() {
        let cases = [
            ("{}", true),
            (r#"{"id":7}"#, true),
            (r#"{"id":"7"}"#, true),
            (r#"{"id":8}"#, false),
            (r#"{"digits":42}"#, true),
            (r#"{"name":"Ada Alder"}"#, true),
            (r#"{"name":"ada alder"}"#, false),
            (r#"{"on":true,"off":"false"}"#, true),
            (r#"{"on":1,"off":0}"#, true),
            (r#"{"on":"yes"}"#, false),
            (r#"{"none":null,"missing":null}"#, true),
            (r#"{"empty":null}"#, false),
            (r#"{"map":{"a":1}}"#, true),
            (r#"{"id":7,"name":"x"}"#, false),
            (r#"{"id":{"$eq":7}}"#, true),
            (r#"{"id":{"$ne":7}}"#, false),
            (r#"{"missing":{"$ne":7}}"#, true),
            (r#"{"id":[1,7]}"#, true),
            (r#"{"id":[]}"#, false),
            (r#"{"id":{"$in":[1,"7"]}}"#, true),
            (r#"{"id":{"$nin":[1,7]}}"#, false),
            (r#"{"id":{"$nin":[1,2]}}"#, true),
            (r#"{"name":{"$contains":"Al"}}"#, true),
            (r#"{"name":{"$contains":"al"}}"#, false),
            (r#"{"id":{"$contains":"7"}}"#, false),
            (r#"{"id":{"$gt":6,"$lt":8}}"#, true),
            (r#"{"id":{"$gt":7}}"#, false),
            (r#"{"id":{"$gte":7,"$lte":7}}"#, true),
            (r#"{"id":{"$lt":"10"}}"#, true),
            (r#"{"missing":{"$lt":10}}"#, false),
            (r#"{"name":{"$gt":"Ada","$lt":"Adb"}}"#, true),
            (r#"{"began":{"$gt":"2026-11-24 07:59"}}"#, true),
            (r#"{"began":{"$lte":"2026-11-24T10:00:00+02:00"}}"#, true),
            (r#"{"began":{"$lt":"2026-11-24T10:00:00+02:00"}}"#, false),
            (r#"{"began":{"$gte":1795507200}}"#, true),
            (r#"{"name":{"$regex":"^Ada .+r$"}}"#, true),
            (r#"{"name":{"$regex":"^ada"}}"#, false),
            (r#"{"name":{"$regex":"^ada","$options":"i"}}"#, true),
            (r#"{"none":{"$exists":false},"id":{"$exists":true}}"#, true),
            (r#"{"empty":{"$exists":false}}"#, false),
            (r#"{"id":{"$not":{"$gt":7}}}"#, true),
            (r#"{"id":{"$not":7}}"#, false),
            (r#"{"$and":[{"id":7},{"name":"x"}]}"#, false),
            (r#"{"$and":[]}"#, true),
            (r#"{"$or":[{"id":8},{"on":true}]}"#, true),
            (r#"{"$or":[]}"#, false),
            (r#"{"$not":{"id":8}}"#, true),
            (r#"{"$not":{"$or":[{"id":7},{"id":8}]}}"#, false),
        ];
        for (filter, wanted) in cases {
            assert_eq!(meets(filter, GUEST), Ok(wanted), "{filter}");
            assert_eq!(meets(filter, Reader::Control), Ok(wanted), "{filter}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_filter_is_said() {
        let cases = [
            ("", "is not JSON"),
            ("{", "is not JSON"),
            ("[]", "must be a JSON object, not []"),
            (r#"{"$nor":[]}"#, "there is no operator $nor"),
            (r#"{"id":{"$near":1}}"#, "there is no operator $near"),
            (r#"{"id":{"$in":7}}"#, "$in takes a list"),
            (r#"{"$or":{}}"#, "$or takes a list"),
            (r#"{"$and":[7]}"#, "must be a JSON object, not 7"),
            (r#"{"id":{"$contains":7}}"#, "$contains takes a text"),
            (r#"{"id":{"$exists":1}}"#, "$exists takes true or false"),
            (r#"{"id":{"$regex":"("}}"#, "$regex: "),
            (
                r#"{"id":{"$regex":"a","$options":"x"}}"#,
                "$options can be \"i\" alone",
            ),
            (r#"{"id":{"$options":"i"}}"#, "$options belongs to a $regex"),
        ];
        for (filter, wanted) in cases {
            let error = meets(filter, GUEST).unwrap_err();
            assert!(error.starts_with(wanted), "{filter}: {error}");
        }
    }

    #[test]
    fn sessions_refuse_or_and_find_nothing_by_what_was_seen_to_fail() {
        let cases = [
            (r#"{"none":{"$exists":false}}"#, Ok(true)),
            (r#"{"id":7}"#, Ok(true)),
            (r#"{"id":{"$in":[7]},"name":{"$contains":"Ada"}}"#, Ok(true)),
            (r#"{"state":"active"}"#, Ok(false)),
            (r#"{"id":{"$ne":8}}"#, Ok(false)),
            (r#"{"empty":""}"#, Ok(false)),
            (r#"{"empty":{"$in":["",1]}}"#, Ok(false)),
            (r#"{"$and":[{"id":{"$not":{"$ne":7}}}]}"#, Ok(false)),
            (
                r#"{"$and":[{"$or":[{"id":7}]}]}"#,
                Err("$or can't be used here".to_owned()),
            ),
        ];
        for (filter, wanted) in cases {
            assert_eq!(meets(filter, SESSION), wanted, "{filter}");
        }
        assert_eq!(
            json!(meets(r#"{"on":{"$ne":false}}"#, Reader::Control).unwrap()),
            true
        );
    }
}
