//! Whether a client takes JSON.

use http::{HeaderMap, header};

use super::{params::is_json, problem::Problem};

/// The refusal for an `Accept` header without anything that means JSON.
pub(crate) fn check_accept(headers: &HeaderMap) -> Result<(), Problem> {
    check(headers, takes_json)
}

/// The refusal for an `Accept` header without this `application/` type.
pub(crate) fn check_accept_of(headers: &HeaderMap, wanted: &str) -> Result<(), Problem> {
    check(headers, |range| takes(range, |media| media == wanted))
}

fn check(headers: &HeaderMap, takes: impl Fn(&str) -> bool) -> Result<(), Problem> {
    let mut values = headers.get_all(header::ACCEPT).iter().peekable();
    if values.peek().is_none() {
        return Ok(());
    }
    let accepted = values
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .any(takes);
    match accepted {
        true => Ok(()),
        false => Err(Problem::new(
            406,
            "Not Acceptable",
            "Cannot honor Accept type specified",
        )),
    }
}

fn takes_json(range: &str) -> bool {
    takes(range, is_json)
}

fn takes(range: &str, is_wanted: impl Fn(&str) -> bool) -> bool {
    let mut parts = range.split(';').map(str::trim);
    let media = parts.next().unwrap_or_default().to_ascii_lowercase();
    let weight = parts
        .find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok())
        .unwrap_or(1.0);
    weight > 0.0 && (is_wanted(&media) || matches!(media.as_str(), "*/*" | "application/*"))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn json_is_found_among_what_a_client_takes() {
        let accepts = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(value));
            check_accept(&headers).is_ok()
        };
        assert!(check_accept(&HeaderMap::new()).is_ok());
        for fine in [
            "application/json",
            "text/html, */*;q=0.8",
            "application/*",
            "application/problem+json",
        ] {
            assert!(accepts(fine), "{fine}");
        }
        for refused in [
            "text/html",
            "application/xml",
            "application/json;q=0",
            "image/*",
        ] {
            assert!(!accepts(refused), "{refused}");
        }
    }
}
