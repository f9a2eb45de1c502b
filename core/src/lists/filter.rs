//! Filters of collections, as the vendor documents them \[V\]: JSON, with the operators named below
//! and no others.

use std::fmt;

use serde_json::{Map, Value};

use crate::error::{Code, Error};

/// Which rows of a collection are meant.
///
/// What a filter holds goes into a query parameter as JSON, so no value can become an operator. On
/// live servers `/session` was seen to refuse `$or`, and to find nothing by `state`, by `$ne` and
/// by an empty text, without a word \[O\]; `exists("acctstoptime", false)` finds the active ones.
///
/// ```
/// use quickaccess::Filter;
///
/// let filter = Filter::contains("username", "ada").and(Filter::exists("expire_time", true));
/// assert_eq!(
///     filter.to_string(),
///     r#"{"$and":[{"username":{"$contains":"ada"}},{"expire_time":{"$exists":true}}]}"#,
/// );
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    members: Map<String, Value>,
    /// What is wrong with it, told when it is used.
    fault: Option<String>,
}

impl Filter {
    /// Every row: `{}`.
    pub fn all() -> Self {
        Self::default()
    }

    /// The member is this (`{"member": value}`, the short form of `$eq`).
    pub fn eq(member: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        // An object or a list would be read as operators or as `$in`.
        match value.is_object() || value.is_array() {
            true => Self::test(member, "$eq", value),
            false => Self::member(member, value),
        }
    }

    /// The member is something else (`$ne`).
    pub fn ne(member: &str, value: impl Into<Value>) -> Self {
        Self::test(member, "$ne", value)
    }

    /// The member is one of these (`$in`).
    pub fn one_of<V: Into<Value>>(member: &str, values: impl IntoIterator<Item = V>) -> Self {
        Self::test(member, "$in", list(values))
    }

    /// The member is none of these (`$nin`).
    pub fn none_of<V: Into<Value>>(member: &str, values: impl IntoIterator<Item = V>) -> Self {
        Self::test(member, "$nin", list(values))
    }

    /// The member's text holds this (`$contains`).
    pub fn contains(member: &str, text: &str) -> Self {
        Self::test(member, "$contains", text)
    }

    /// The member is greater (`$gt`).
    pub fn gt(member: &str, value: impl Into<Value>) -> Self {
        Self::test(member, "$gt", value)
    }

    /// The member is greater or the same (`$gte`).
    pub fn gte(member: &str, value: impl Into<Value>) -> Self {
        Self::test(member, "$gte", value)
    }

    /// The member is less (`$lt`).
    pub fn lt(member: &str, value: impl Into<Value>) -> Self {
        Self::test(member, "$lt", value)
    }

    /// The member is less or the same (`$lte`).
    pub fn lte(member: &str, value: impl Into<Value>) -> Self {
        Self::test(member, "$lte", value)
    }

    /// The member's text matches a regular expression (`$regex`).
    pub fn regex(member: &str, pattern: &str) -> Self {
        Self::test(member, "$regex", pattern)
    }

    /// The same without regard to upper and lower case (`$regex` with `"$options": "i"`).
    pub fn regex_any_case(member: &str, pattern: &str) -> Self {
        let tests = [("$regex", pattern), ("$options", "i")];
        let tests: Map<String, Value> = tests
            .map(|(name, text)| (name.to_owned(), text.into()))
            .into_iter()
            .collect();
        Self::member(member, tests.into())
    }

    /// The member is there, or is not (`$exists`).
    pub fn exists(member: &str, there: bool) -> Self {
        Self::test(member, "$exists", there)
    }

    /// All of these (`$and`).
    pub fn all_of(filters: impl IntoIterator<Item = Self>) -> Self {
        Self::join("$and", filters)
    }

    /// At least one of these (`$or`).
    pub fn any_of(filters: impl IntoIterator<Item = Self>) -> Self {
        Self::join("$or", filters)
    }

    /// This one and another.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::all_of([self, other])
    }

    /// This one or another.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::any_of([self, other])
    }

    /// Not these (`$not`).
    #[must_use]
    pub fn negate(self) -> Self {
        Self {
            members: one("$not", self.members.into()),
            fault: self.fault,
        }
    }

    /// Reads a filter that somebody has written as JSON.
    ///
    /// # Errors
    /// `invalid_input` when it is no JSON object. Whether the operators are right the server says.
    pub fn parse(json: &str) -> Result<Self, Error> {
        let members = serde_json::from_str(json).map_err(|_| {
            Error::with_message(
                Code::InvalidInput,
                "The filter is no JSON object. Give it like {\"username\":\"ada\"}.",
            )
        })?;
        Ok(Self {
            members,
            fault: None,
        })
    }

    /// Whether it leaves no row out by itself.
    pub fn is_all(&self) -> bool {
        self.members.is_empty() && self.fault.is_none()
    }

    /// The JSON that it is sent as.
    ///
    /// # Errors
    /// `invalid_input` for a member without a name, one that begins with `$`, and filters that
    /// join nothing.
    pub fn json(&self) -> Result<String, Error> {
        match &self.fault {
            Some(fault) => Err(Error::with_message(Code::InvalidInput, fault.clone())),
            None => Ok(self.to_string()),
        }
    }

    fn test(member: &str, operator: &str, value: impl Into<Value>) -> Self {
        Self::member(member, one(operator, value.into()).into())
    }

    fn member(member: &str, value: Value) -> Self {
        let fault = match member {
            "" => Some("A filter names no member.".to_owned()),
            name if name.starts_with('$') => Some(
                "A member's name in a filter begins with $, which only operators do.".to_owned(),
            ),
            _ => None,
        };
        Self {
            members: one(member, value),
            fault,
        }
    }

    fn join(operator: &str, filters: impl IntoIterator<Item = Self>) -> Self {
        let mut fault = None;
        let filters: Vec<Value> = filters
            .into_iter()
            .map(|filter| {
                fault = fault.take().or(filter.fault);
                filter.members.into()
            })
            .collect();
        if filters.is_empty() {
            fault = Some(format!("{operator} in a filter joins nothing."));
        }
        Self {
            members: one(operator, filters.into()),
            fault,
        }
    }
}

impl fmt::Display for Filter {
    /// The JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_string(&self.members).map_err(|_| fmt::Error)?;
        f.write_str(&json)
    }
}

fn one(name: &str, value: Value) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert(name.to_owned(), value);
    members
}

fn list<V: Into<Value>>(values: impl IntoIterator<Item = V>) -> Value {
    Value::Array(values.into_iter().map(Into::into).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_operator_is_written_as_the_vendor_documents_it() {
        for (filter, wanted) in [
            (Filter::all(), "{}"),
            (Filter::eq("username", "ada"), r#"{"username":"ada"}"#),
            (Filter::eq("id", 7), r#"{"id":7}"#),
            (Filter::eq("enabled", false), r#"{"enabled":false}"#),
            (
                Filter::eq("tags", json!(["a"])),
                r#"{"tags":{"$eq":["a"]}}"#,
            ),
            (
                Filter::eq("x", json!({"$gt": 1})),
                r#"{"x":{"$eq":{"$gt":1}}}"#,
            ),
            (Filter::ne("id", 7), r#"{"id":{"$ne":7}}"#),
            (Filter::one_of("id", [1, 2]), r#"{"id":{"$in":[1,2]}}"#),
            (Filter::none_of("id", ["a"]), r#"{"id":{"$nin":["a"]}}"#),
            (
                Filter::contains("ssid", "lab"),
                r#"{"ssid":{"$contains":"lab"}}"#,
            ),
            (Filter::gt("id", 1), r#"{"id":{"$gt":1}}"#),
            (Filter::gte("id", 1), r#"{"id":{"$gte":1}}"#),
            (Filter::lt("id", 1), r#"{"id":{"$lt":1}}"#),
            (Filter::lte("id", 1), r#"{"id":{"$lte":1}}"#),
            (Filter::regex("name", "^a"), r#"{"name":{"$regex":"^a"}}"#),
            (
                Filter::regex_any_case("name", "^a"),
                r#"{"name":{"$regex":"^a","$options":"i"}}"#,
            ),
            (
                Filter::exists("email", true),
                r#"{"email":{"$exists":true}}"#,
            ),
            (
                Filter::eq("a", 1).and(Filter::eq("b", 2)),
                r#"{"$and":[{"a":1},{"b":2}]}"#,
            ),
            (
                Filter::any_of([Filter::eq("a", 1), Filter::all(), Filter::eq("b", 2)]),
                r#"{"$or":[{"a":1},{},{"b":2}]}"#,
            ),
            (
                Filter::eq("a", 1).or(Filter::eq("b", 2)).negate(),
                r#"{"$not":{"$or":[{"a":1},{"b":2}]}}"#,
            ),
        ] {
            assert_eq!(filter.json().unwrap(), wanted);
            assert_eq!(Filter::parse(wanted).unwrap(), filter);
            assert_eq!(filter.is_all(), wanted == "{}");
        }
    }

    #[test]
    fn no_value_becomes_an_operator() {
        let nasty = r#""}, "$or": [{}] , "x": {"$regex":".*""#;
        for filter in [
            Filter::eq("username", nasty),
            Filter::contains("username", nasty),
            Filter::one_of("username", [nasty]),
        ] {
            let json: Value = serde_json::from_str(&filter.json().unwrap()).unwrap();
            assert_eq!(json.as_object().unwrap().len(), 1, "{json}");
            assert!(!json.as_object().unwrap().contains_key("$or"), "{json}");
        }
    }

    #[test]
    fn what_cannot_be_a_filter_is_told_when_it_is_used() {
        for (filter, why) in [
            (Filter::eq("", 1), "names no member"),
            (Filter::eq("$or", 1), "begins with $"),
            (Filter::all_of([]), "$and in a filter joins nothing"),
            (
                Filter::eq("a", 1).or(Filter::ne("$b", 2)).negate(),
                "begins with $",
            ),
        ] {
            let error = filter.json().unwrap_err();
            assert_eq!(error.code(), Code::InvalidInput);
            assert!(error.message().contains(why), "{error}");
            assert!(!filter.is_all());
        }
        for wrong in ["", "{", "[]", "7", "null"] {
            let error = Filter::parse(wrong).unwrap_err();
            assert_eq!(error.code(), Code::InvalidInput, "{wrong}");
        }
    }
}
