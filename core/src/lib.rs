//! Signs a person in to HPE Aruba ClearPass, and keeps the session.
//!
//! The password grant of a public API client gives an access token and a refresh token. This
//! library keeps both in the device's own secret store, extends the session without ever losing
//! it for no reason, and says who the person is and what they may do.
//!
//! ```no_run
//! use quickaccess::{Code, MemoryStore, Need, QuickAccess};
//!
//! # async fn run() -> Result<(), quickaccess::Error> {
//! let session = QuickAccess::builder("https://clearpass.example", "QuickAccess")
//!     .store(MemoryStore::new())
//!     .build()?;
//! match session.sign_in("qa", "abc123").await {
//!     Err(error) if error.code() == Code::CredentialsRejected => println!("{error}"),
//!     other => other?,
//! }
//! let me = session.whoami().await?;
//! let privileges = session.privileges().await?;
//! println!("{:?} may change guests: {}", me.name(), privileges.allows("guest_users", Need::Write));
//! # Ok(()) }
//! ```
//!
//! # Requests and look-ups
//!
//! What the token is for: typed look-ups of what a person works with, lists of any length row by row,
//! and any other call of the API.
//!
//! ```no_run
//! use quickaccess::{Code, EndpointStatus, Filter, ListQuery, MacAddress, Method, QuickAccess};
//!
//! # async fn run(session: QuickAccess) -> Result<(), quickaccess::Error> {
//! let typed = MacAddress::parse("00-00-5E-00-53-01")?;
//! match session.endpoints().by_mac(typed).await {
//!     Ok(endpoint) if endpoint.status == EndpointStatus::Unknown => {
//!         session.endpoints().set_status(endpoint.id, EndpointStatus::Known).await?;
//!     }
//!     Ok(endpoint) => println!("{} is {}", endpoint.mac_address, endpoint.status),
//!     Err(error) if error.code() == Code::NotFound => println!("never seen"),
//!     Err(error) => return Err(error),
//! }
//!
//! let soon = ListQuery::new().filter(Filter::lt("expire_time", "2026-12-01T00:00:00Z"));
//! let mut guests = session.guests().list(soon.limit(500));
//! while let Some(guest) = guests.next().await {
//!     println!("{}", guest?.username);
//! }
//!
//! let roles: serde_json::Value = session.request(Method::GET, "role").send().await?;
//! println!("{}", roles["_embedded"]["items"]);
//! # Ok(()) }
//! ```
//!
//! # The map
//!
//! - [`QuickAccess`] is the handle: sign in and out, [`QuickAccess::access_token`], who and what,
//!   requests, the state and its history. [`Builder`] sets it up.
//! - [`RequestBuilder`] sends a request; [`Filter`], [`ListQuery`] and [`Pages`] read lists.
//! - [`Endpoints`], [`Guests`], [`Devices`], [`NetworkSessions`] and [`Insight`] look things up.
//! - [`Error`] says what to do ([`Error::action`]) and why ([`Error::code`]).
//! - [`SessionState`] is what screens show; [`PlatformEvent`] is what a platform tells.
//! - [`Doctor`] finds out why people can't sign in, and where an administrator mends it.
//! - [`store`] has the secret stores, and the three calls to bring one of your own.
//! - [`trust`] decides which certificates are believed; nothing turns that off.
//! - [`session`] is the machine that all of it rests on: a pure function, for those who want to
//!   check its promises.
//!
//! # What is never done
//!
//! No password is stored, logged or sent twice. No token is written anywhere but into the secret
//! store that the app named. No certificate is believed because somebody was in a hurry.

mod accounts;
#[cfg(any(target_os = "android", test))]
pub mod android;
mod builder;
mod config;
mod doctor;
mod environment;
mod error;
mod lists;
mod lookups;
mod probe;
mod protocol;
mod quickaccess;
mod requests;
mod secret;
mod server;
pub mod session;
pub mod store;
pub mod transport;
pub mod trust;
mod who;

pub use http::Method;

pub use accounts::{Account, Accounts};
pub use builder::Builder;
pub use config::{Dialect, Timeouts};
pub use doctor::{
    CheckStatus, Doctor, DoctorCheck, DoctorProgress, DoctorReport, DoctorStep, DoctorVerdict,
};
pub use environment::{BootId, BoxFuture, Environment, Millis, Now, SystemEnvironment};
pub use error::{Action, Code, Error, ErrorRow, error_table};
pub use lists::{Filter, ListQuery, Page, Pages, RowStream, Rows, Sort};
pub use lookups::{
    AccountState, Device, Devices, Endpoint, EndpointStatus, Endpoints, Guest, Guests, Insight,
    MacAddress, NetworkSession, NetworkSessionState, NetworkSessions, NewGuest, OnlineStatus,
    ReceiptBy,
};
pub use probe::Probe;
pub use protocol::{
    identity::{Identity, ServerVersion},
    privileges::{Level, Need, Privilege, Privileges},
};
pub use quickaccess::{QuickAccess, SignOutReport, TokenNeed};
pub use requests::{Download, ForeignAnswer, Form, InvalidField, Judged, RequestBuilder, Response};
pub use secret::{Secret, SecretBytes};
pub use server::ServerUrl;
pub use session::{
    driver::Revocation,
    event::PlatformEvent,
    model::Cause,
    published::{AccessToken, RefreshState, SessionState, SignedIn, Stays},
};
pub use store::{HistoryEntry, MemoryStore};
pub use trust::Trust;
