//! Where the next page is. Links are objects with an `href` on live servers \[O\] and plain texts
//! in the vendor's document \[V\]; they are absolute, built from the address that the server
//! believes to have. No link takes the token to another origin.

use serde_json::{Map, Value};
use url::Url;

use crate::server::ServerUrl;

/// What a page says of the one after it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Next {
    /// It is here, at the configured server.
    At(Box<Url>),
    /// There is one, and the link to it can't be followed.
    Somewhere,
    /// There is none.
    None,
    /// It says nothing.
    Unsaid,
}

/// Reads a page's links.
pub(super) fn next(server: &ServerUrl, asked: &Url, page: &Map<String, Value>) -> Next {
    let Some(Value::Object(links)) = page.get("_links") else {
        return Next::Unsaid;
    };
    let Some(link) = links.get("next").and_then(href) else {
        return Next::None;
    };
    let url = asked.join(link).ok();
    let url = url.and_then(|url| server.api(url.as_str()).ok());
    match url.filter(|url| advances(asked, url)) {
        Some(url) => Next::At(Box::new(url)),
        None => Next::Somewhere,
    }
}

fn href(link: &Value) -> Option<&str> {
    let link = link.get("href").unwrap_or(link);
    link.as_str().filter(|link| !link.is_empty())
}

/// Whether a link leads on and not in a circle.
fn advances(asked: &Url, next: &Url) -> bool {
    match (offset(asked), offset(next)) {
        (now, Some(then)) => then > now.unwrap_or(0),
        (_, None) => false,
    }
}

fn offset(url: &Url) -> Option<u64> {
    let mut pairs = url.query_pairs();
    pairs.find(|(name, _)| name == "offset")?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn after(links: Value) -> Next {
        let server = ServerUrl::parse("https://cp.example/base").unwrap();
        let asked = server.api("guest?offset=25&limit=25").unwrap();
        let page = json!({ "_links": links });
        next(&server, &asked, page.as_object().unwrap())
    }

    #[test]
    fn a21_a_link_within_the_api_is_followed_in_both_forms() {
        let here = "https://cp.example/base/api/guest/?offset=50&limit=25";
        for link in [
            json!({ "href": here }),
            json!(here),
            json!("/base/api/guest/?offset=50&limit=25"),
            json!("https://CP.example:443/base/api/guest/?offset=50&limit=25"),
        ] {
            match after(json!({ "next": link })) {
                Next::At(url) => assert_eq!(url.as_str(), here),
                other => panic!("{link}: {other:?}"),
            }
        }
    }

    #[test]
    fn a21_a_link_elsewhere_or_in_a_circle_is_not_followed() {
        for link in [
            "https://evil.example/base/api/guest/?offset=50",
            "//evil.example/base/api/guest/?offset=50",
            "http://cp.example/base/api/guest/?offset=50",
            "https://cp.example:8443/base/api/guest/?offset=50",
            "https://cp.example@evil.example/base/api/guest/?offset=50",
            "https://qa:x@cp.example/base/api/guest/?offset=50",
            "https://cp.example/elsewhere?offset=50",
            "https://cp.example/base/api/../other?offset=50",
            "https://cp.example/base/api/guest/?offset=25",
            "https://cp.example/base/api/guest/?offset=0",
            "https://cp.example/base/api/guest/",
            "https://cp.example/base/api/guest/?offset=x",
            "https://[",
        ] {
            assert_eq!(after(json!({ "next": link })), Next::Somewhere, "{link}");
            assert_eq!(after(json!({ "next": { "href": link } })), Next::Somewhere);
        }
    }

    #[test]
    fn no_link_is_the_end_and_no_links_say_nothing() {
        for links in [
            json!({}),
            json!({ "next": null }),
            json!({ "next": "" }),
            json!({ "next": { "href": null } }),
            json!({ "next": 7 }),
        ] {
            assert_eq!(after(links.clone()), Next::None, "{links}");
        }
        assert_eq!(after(json!(null)), Next::Unsaid);
        assert_eq!(after(json!([])), Next::Unsaid);
    }
}
