//! A request on its way: the token, the tries, the session's verdict on a rejection, redirects
//! within the origin, and the time that all of it may take.

use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use http::{HeaderMap, Method};
use url::Url;

use super::{
    answer::Download,
    retry::{self, Missed},
    verdict::{self, is_rejection, is_safe},
};
use crate::{
    environment::Millis,
    error::{Action, Code, Error},
    quickaccess::QuickAccess,
    secret::{Secret, SecretBytes},
    session::{
        driver::Told,
        event::{Area, Event},
        published::AccessToken,
    },
    transport::{
        Lane, Limits, OpenReply, Reach, Reply, Request, SendFailure,
        redirect::{self, Redirect},
    },
};

/// A request is sent so often at most within a try: once, and again after a refresh, or after
/// somebody else's.
const MOST_SENDS: u32 = 3;
/// Redirects within the same origin are followed so often at most.
const MOST_REDIRECTS: u32 = 3;
/// A request that changes nothing is tried again so often unless its caller says otherwise.
const USUAL_RETRIES: u32 = 2;
/// The largest answer that says what went wrong with a download.
const LARGEST_FAULT: usize = 64 * 1024;
/// By so much a limit of the transport comes before the deadline, so that it is the transport that
/// tells, which knows whether anything was sent.
const HEAD_START: Duration = Duration::from_millis(20);

/// A request that can be sent, more than once if need be.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<SecretBytes>,
    pub(super) deadline: Option<Duration>,
    pub(super) retries: u32,
    pub(super) max_body: Option<usize>,
    pub(super) secrets: Vec<Secret>,
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("method", &self.method)
            .field("url", &self.url.as_str())
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

/// What came of a request: the whole answer, or a success whose body is still to be read.
enum Got {
    Whole(Reply),
    Open(OpenReply),
}

/// How an answer is read.
#[derive(Clone, Copy, PartialEq)]
enum Reading {
    Whole,
    PartByPart,
}

impl Plan {
    pub(crate) fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: None,
            deadline: None,
            retries: USUAL_RETRIES,
            max_body: None,
            secrets: Vec::new(),
        }
    }

    /// Sends it, and reads the whole answer.
    pub(crate) async fn reply(self, session: &QuickAccess) -> Result<Reply, Error> {
        let run = Run::new(self, session, Reading::Whole);
        match run.in_time().await? {
            Got::Whole(reply) => Ok(reply),
            Got::Open(_) => Err(Error::new(Code::Internal)),
        }
    }

    /// Sends it, and leaves the body of a success to be read.
    pub(super) async fn open(self, session: &QuickAccess) -> Result<Download, Error> {
        let run = Run::new(self, session, Reading::PartByPart);
        let reply = match run.in_time().await? {
            Got::Open(reply) => reply,
            // Without a body: 304.
            Got::Whole(reply) => OpenReply::whole(reply),
        };
        let ends = run.ends.map(|ends| (ends, run.environment().clone()));
        Ok(Download::new(reply, run.safe, ends))
    }
}

/// A plan that is being carried out.
struct Run<'a> {
    plan: Plan,
    session: &'a QuickAccess,
    reading: Reading,
    safe: bool,
    /// By the boot clock.
    began: Millis,
    ends: Option<Millis>,
    /// Whether a request is out that may act.
    out: AtomicBool,
}

impl<'a> Run<'a> {
    fn new(plan: Plan, session: &'a QuickAccess, reading: Reading) -> Self {
        let began = session.shared.environment.now().boot;
        let ends = plan.deadline.map(|time| began.saturating_add(millis(time)));
        Self {
            safe: is_safe(&plan.method),
            plan,
            session,
            reading,
            began,
            ends,
            out: AtomicBool::new(false),
        }
    }

    fn environment(&self) -> &std::sync::Arc<dyn crate::Environment> {
        &self.session.shared.environment
    }

    /// All tries, within the deadline.
    async fn in_time(&self) -> Result<Got, Error> {
        let Some(time) = self.plan.deadline else {
            return self.tries().await;
        };
        tokio::select! {
            biased;
            got = self.tries() => got,
            () = self.environment().sleep(time) => {
                let text = format!(
                    "The request was not done within {time:?}. {}",
                    Code::Timeout.what_to_do()
                );
                let acted = !self.safe && self.out.load(Relaxed);
                Err(Error::with_message(Code::Timeout, text).may_have_acted(acted))
            }
        }
    }

    async fn tries(&self) -> Result<Got, Error> {
        let mut tries = 0;
        loop {
            let missed = match self.once().await {
                Ok(got) => return Ok(got),
                Err(missed) => missed,
            };
            let wait = self.pause(tries, &missed);
            let Some(wait) = wait else {
                return Err(missed.error);
            };
            tries += 1;
            tracing::debug!(code = %missed.error.code(), wait, "a request is tried again");
            let wait = Duration::from_millis(wait);
            self.environment().sleep(wait).await;
        }
    }

    /// How long to wait before the next try; `None` when there is none.
    fn pause(&self, tries: u32, missed: &Missed) -> Option<Millis> {
        if !self.safe || !missed.passing || tries >= self.plan.retries {
            return None;
        }
        let wish = match missed.error.action() {
            Action::Retry { after, .. } => after,
            _ => None,
        };
        let mut luck = [0; 8];
        self.environment().random(&mut luck);
        let wait = retry::wait(tries, wish, u64::from_ne_bytes(luck));
        let patience = millis(self.session.shared.config.timeouts.request);
        let last = self.began.saturating_add(patience);
        let last = self.ends.map_or(last, |ends| ends.min(last));
        let then = self.environment().now().boot.saturating_add(wait);
        (then < last).then_some(wait)
    }

    /// One try: the token, and what a rejection or a redirect asks for.
    async fn once(&self) -> Result<Got, Missed> {
        let (session, shared) = (self.session, &self.session.shared);
        let mut url = self.plan.url.clone();
        let area = area(&self.plan.method, &url, session);
        let mut token = session.access_token().await?;
        let (mut sends, mut redirects) = (0, 0);
        loop {
            sends += 1;
            let reply = match self.exchange(&url, &token).await? {
                Got::Open(reply) => return Ok(Got::Open(reply)),
                Got::Whole(reply) => reply,
            };
            if is_rejection(&reply) {
                token = ask_about(session, &token, &area, &self.plan.method).await?;
                if sends == MOST_SENDS {
                    return Err(Error::new(Code::ServerBusy).into());
                }
                continue;
            }
            let status = reply.status;
            if status.is_success() {
                session.accepted(&token, || verdict::is_the_apis_own(&reply));
                let failed = (!self.safe)
                    .then(|| verdict::failed_action(&reply, &self.secrets(&token)))
                    .flatten();
                return match failed {
                    Some(error) => Err(error.into()),
                    None => Ok(Got::Whole(reply)),
                };
            }
            if status == http::StatusCode::NOT_MODIFIED {
                return Ok(Got::Whole(reply));
            }
            if status.is_redirection() && self.safe && redirects < MOST_REDIRECTS {
                match redirect::judge(&shared.config.server, &url, &reply) {
                    Redirect::Follow(next) => {
                        url = next;
                        redirects += 1;
                        sends = 0;
                        continue;
                    }
                    Redirect::Refuse(error) => return Err(error.into()),
                    Redirect::None => {}
                }
            }
            let wall = shared.environment.now().wall;
            let error = verdict::error_of(&reply, wall, &self.secrets(&token));
            let acted = !self.safe && status.is_server_error();
            return Err(Missed::answered(error.may_have_acted(acted)));
        }
    }

    /// Sends it once.
    async fn exchange(&self, url: &Url, token: &AccessToken) -> Result<Got, Missed> {
        let shared = &self.session.shared;
        let plan = &self.plan;
        let mut request = Request::new(
            Lane::Resources,
            plan.method.clone(),
            url.clone(),
            self.limits(),
        );
        request.bearer = Some(token.secret().clone());
        request.headers = plan.headers.clone();
        request.body = plan.body.clone();
        request.not_after = self.ends;
        self.out.store(true, Relaxed);
        let got = match self.reading {
            Reading::Whole => shared.send(request).await.map(Got::Whole),
            Reading::PartByPart => match shared.open(request).await {
                Ok(reply) if reply.status.is_success() => Ok(Got::Open(reply)),
                Ok(reply) => match reply.collect(LARGEST_FAULT).await {
                    Ok(reply) => Ok(Got::Whole(reply)),
                    Err(cause) => {
                        let reach = Reach::Unknown;
                        Err(SendFailure { reach, cause })
                    }
                },
                Err(failure) => Err(failure),
            },
        };
        match got {
            Ok(got) => {
                // A rejected one did not act; of any other answer the caller hears.
                self.out.store(false, Relaxed);
                Ok(got)
            }
            Err(failure) => {
                let acted = !self.safe && failure.reach == Reach::Unknown;
                self.out.store(acted, Relaxed);
                let error = failure.to_error().may_have_acted(acted);
                Err(Missed::on_the_way(&failure, error))
            }
        }
    }

    fn limits(&self) -> Limits {
        let mut limits = self.session.shared.config.timeouts.request_limits();
        if let Some(most) = self.plan.max_body {
            limits.max_body = most;
        }
        if let Some(ends) = self.ends {
            let rest = ends.saturating_sub(self.environment().now().boot);
            let rest = Duration::from_millis(rest);
            limits.connect = limits.connect.min(rest.saturating_sub(HEAD_START));
            limits.first_byte = limits.first_byte.min(rest);
            limits.body = limits.body.min(rest);
        }
        limits
    }

    fn secrets<'s>(&'s self, token: &'s AccessToken) -> Vec<&'s Secret> {
        let secrets = self.plan.secrets.iter();
        secrets.chain([token.secret()]).collect()
    }
}

/// Lets the session judge a rejection; gives the token to replay with.
pub(super) async fn ask_about(
    session: &QuickAccess,
    token: &AccessToken,
    area: &Area,
    method: &Method,
) -> Result<AccessToken, Error> {
    let event = |waiter| Event::Rejected {
        waiter,
        epoch: token.epoch(),
        generation: token.generation(),
        area: area.clone(),
        me: *method == Method::GET && area.0 == "GET oauth/me",
    };
    match session.ask_within(event).await? {
        Told::Replay(newer) => Ok(newer),
        Told::NotPermitted => Err(verdict::not_permitted(area)),
        Told::Failed(error) => Err(error),
        _ => Err(Error::new(Code::Internal)),
    }
}

/// Method and first path segment; what lies under `oauth` is told apart, since all may read it.
pub(super) fn area(method: &Method, url: &Url, session: &QuickAccess) -> Area {
    let base = session.shared.config.server.api("");
    let base = base.as_ref().map_or("/", |url| url.path());
    let rest = url.path().strip_prefix(base).unwrap_or(url.path());
    let mut segments = rest.split('/').filter(|segment| !segment.is_empty());
    let first = segments.next().unwrap_or_default();
    let name = match (first, segments.next()) {
        ("oauth", Some(second)) => format!("{first}/{second}"),
        _ => first.to_owned(),
    };
    let name = crate::protocol::problem::printable(&name, 60);
    Area(format!("{method} {name}"))
}

fn millis(time: Duration) -> Millis {
    Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX)
}
