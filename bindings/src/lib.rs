//! The QuickAccess core for Kotlin and Swift, exported through UniFFI.
//!
//! There is no logic here. Each type is a view of one of the core's, each call hands over to it,
//! and [`QuickAccessError`] is its one error in both tiers. What this crate does add is what a
//! foreign caller needs: a runtime of its own, so that any thread may call; stores, observers and
//! logs that are written in the other language; and memory that is wiped when it is freed.
//!
//! ```
//! use quickaccess_ffi::{Session, SessionSettings, TokenStore};
//!
//! let settings = SessionSettings::new("https://clearpass.example", "QuickAccess");
//! let session = Session::new(settings, TokenStore::in_memory(), None)?;
//! println!("{:?}", session.state());
//! let refused = SessionSettings::new("http://clearpass.example", "QuickAccess");
//! let refused = Session::new(refused, TokenStore::in_memory(), None).unwrap_err();
//! assert_eq!(refused.why().code, "invalid_input");
//! # Ok::<(), quickaccess_ffi::QuickAccessError>(())
//! ```
//!
//! # Rules of the border
//!
//! - Any thread may make, call and drop an object; none has to have a runtime.
//! - A caller that goes away ends its own wait. What would be lost by that goes on: a refresh, a
//!   sign-out and an approval, once called, are done. A sign-in whose caller goes away is
//!   cancelled, as is one for which [`Session::cancel_sign_in`] is called.
//! - No record holds a token: records print themselves in both languages. The access token leaves
//!   by calls and as an object, which nothing prints, and the refresh token never.
//! - Passwords come in as bytes, which the caller can wipe; a string of Kotlin or Swift can't be.

mod accounts;
mod certificate;
mod doctor;
mod failure;
mod lists;
mod log;
mod lookups;
mod observer;
mod person;
mod platform;
mod reports;
mod requests;
mod runtime;
mod session;
mod settings;
mod state;
mod store;
mod token;

pub use accounts::{Account, Accounts};
pub use certificate::{Certificate, CertificateProblem, UntrustedCertificate};
pub use doctor::{CheckStatus, DoctorCheck, DoctorObserver, DoctorReport, DoctorVerdict};
pub use failure::{CallbackError, ErrorRow, FieldFault, QuickAccessError, Why, error_table};
pub use lists::{Filter, FilterValue, ListQuery, Page, Pages, Sort, filter_json};
pub use log::{LogLevel, LogRecord, LogSink, log_to_platform, set_log_sink};
pub use lookups::{
    AccountState, Device, DeviceRows, Devices, Endpoint, EndpointRows, EndpointStatus, Endpoints,
    Guest, GuestRows, Guests, MacAddress, NetworkSession, NetworkSessionRows, NetworkSessionState,
    NetworkSessions, NewGuest, OnlineStatus, ReceiptBy, read_mac_address,
};
pub use observer::{Observation, StateObserver};
pub use person::{Identity, Member, Privilege, PrivilegeLevel, ServerVersion};
pub use reports::{HistoryEntry, Revocation, ServerProbe, SignOutReport};
pub use requests::{
    ApiRequest, ApiResponse, Download, FormFile, FormPart, NameAndValue, RequestBody,
};
pub use session::{CancelHandle, Session};
pub use settings::{AccountChoice, Dialect, SessionSettings, Timeouts, TokenNeed};
pub use state::{PlatformEvent, RefreshState, SessionState, SignedIn, SignedOutCause, Stays};
pub use store::{Persistence, Processes, SecretStore, StoreClaims, StoreError, TokenStore};
pub use token::{AccessToken, AnswerVerdict, ClientAnswer, most_judged};

/// Freed memory is wiped, so that no copy of a password or token stays behind.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

uniffi::setup_scaffolding!("quickaccess");

include!(concat!(env!("OUT_DIR"), "/library_fits.rs"));
