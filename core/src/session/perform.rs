//! How the driver performs the machine's effects: which tokens go where, and which tasks start.

use super::{
    driver::{Driver, Message},
    effect::{Effect, Happening, RecordDraft, Tokens},
    event::{Event, Loaded, LoadedSession},
    model::{Attempt, SessionRecord},
    published::AccessToken,
    sending::told,
    shared::Shared,
    state::Keep,
};
use crate::{
    config::Config,
    environment::Now,
    secret::Secret,
    store::{self, HistoryEntry, StoreError, Vault},
};

/// The token pair that is served.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) access: AccessToken,
    pub(crate) refresh: Option<Secret>,
    pub(crate) username: String,
    /// When it was seen alive before this start, or when it came.
    pub(crate) seen: Now,
}

impl Pair {
    /// The moment that is noted as the last one at which the session was alive. A clock that ran
    /// backwards over a reboot does not undo a later one.
    fn last_seen(&self, now: Now) -> Now {
        if now.boot_id != self.seen.boot_id && now.wall < self.seen.wall {
            self.seen
        } else {
            now
        }
    }
}

impl Driver {
    /// Performs one effect.
    pub(super) fn perform(&mut self, effect: Effect, now: Now) {
        match effect {
            Effect::Load { attempt } => self.load(attempt),
            Effect::Write {
                attempt,
                draft,
                tokens,
                expect,
            } => {
                let Some(record) = self.record(draft, tokens, now) else {
                    // The machine asked for tokens that are not there: a fault, told as a
                    // failed write, so that nothing hangs.
                    self.written(attempt, |_| Err(StoreError::Unavailable));
                    return;
                };
                self.written(attempt, move |vault| vault.save(&record, expect));
            }
            Effect::Erase { attempt, epoch } => {
                self.written(attempt, move |vault| vault.end(epoch));
            }
            Effect::Bury {
                attempt,
                cause,
                expect,
            } => {
                self.written(attempt, move |vault| vault.tombstone(cause, now, expect));
            }
            Effect::Commit { epoch } => {
                let username = self.current.as_ref().map(|pair| pair.username.clone());
                self.noted(move |shared| shared.vault.commit(epoch, &username.unwrap_or_default()));
            }
            Effect::Fence { epoch } => {
                // At once for this process, and for good as soon as the folder has it.
                if let Some(epoch) = epoch {
                    self.shared.vault.never_again(epoch);
                }
                self.noted(move |shared| shared.vault.fence(epoch));
            }
            Effect::SendSignIn { attempt, waiter } => {
                if let Some(credentials) = self.credentials.remove(&waiter) {
                    self.send_sign_in(attempt, credentials);
                }
            }
            Effect::AbortSignIn { attempt } | Effect::AbortRefresh { attempt } => {
                if let Some(abort) = self.aborts.remove(&attempt) {
                    let _ = abort.send(());
                }
            }
            Effect::SendRefresh {
                epoch,
                generation,
                attempt,
                renewal,
                not_after,
            } => {
                self.send_refresh(epoch, generation, attempt, renewal, not_after);
            }
            Effect::Take {
                attempt,
                epoch,
                generation,
                keep,
            } => {
                let Some((pair, username)) = self.answers.remove(&attempt) else {
                    return;
                };
                let old = self.current.take();
                let (old_refresh, old_name) =
                    old.map_or((None, String::new()), |old| (old.refresh, old.username));
                self.current = Some(Pair {
                    access: AccessToken::new(pair.access, epoch, generation),
                    refresh: kept(keep, pair.refresh, old_refresh),
                    username: if generation == 1 { username } else { old_name },
                    seen: now,
                });
            }
            Effect::Adopt { attempt } => {
                if let Some(record) = self.loaded.remove(&attempt) {
                    self.current = Some(Pair {
                        access: AccessToken::new(
                            record.access_token,
                            record.epoch,
                            record.generation,
                        ),
                        refresh: record.refresh_token,
                        username: record.username,
                        seen: record.last_seen,
                    });
                }
            }
            Effect::Discard { attempt } => {
                self.loaded.remove(&attempt);
                if let Some((pair, _)) = self.answers.remove(&attempt) {
                    self.revoke(pair.refresh, Some(pair.access));
                }
            }
            Effect::DropRefreshToken => {
                if let Some(pair) = &mut self.current {
                    pair.refresh = None;
                }
            }
            Effect::Retire { waiter } => {
                let revocation = match self.current.take() {
                    Some(pair) => self.revoke(pair.refresh, Some(pair.access.secret().clone())),
                    None => told(self.shared.unread()),
                };
                if let Some(waiter) = waiter {
                    self.revocations.insert(waiter, revocation);
                }
            }
            Effect::AskMe { attempt } => self.ask_me(attempt),
            Effect::Learn(mode) => {
                self.noted(move |shared| {
                    let Config {
                        server, client_id, ..
                    } = &shared.config;
                    shared.data.learn_mode(&server.to_string(), client_id, mode)
                });
            }
            Effect::Note(happening) => self.note(&happening, now),
            Effect::Answer(..) | Effect::Ignored(_) => {}
        }
    }

    pub(super) fn load(&mut self, attempt: Attempt) {
        let address = self.address.clone();
        let shared = self.shared.clone();
        let loading = self.shared.store.begin(move || match shared.open_store() {
            Ok(()) => shared.vault.load(),
            Err(error) => store::Loaded::Failed(error),
        });
        self.shared.environment.spawn(Box::pin(async move {
            let loaded = loading.await.ok().flatten();
            let loaded = loaded.unwrap_or(store::Loaded::Failed(StoreError::Unavailable));
            let _ = address.send(Message::Loaded(attempt, loaded));
        }));
    }

    /// Keeps the tokens of a record; the machine gets the rest.
    pub(super) fn keep_loaded(&mut self, attempt: Attempt, loaded: store::Loaded) -> Loaded {
        match loaded {
            store::Loaded::Session(record, holder) => {
                let session = LoadedSession {
                    epoch: record.epoch,
                    generation: record.generation,
                    times: record.times,
                    last_seen: record.last_seen,
                    renewal: record.renewal,
                    refresh_token: record.refresh_token.is_some(),
                    ended: record.ended,
                    journal: record.journal,
                    holder,
                    after_rejection: record.after_rejection,
                    unproven: record.unproven,
                };
                self.loaded.insert(attempt, *record);
                Loaded::Session(Box::new(session))
            }
            store::Loaded::SignedOut(cause) => Loaded::SignedOut(cause),
            store::Loaded::Buried {
                cause,
                epoch,
                generation,
            } => Loaded::Buried {
                cause,
                epoch,
                generation,
            },
            store::Loaded::SetAside(cause) => Loaded::SetAside(cause),
            store::Loaded::Failed(error) => Loaded::Failed(error),
        }
    }

    /// A record with its tokens.
    fn record(&self, draft: RecordDraft, tokens: Tokens, now: Now) -> Option<SessionRecord> {
        let current = self.current.as_ref();
        let mut last_seen = now;
        let (access_token, refresh_token, username) = match tokens {
            Tokens::Current => {
                let pair = current?;
                last_seen = pair.last_seen(now);
                (
                    pair.access.secret().clone(),
                    pair.refresh.clone(),
                    pair.username.clone(),
                )
            }
            Tokens::Answer(attempt, keep) => {
                let (pair, username) = self.answers.get(&attempt)?;
                let first = draft.generation == 1;
                let old = current.filter(|_| !first);
                (
                    pair.access.clone(),
                    kept(
                        keep,
                        pair.refresh.clone(),
                        old.and_then(|old| old.refresh.clone()),
                    ),
                    old.map_or_else(|| username.clone(), |old| old.username.clone()),
                )
            }
        };
        Some(SessionRecord {
            epoch: draft.epoch,
            generation: draft.generation,
            access_token,
            refresh_token: refresh_token.filter(|_| draft.ended.is_none()),
            renewal: draft.renewal,
            times: draft.times,
            last_seen,
            ended: draft.ended,
            journal: draft.journal,
            after_rejection: draft.after_rejection,
            unproven: draft.unproven,
            username,
        })
    }

    /// A call of the store whose end is an event.
    fn written(
        &mut self,
        attempt: Attempt,
        call: impl FnOnce(&Vault) -> Result<(), StoreError> + Send + 'static,
    ) {
        let address = self.address.clone();
        let vault = self.shared.vault.clone();
        let writing = self.shared.store.begin(move || call(&vault));
        self.shared.environment.spawn(Box::pin(async move {
            let result = writing
                .await
                .ok()
                .flatten()
                .unwrap_or(Err(StoreError::Unavailable));
            let _ = address.send(Message::Event(Event::Written { attempt, result }));
        }));
    }

    fn note(&self, happening: &Happening, now: Now) {
        let entry = super::history::entry(happening, now.wall);
        tracing::info!(kind = %entry.kind, code = entry.code.as_deref(), "session");
        self.write_history(entry);
    }

    pub(super) fn write_history(&self, entry: HistoryEntry) {
        self.noted(move |shared| shared.data.add_history(&entry));
    }

    /// A call of the data folder; its failure is logged, since the secret store has the last word.
    fn noted(&self, call: impl FnOnce(&Shared) -> Result<(), StoreError> + Send + 'static) {
        let shared = self.shared.clone();
        drop(self.shared.notes.begin(move || {
            if let Err(error) = call(&shared) {
                tracing::warn!(%error, "the data folder could not be written");
            }
        }));
    }
}

/// The refresh token after an answer.
fn kept(keep: Keep, new: Option<Secret>, old: Option<Secret>) -> Option<Secret> {
    match keep {
        Keep::New => new,
        Keep::Old | Keep::OldUnproven => old,
        Keep::Spent | Keep::None => None,
    }
}
