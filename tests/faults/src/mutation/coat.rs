//! The coat with the bug: between the core and the network and store of one process.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use quickaccess::{
    BoxFuture, SecretBytes,
    store::{StoreClaims, StoreError, TokenStore},
    transport::{Reply, Request, SendFailure, Transport},
};

use super::Mutation;
use crate::{
    network::{Way, refresh_token_of},
    oracle::tokens_in,
    process::Process,
    server::reply,
    store::{Keeper, is_record},
    time::SECOND,
};

/// Network and store of one process, with a bug.
#[derive(Clone)]
pub(crate) struct Coated(Arc<Coat>);

struct Coat {
    bug: Mutation,
    process: Arc<Process>,
    way: Way,
    keeper: Keeper,
    /// A late answer of a session that is over.
    late: Mutex<Option<Bytes>>,
    /// What the store says that it holds, and will.
    unwritten: Mutex<Option<(String, Vec<u8>)>>,
    /// The record as this process knows it.
    known: Mutex<Option<Vec<u8>>>,
    /// The next read is not made.
    unread: AtomicBool,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Coated {
    pub(crate) fn new(bug: Mutation, process: &Arc<Process>) -> Self {
        Self(Arc::new(Coat {
            bug,
            process: process.clone(),
            way: Way(process.clone()),
            keeper: Keeper(process.clone()),
            late: Mutex::default(),
            unwritten: Mutex::default(),
            known: Mutex::default(),
            unread: AtomicBool::new(false),
        }))
    }

    async fn refresh(self, request: Request, token: String) -> Result<Reply, SendFailure> {
        let coat = &self.0;
        match coat.bug {
            Mutation::SecondRefresh => {
                let (second, way) = (copy(&request), coat.way.clone());
                coat.process.run(async move {
                    // Nobody wants to hear this one's answer.
                    let _ = way.send(second).await;
                });
                coat.way.send(request).await
            }
            Mutation::PageBelieved => match coat.way.send(request).await? {
                page if page.status.is_server_error() => Ok(refusal()),
                answer => Ok(answer),
            },
            Mutation::NoEpochCheck => {
                if let Some(late) = locked(&coat.late).take() {
                    return Ok(reply(StatusCode::OK, late, HeaderMap::new()));
                }
                let answer = coat.way.send(request).await?;
                let over = coat.process.world.oracle().is_over(&token);
                if over && answer.status.is_success() {
                    *locked(&coat.late) = Some(Bytes::copy_from_slice(answer.body.expose()));
                }
                Ok(answer)
            }
            Mutation::BelievedUnread => {
                let answer = coat.way.send(request).await?;
                let refused = answer.status == StatusCode::BAD_REQUEST;
                coat.unread.store(refused, SeqCst);
                Ok(answer)
            }
            Mutation::PublishBeforeWrite
            | Mutation::WallTimeTrusted
            | Mutation::LockTakenForLoss => coat.way.send(request).await,
        }
    }

    /// The store says yes now and writes a moment later, if the process lives.
    fn write_later(&self, name: &str, bytes: &[u8]) {
        let later = self.clone();
        *locked(&self.0.unwritten) = Some((name.to_owned(), bytes.to_vec()));
        let (own, process) = (self.0.process.clone(), self.0.process.clone());
        process.run(async move {
            let wait = own.draw(|fate| fate.magnitude(SECOND / 2, 5 * SECOND));
            own.sleep(Duration::from_millis(wait)).await;
            let unwritten = locked(&later.0.unwritten).take();
            if let Some((name, bytes)) = unwritten {
                // Whatever comes of it: it was told to be there.
                let _ = later.0.keeper.save(&name, &SecretBytes::new(bytes));
            }
        });
    }

    fn remember(&self, name: &str, bytes: &[u8]) {
        if is_record(name) {
            *locked(&self.0.known) = Some(bytes.to_vec());
        }
    }
}

impl fmt::Debug for Coated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Coated").field(&self.0.bug).finish()
    }
}

impl Transport for Coated {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, SendFailure>> {
        match refresh_token_of(&request) {
            Some(token) => Box::pin(self.clone().refresh(request, token)),
            None => self.0.way.send(request),
        }
    }
}

impl TokenStore for Coated {
    fn load(&self, name: &str) -> Result<SecretBytes, StoreError> {
        if let Some((unwritten, bytes)) = &*locked(&self.0.unwritten)
            && unwritten == name
        {
            return Ok(SecretBytes::new(bytes.clone()));
        }
        if is_record(name)
            && self.0.unread.swap(false, SeqCst)
            && let Some(known) = &*locked(&self.0.known)
        {
            return Ok(SecretBytes::new(known.clone()));
        }
        let read = match self.0.keeper.load(name) {
            Err(StoreError::Locked) if self.0.bug == Mutation::LockTakenForLoss => {
                return Err(StoreError::NotFound);
            }
            read => read?,
        };
        self.remember(name, read.expose());
        Ok(read)
    }

    fn save(&self, name: &str, bytes: &SecretBytes) -> Result<(), StoreError> {
        let new_pair = || {
            let held = self.0.keeper.load(name);
            let held = held.as_ref().map_or(&[][..], |held| held.expose());
            tokens_in(held).first() != tokens_in(bytes.expose()).first()
        };
        if self.0.bug == Mutation::PublishBeforeWrite && is_record(name) && new_pair() {
            self.write_later(name, bytes.expose());
            return Ok(());
        }
        self.0.keeper.save(name, bytes)?;
        self.remember(name, bytes.expose());
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        *locked(&self.0.unwritten) = None;
        self.0.keeper.delete(name)
    }

    fn claims(&self) -> StoreClaims {
        self.0.keeper.claims()
    }
}

fn copy(request: &Request) -> Request {
    let (method, url) = (request.method.clone(), request.url.clone());
    let mut copy = Request::new(request.lane, method, url, request.limits);
    copy.headers.clone_from(&request.headers);
    copy.body.clone_from(&request.body);
    copy
}

/// The answer that is made of a page.
fn refusal() -> Reply {
    let body = Bytes::from_static(br#"{"title":"invalid_grant","detail":"Invalid refresh token"}"#);
    reply(StatusCode::BAD_REQUEST, body, HeaderMap::new())
}
