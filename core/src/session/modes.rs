//! The machine and the server's mode: what becomes of a refresh token is learned by proof and never
//! by a guess, since a wrong lesson would cost sessions.

use super::{
    effect::{Effect, Happening},
    event::LoadedSession,
    machine::Turn,
    model::{Cause, Renewal, ServerMode},
    state::{Keep, Refresh, Session},
};
use crate::environment::Millis;

/// A refresh token that is refused so soon after its last success was used up by it. Later, its own
/// time may be over, or an administrator may have ended it.
const PROMPT: Millis = 600_000;

impl Turn<'_> {
    /// What becomes of the refresh token when an answer came, with a new one or without.
    pub(super) fn keep(&mut self, s: &Session, new_token: bool) -> Keep {
        if s.renewal == Renewal::ClientSecret {
            return Keep::None;
        }
        if new_token {
            self.learn(ServerMode::Rotate);
            return Keep::New;
        }
        match self.known.mode {
            // The failure came before the success, and the token went with it.
            _ if matches!(s.refresh, Refresh::Ended { .. }) => Keep::Spent,
            Some(ServerMode::OneShot) => Keep::Spent,
            Some(ServerMode::Reusable) => Keep::Old,
            _ if !self.known.doubts_old_token => Keep::Old,
            _ if s.unproven => {
                self.learn(ServerMode::Reusable);
                Keep::Old
            }
            _ => Keep::OldUnproven,
        }
    }

    /// `invalid_grant` is true: no refresh is left. The access token is served to its end. `told`
    /// is the cause that another process has found out; `proof` says that it answers
    /// the proof of what became of the old token.
    pub(super) fn believe(&mut self, s: &mut Session, told: Option<Cause>, proof: bool) {
        let theirs = s.lease.as_ref().map(|lease| lease.journal.generation);
        let cause = if s.unknown_tries > 0 || theirs == Some(s.generation) {
            Cause::RefreshUnfinished
        } else if let Some(told) = told {
            told
        } else if proof {
            // A device that slept over the answer cannot tell when the server gave it.
            if self.is_prompt(s) {
                self.learn(ServerMode::OneShot);
            }
            Cause::SingleUseSpent
        } else {
            // On a server on which a token works once, too: its use would have been answered with
            // `Keep::Spent`, so this one died of age or by an administrator.
            Cause::SessionEnded
        };
        (s.journal, s.unproven, s.owed, s.unknown_tries) = (None, false, false, 0);
        s.refresh = Refresh::Ended { cause };
        self.effects.push(Effect::DropRefreshToken);
        self.note(Happening::RefreshEnded(cause));
        self.write_now(s, 0);
    }

    /// Whether the old token is to be sent once more, straight away, or is being sent.
    pub(super) fn proving(&self, s: &Session) -> bool {
        s.unproven && self.is_prompt(s)
    }

    /// Whether the last success is so recent that a refusal now comes of it.
    fn is_prompt(&self, s: &Session) -> bool {
        let age = s.anchor.age(self.at.now);
        age.is_some_and(|age| age < PROMPT)
    }

    /// Whether a refresh spends the token for good.
    pub(super) fn works_once(&self, renewal: Renewal) -> bool {
        renewal == Renewal::RefreshToken && self.known.mode == Some(ServerMode::OneShot)
    }

    /// A session that was read from the store.
    pub(super) fn restored(&self, loaded: &LoadedSession) -> Session {
        let mut session = Session::restored(loaded, self.known, self.at.now);
        session.stretched = self.works_once(session.renewal);
        session.unproven &= self.known.mode.is_none();
        session
    }

    fn learn(&mut self, mode: ServerMode) {
        if self.known.mode != Some(mode) {
            self.known.mode = Some(mode);
            self.effects.push(Effect::Learn(mode));
            self.note(Happening::Learned(mode));
        }
    }
}
