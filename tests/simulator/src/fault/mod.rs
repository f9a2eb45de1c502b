//! Faults of a real network and of a real server, placed by a test: which requests they meet, how
//! often, and what goes wrong exactly where.

mod hold;
mod matching;
mod plan;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use hold::Hold;
pub use matching::{Match, Operation};
pub(crate) use matching::{Meeting, token_operation};
pub(crate) use plan::{Faults, Plan, Wait};

/// One placed fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which requests it meets.
    #[serde(default)]
    pub on: Match,
    /// How many requests it meets in all; none: until it is cleared.
    #[serde(default)]
    pub times: Option<u32>,
    /// How many matching requests pass before the first one that it meets.
    #[serde(default)]
    pub after: u32,
    /// What goes wrong.
    pub what: FaultKind,
}

/// Names a placed fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaultId(pub(crate) u64);

/// What goes wrong. To commit means: issue or use up tokens, that is, whatever the request does
/// for good.
///
/// Waits (`Delay`, `SlowBody`, `Hold`) add up when several meet one request; of all the others the
/// one that was placed first has its turn, and the next one waits for the next request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum FaultKind {
    /// The connection is cut before the server takes anything: [`Cut::BeforeRequest`](crate::Cut).
    DropBefore,
    /// The server takes the request and is gone before it commits; no answer comes.
    DropBeforeCommit,
    /// The server commits, and the answer never comes.
    DropAfterCommit,
    /// The server is slow.
    Delay {
        /// Before it commits, in milliseconds in JSON.
        #[serde(default, rename = "before_commit_ms", with = "milliseconds")]
        before_commit: Duration,
        /// Between the commit and the first byte of the answer, in milliseconds in JSON.
        #[serde(default, rename = "after_commit_ms", with = "milliseconds")]
        after_commit: Duration,
    },
    /// Another status, such as 429 or 503.
    Status {
        /// The status code, 400 to 599.
        code: u16,
        /// The `Retry-After` header.
        #[serde(default)]
        retry_after: Option<RetryAfter>,
        /// Whether the request was committed before it failed.
        #[serde(default)]
        moment: Moment,
        /// What the body is.
        #[serde(default)]
        body: FaultBody,
    },
    /// A gateway's `502` with an HTML page.
    Html502 {
        /// Whether the request was committed.
        #[serde(default)]
        moment: Moment,
    },
    /// The server commits; its answer ends in the middle of the body: [`Cut::MidBody`](crate::Cut).
    Truncated,
    /// The server commits; its answer is followed by so many more bytes that it has this size.
    Oversized {
        /// The size of the body in bytes.
        bytes: usize,
    },
    /// The server commits; the body trickles in over this time.
    SlowBody {
        /// From the headers to the last byte, in milliseconds in JSON.
        #[serde(rename = "lasting_ms", with = "milliseconds")]
        lasting: Duration,
    },
    /// The server commits; the answer is `200` with plain text that is no JSON.
    WrongType,
    /// The server commits; the answer is `200` with the right type and no body.
    EmptyBody,
    /// A problem of any kind, such as `401 banned` from the server's storage \[L\].
    Problem {
        /// The status code, 400 to 599.
        status: u16,
        /// The title, which is where ClearPass puts the OAuth code.
        title: String,
        /// The text for people.
        detail: String,
        /// Whether the request was committed before it failed.
        #[serde(default)]
        moment: Moment,
    },
    /// A redirect in place of the answer; nothing is committed.
    Redirect {
        /// The status code, 300 to 399.
        status: u16,
        /// Where to.
        location: String,
    },
    /// The request waits here until it is released, and that it waits can be seen.
    Hold {
        /// Where it waits.
        at: HoldAt,
    },
}

/// Whether a fault strikes before or after the request was committed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Nothing was done.
    #[default]
    BeforeCommit,
    /// Everything was done, and the client is not told.
    AfterCommit,
}

/// Where a held request waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldAt {
    /// Taken, not committed.
    BeforeCommit,
    /// Committed, no byte of the answer sent.
    AfterCommit,
    /// The headers and half of the body were sent.
    MidBody,
}

/// The body that goes with a [`FaultKind::Status`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultBody {
    /// problem+json with the status' own words.
    #[default]
    Problem,
    /// An HTML page, as proxies send them.
    Html,
    /// None.
    Empty,
}

/// A `Retry-After` header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// A number of seconds.
    Seconds(u64),
    /// A date that lies so many seconds ahead by the server's clock.
    DateInSeconds(u64),
    /// Any text.
    Text(String),
}

impl Fault {
    /// A fault that meets every matching request until it is cleared.
    pub fn new(on: impl Into<Match>, what: FaultKind) -> Self {
        Self {
            on: on.into(),
            times: None,
            after: 0,
            what,
        }
    }

    /// Only the next matching request.
    #[must_use]
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// Only so many requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Lets so many matching requests pass first.
    #[must_use]
    pub fn after(mut self, pass: u32) -> Self {
        self.after = pass;
        self
    }

    /// Says what makes no sense, for faults that come from outside.
    pub fn check(&self) -> Result<(), String> {
        let within = |name: &str, code: u16, from: u16, to: u16| match code {
            _ if (from..=to).contains(&code) => Ok(()),
            _ => Err(format!(
                "{name} is {code}, it must lie between {from} and {to}"
            )),
        };
        if self.times == Some(0) {
            return Err(
                "times is 0, so the fault would never strike; leave it out for ever".into(),
            );
        }
        match &self.what {
            FaultKind::Status {
                code, retry_after, ..
            } => {
                within("code", *code, 400, 599)?;
                match retry_after {
                    Some(RetryAfter::Text(text)) if http::HeaderValue::from_str(text).is_err() => {
                        Err("retry_after.text can't stand in a header".into())
                    }
                    _ => Ok(()),
                }
            }
            FaultKind::Problem { status, .. } => within("status", *status, 400, 599),
            FaultKind::Redirect { status, location } => {
                within("status", *status, 300, 399)?;
                http::HeaderValue::from_str(location)
                    .map(drop)
                    .map_err(|_| "location can't stand in a header".into())
            }
            FaultKind::Oversized { bytes } if *bytes > MOST_BYTES => {
                Err(format!("bytes is {bytes}, the most is {MOST_BYTES}"))
            }
            _ => Ok(()),
        }
    }
}

impl FaultKind {
    /// A slow server: waits before and after the commit.
    pub fn delay(before_commit: Duration, after_commit: Duration) -> Self {
        Self::Delay {
            before_commit,
            after_commit,
        }
    }

    /// A status with a problem body, before anything was committed.
    pub fn status(code: u16) -> Self {
        Self::Status {
            code,
            retry_after: None,
            moment: Moment::BeforeCommit,
            body: FaultBody::Problem,
        }
    }

    /// A status with `Retry-After` in seconds, before anything was committed.
    pub fn status_retry_after(code: u16, seconds: u64) -> Self {
        Self::Status {
            code,
            retry_after: Some(RetryAfter::Seconds(seconds)),
            moment: Moment::BeforeCommit,
            body: FaultBody::Problem,
        }
    }

    /// A gateway's HTML page, before or after the commit.
    pub fn html_502(moment: Moment) -> Self {
        Self::Html502 { moment }
    }

    /// A problem of any kind, before anything was committed.
    pub fn problem(status: u16, title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Problem {
            status,
            title: title.into(),
            detail: detail.into(),
            moment: Moment::BeforeCommit,
        }
    }

    /// The fault in words, for Access Tracker.
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Self::DropBefore => "cut before the request",
            Self::DropBeforeCommit => "server gone before it committed",
            Self::DropAfterCommit => "answer dropped after the commit",
            Self::Delay { .. } => "delayed",
            Self::Status {
                moment: Moment::BeforeCommit,
                ..
            } => "failed before the commit",
            Self::Status { .. } => "failed after the commit",
            Self::Html502 {
                moment: Moment::BeforeCommit,
            } => "502 page before the commit",
            Self::Html502 { .. } => "502 page after the commit",
            Self::Truncated => "answer truncated",
            Self::Oversized { .. } => "answer oversized",
            Self::SlowBody { .. } => "answer slowed down",
            Self::WrongType => "answer replaced by plain text",
            Self::EmptyBody => "answer emptied",
            Self::Problem { .. } => "answered by another problem",
            Self::Redirect { .. } => "redirected",
            Self::Hold { .. } => "held",
        }
    }
}

/// The largest body that a fault makes, 256 MiB.
const MOST_BYTES: usize = 256 << 20;

mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u128(time.as_millis())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}
