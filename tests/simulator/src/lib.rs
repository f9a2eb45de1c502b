//! A ClearPass that a client cannot tell from the real one, for tests.
//!
//! The scenario is what an administrator would have set up; [`Simulator::default_scenario`] brings
//! the API client `QuickAccess` and the user `qa` with the password `abc123`. Tests in Rust call it
//! in memory, so that a paused clock works:
//!
//! ```
//! use bytes::Bytes;
//! use quickaccess_simulator::{Fault, FaultKind, Operation, Simulator};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! let server = Simulator::default_scenario();
//! let sign_in = || {
//!     http::Request::post("/api/oauth")
//!         .header("content-type", "application/json")
//!         .body(Bytes::from_static(
//!             br#"{"grant_type":"password","client_id":"QuickAccess","username":"qa","password":"abc123"}"#,
//!         ))
//!         .unwrap()
//! };
//! assert_eq!(server.call(sign_in()).await.unwrap().status(), 200);
//!
//! // The server commits, and its answer is lost:
//! server.fault(Fault::new(Operation::TokenPassword, FaultKind::DropAfterCommit).once());
//! assert!(server.call(sign_in()).await.is_err());
//! assert_eq!(server.counters().sign_ins_accepted, 2);
//! # });
//! ```
//!
//! [`Simulator::serve`] listens on loopback with HTTP and HTTPS, and with a control API for tests
//! in any language.

mod admin;
mod admin_rows;
mod api;
mod args;
mod clock;
mod control;
mod counters;
mod fault;
mod pages;
mod rows;
mod scenario;
mod seen;
mod serve;
mod simulator;
mod state;
mod strike;
mod switches;
mod tokens;
mod tracker;

pub use admin::AdminError;
pub use admin_rows::FoundRows;
pub use args::{CertificateKind, RunError, SimulatorArgs, main, run};
pub use counters::{Counters, ResourceCalls, TokenRequests};
pub use fault::{
    Fault, FaultBody, FaultId, FaultKind, Hold, HoldAt, Match, Moment, Operation, RetryAfter,
};
pub use rows::{Row, RowKind, RowSettings};
pub use scenario::{
    ApiClient, ClientGrant, Hidden, LocalUser, OAuth2Service, OperatorProfile, Scenario,
    ScenarioError, Server,
};
pub use seen::{Connection, Handshake, Seen};
pub use serve::{CertificateSettings, Running, ServeError, ServeOptions, SignedBy};
pub use simulator::{Cut, Simulator};
pub use switches::{
    DeadTokenStatus, ErrorStyle, ExpiresIn, LinkStyle, RefreshMode, Revoke, Switches, UpdateStatus,
    WrongPasswordStatus,
};
pub use tracker::{AccessResult, AccessRow};
