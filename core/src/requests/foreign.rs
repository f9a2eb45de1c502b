//! For HTTP clients of the app's own: which of their requests the token is for, and what an answer
//! asks for. The adapters for OkHttp, Ktor and URLSession ask here and decide nothing themselves.

use http::Method;
use url::Url;

use super::{exchange, verdict::is_rejection_with};
use crate::{
    error::{Code, Error},
    quickaccess::QuickAccess,
    session::published::AccessToken,
};

/// What to do with the answer that another client got.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Judged {
    /// Hand it on: it is no rejection, or nothing would come of sending the request again.
    Deliver,
    /// The token was dead, so that the request did not act. Send it once more with this one, if its
    /// body can be read again; hand on the answer to that, whatever it is.
    Replay(AccessToken),
    /// The token is good, and the person may not do this. Hand the answer on.
    NotPermitted,
}

/// The answer that another client got, as far as it has to be known.
#[derive(Clone, Copy)]
pub struct ForeignAnswer<'a> {
    /// The method of the request.
    pub method: &'a Method,
    /// The whole address of the request.
    pub url: &'a str,
    /// The status code.
    pub status: u16,
    /// `Content-Type`, as it was sent.
    pub content_type: Option<&'a str>,
    /// The body of a 401 or 403; of all others it may stay empty. The first
    /// [`MOST_JUDGED`](Self::MOST_JUDGED) bytes are enough.
    pub body: &'a [u8],
}

impl ForeignAnswer<'_> {
    /// So much of a body is looked at; ClearPass says what it has to say in a few hundred bytes.
    pub const MOST_JUDGED: usize = 64 * 1024;
}

impl std::fmt::Debug for ForeignAnswer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ForeignAnswer")
            .field("method", self.method)
            .field("status", &self.status)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}

impl QuickAccess {
    /// A good token for a request that another HTTP client is about to send to `url`; `None` when
    /// that is not the configured server, which has its scheme, host and port. Ask again for each
    /// redirect that is followed.
    ///
    /// # Errors
    /// As [`Self::access_token`], and only for the configured server; `invalid_input` when `url` is
    /// no address.
    pub async fn token_for(&self, url: &str) -> Result<Option<AccessToken>, Error> {
        let url = parse(url)?;
        if !self.shared.config.server.same_origin(&url) {
            return Ok(None);
        }
        self.access_token().await.map(Some)
    }

    /// Judges the answer to a request that carried `token`. ClearPass answers 403 both for a dead
    /// token and for a missing privilege; the session finds out which, once for all who ask, and
    /// refreshes at most once. A success is learned from too, so tell each answer.
    ///
    /// # Errors
    /// The codes of the `SignIn` row when the session is over, `no_api_access`, and the codes of
    /// `Retry` when nobody could be asked. The answer itself can be handed on in each case.
    pub async fn judge(
        &self,
        token: &AccessToken,
        answer: ForeignAnswer<'_>,
    ) -> Result<Judged, Error> {
        let url = parse(answer.url)?;
        if !self.shared.config.server.same_origin(&url) {
            return Ok(Judged::Deliver);
        }
        if (200..300).contains(&answer.status) {
            // A captive portal welcomes people with a page, and that is no acceptance.
            self.accepted(token, || answer.content_type.is_some_and(is_json));
            return Ok(Judged::Deliver);
        }
        if !is_rejection_with(answer.status, answer.body) {
            return Ok(Judged::Deliver);
        }
        let area = exchange::area(answer.method, &url, self);
        match exchange::ask_about(self, token, &area, answer.method).await {
            Ok(newer) => Ok(Judged::Replay(newer)),
            Err(error) if error.code() == Code::NotPermitted => Ok(Judged::NotPermitted),
            Err(error) => Err(error),
        }
    }
}

fn is_json(content_type: &str) -> bool {
    let media = content_type.split(';').next().unwrap_or_default().trim();
    let media = media.to_ascii_lowercase();
    media == "application/json" || (media.starts_with("application/") && media.ends_with("+json"))
}

fn parse(url: &str) -> Result<Url, Error> {
    Url::parse(url).map_err(|_| {
        let text = "The address of the request is none. Give the whole of it, with https://.";
        Error::with_message(Code::InvalidInput, text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_known_by_its_media_type() {
        for yes in [
            "application/json",
            "application/hal+json; charset=utf-8",
            "Application/JSON",
        ] {
            assert!(is_json(yes), "{yes}");
        }
        for no in ["text/html", "text/plain", "", "application/jsonp"] {
            assert!(!is_json(no), "{no}");
        }
    }
}
