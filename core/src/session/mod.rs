//! The session: a pure machine (`machine`) inside a driver (`driver`).
//!
//! `README.md` beside this file has the state diagram.

mod asking;
mod backoff;
pub mod clock;
mod clock_watch;
pub(crate) mod driver;
pub mod effect;
mod elsewhere;
pub mod event;
mod history;
pub mod lease;
pub mod machine;
pub mod model;
mod modes;
mod needs;
mod new_pair;
mod perform;
pub(crate) mod published;
mod refresh;
mod rejection;
mod sending;
pub(crate) mod shared;
mod sign_in;
mod signed_in;
mod signed_out;
pub mod state;
mod storing;
pub(crate) mod workers;
