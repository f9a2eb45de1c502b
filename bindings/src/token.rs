//! Access tokens as objects, and the judgement of answers that other HTTP clients got with them.

use std::sync::Arc;

use quickaccess::{ForeignAnswer, Judged, QuickAccess};

use crate::{failure::QuickAccessError, requests::method, runtime::Caller, session::Session};

/// An access token that is good for the next request to this server. It is an object and no
/// record, so that nothing prints it.
#[derive(Debug, uniffi::Object)]
pub struct AccessToken {
    core: quickaccess::AccessToken,
}

impl From<quickaccess::AccessToken> for AccessToken {
    fn from(core: quickaccess::AccessToken) -> Self {
        Self { core }
    }
}

#[uniffi::export]
impl AccessToken {
    /// The text, for the `Authorization: Bearer` header of a request to this server and to no other.
    pub fn expose(&self) -> String {
        self.core.expose().to_owned()
    }

    /// Which token pair of the session it is, counted from 1.
    pub fn generation(&self) -> u64 {
        self.core.generation()
    }

    /// It is good, and lives shorter than the caller asked for.
    pub fn is_short(&self) -> bool {
        self.core.is_short()
    }
}

/// The answer that another HTTP client got for a request with a token of this session.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ClientAnswer {
    /// The method of the request.
    pub method: String,
    /// The whole address of the request.
    pub url: String,
    /// The status code.
    pub status: u16,
    /// `Content-Type`, as it was sent.
    #[uniffi(default = None)]
    pub content_type: Option<String>,
    /// The body of a 401 or 403, of which the first `most_judged` bytes are enough; of all others it
    /// may stay out.
    #[uniffi(default = None)]
    pub body: Option<Vec<u8>>,
}

/// So many bytes of the body of a rejected request are looked at; an adapter need not read more.
#[uniffi::export]
pub fn most_judged() -> u32 {
    u32::try_from(ForeignAnswer::MOST_JUDGED).unwrap_or(u32::MAX)
}

/// What to do with the answer that another HTTP client got.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum AnswerVerdict {
    /// Hand it on: it is no rejection, or nothing would come of sending the request again.
    Deliver,
    /// The token was dead, so that the request did not act. Send it once more with this one, if its
    /// body can be read again, and hand on the answer to that, whatever it is.
    Replay {
        /// The new token.
        token: Arc<AccessToken>,
    },
    /// The token is good, and the person may not do this. Hand the answer on.
    NotPermitted,
}

#[uniffi::export]
impl Session {
    /// A good token for a request that another HTTP client is about to send to `url`; none when
    /// that is not the configured server, which has its scheme, host and port. Ask again for each
    /// redirect that is followed.
    ///
    /// # Errors
    /// As `access_token`, and only for the configured server; `invalid_input` when `url` is no
    /// address.
    pub async fn token_for(
        &self,
        url: String,
    ) -> Result<Option<Arc<AccessToken>>, QuickAccessError> {
        let call = |core: QuickAccess| async move { core.token_for(&url).await };
        let token = self.call(Caller::Needed, call).await?;
        Ok(token.map(|token| Arc::new(token.into())))
    }

    /// Judges the answer to a request that carried `token`. ClearPass answers 403 both for a dead
    /// token and for a missing privilege; the session finds out which, once for all who ask, and
    /// refreshes at most once. A success is learned from too, so tell each answer.
    ///
    /// # Errors
    /// The codes of `SignIn` when the session is over, `no_api_access`, and the codes of `Retry`
    /// when nobody could be asked. The answer itself can be handed on in each case.
    pub async fn judge(
        &self,
        token: Arc<AccessToken>,
        answer: ClientAnswer,
    ) -> Result<AnswerVerdict, QuickAccessError> {
        let method = method(&answer.method)?;
        let call = |core: QuickAccess| async move {
            let answer = ForeignAnswer {
                method: &method,
                url: &answer.url,
                status: answer.status,
                content_type: answer.content_type.as_deref(),
                body: answer.body.as_deref().unwrap_or_default(),
            };
            core.judge(&token.core, answer).await
        };
        Ok(match self.call(Caller::Needed, call).await? {
            Judged::Replay(newer) => AnswerVerdict::Replay {
                token: Arc::new(newer.into()),
            },
            Judged::NotPermitted => AnswerVerdict::NotPermitted,
            _ => AnswerVerdict::Deliver,
        })
    }
}
