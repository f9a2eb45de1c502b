//! The pages for people: what this server is, Access Tracker and what the API offers. They are no
//! part of the product's API: no fault meets them and no counter counts them.
//!
//! Every page works without scripts, fetches nothing from elsewhere, and holds no password, client
//! secret or token.

mod access_tracker;
mod api_docs;
mod html;
mod start;
mod words;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::Path,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, HeaderName, HeaderValue, header, uri::Authority};

use crate::{
    api::{self, Peer},
    state::Shared,
};
use html::Html;

/// The pages' routes.
pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/", get(start::page))
        .route("/access-tracker", get(access_tracker::page))
        .route("/access-tracker/rows", get(access_tracker::fragment))
        .route("/access-tracker.json", get(access_tracker::rows))
        .route("/api-docs", get(api_docs::page))
        .route("/pages/{file}", get(asset))
}

/// Whether a path is a page's, and not the product's.
pub(crate) fn has(path: &str) -> bool {
    matches!(
        path,
        "/" | "/api-docs" | "/access-tracker" | "/access-tracker/rows" | "/access-tracker.json"
    ) || path.starts_with("/pages/")
}

/// The files that pages refer to.
const ASSETS: &[(&str, &str, &str)] = &[
    (
        "colours.css",
        "text/css",
        include_str!("assets/colours.css"),
    ),
    ("style.css", "text/css", include_str!("assets/style.css")),
    (
        "access-tracker.css",
        "text/css",
        include_str!("assets/access-tracker.css"),
    ),
    (
        "api-docs.css",
        "text/css",
        include_str!("assets/api-docs.css"),
    ),
    (
        "access-tracker.js",
        "text/javascript",
        include_str!("assets/access-tracker.js"),
    ),
    (
        "api-docs.js",
        "text/javascript",
        include_str!("assets/api-docs.js"),
    ),
    ("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
];

async fn asset(Path(name): Path<String>) -> Response {
    let asset = ASSETS.iter().find(|(known, ..)| *known == name);
    match asset {
        Some((_, media, content)) => file(media, *content),
        None => api::not_found().await,
    }
}

/// What browsers are told about everything that comes from here.
const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
        ),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// A whole page.
struct Page {
    /// Its path, which marks it in the navigation.
    path: &'static str,
    title: &'static str,
    /// The server's name, as set up.
    server: String,
    main: Html,
    /// The name of its own style and script.
    own: Option<&'static str>,
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let current = |path| match self.path == path {
            true => Html::markup(" aria-current=\"page\""),
            false => Html::default(),
        };
        let own = self.own.map(|name| {
            let tags = "<link rel=\"stylesheet\" href=\"/pages/{{name}}.css\">\n\
                        <script src=\"/pages/{{name}}.js\" defer></script>";
            Html::fill(tags, &[("name", Html::text(name))])
        });
        let page = Html::fill(
            include_str!("assets/shell.html"),
            &[
                ("title", Html::text(self.title)),
                ("server", Html::text(&self.server)),
                ("version", Html::text(env!("CARGO_PKG_VERSION"))),
                ("at start", current("/")),
                ("at tracker", current("/access-tracker")),
                ("at docs", current("/api-docs")),
                ("own files", own.unwrap_or_default()),
                ("main", self.main),
            ],
        );
        file("text/html", page.into_string())
    }
}

/// An answer of one of our own kinds.
fn file(media: &'static str, content: impl Into<Body>) -> Response {
    let mut response = Response::new(content.into());
    let headers = response.headers_mut();
    headers.extend(HEADERS);
    let media = HeaderValue::from_str(&format!("{media}; charset=utf-8"))
        .expect("our own media types can stand in a header");
    headers.insert(header::CONTENT_TYPE, media);
    response
}

/// This server's address as the browser has it, for examples.
struct Address {
    secure: bool,
    host: String,
}

impl Address {
    /// A `Host` header that is no plain host and port is not repeated: examples go into a shell.
    fn of(shared: &Shared, headers: &HeaderMap, peer: Peer) -> Self {
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .filter(|host| host.parse::<Authority>().is_ok() && host.chars().all(plain));
        let connection = peer.connection;
        Self {
            secure: connection.is_some_and(|number| shared.read(|state| state.log.is_tls(number))),
            host: host.unwrap_or("localhost").to_owned(),
        }
    }

    fn url(&self, path: &str) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.host)
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, pin::pin, sync::Arc, task::Poll};

    use bytes::Bytes;
    use http::Request;

    use crate::Simulator;

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_goes_away_leaves_nothing_behind() {
        let server = Simulator::default_scenario();
        let cursor = server.shared.read(|state| state.tracker.mark());
        let uri = format!("/access-tracker/rows?after={cursor}");
        let before = Arc::strong_count(&server.shared);
        {
            let request = Request::get(uri).body(Bytes::new()).unwrap();
            let mut waiting = pin!(server.call(request));
            let pending =
                poll_fn(|context| Poll::Ready(waiting.as_mut().poll(context).is_pending())).await;
            assert!(pending);
            assert!(Arc::strong_count(&server.shared) > before);
        }
        assert_eq!(Arc::strong_count(&server.shared), before);
    }
}
