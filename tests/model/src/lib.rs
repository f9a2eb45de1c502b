//! Explores the session machine of QuickAccess, the very `step` that runs in the app, against a
//! world that does its worst: the network, the store, the clock, the people, another process, and a
//! kill at any moment. Every state that can be reached within a model's bounds is looked at, and in
//! each the promises of the session have to hold.
//!
//! - [`models`] are the models, each with a focus of its own; [`Bounds`] says how far one goes.
//! - [`check`] explores one and gives a [`Report`], with the shortest run to a broken [`Promise`].
//! - [`Mutation`] are bugs on purpose, which must be caught.
//!
//! The world is `world`, with `driver`, `vault` and `server` in it, which do what their namesakes in
//! the product do, without tokens, files and sockets. `truth` is what nobody in it knows.

mod action;
mod bounds;
mod calls;
mod diagram;
mod driver;
mod ending;
mod expecting;
mod explorer;
mod models;
mod mutation;
mod neighbour;
mod normal;
mod passing;
mod possible;
mod promise;
mod report;
mod server;
mod time;
mod trouble;
mod truth;
mod vault;
mod walk;
mod world;

pub use bounds::{Bounds, Budget, Start};
pub use diagram::{Arrows, Seen, drawn};
pub use explorer::Step;
pub use models::models;
pub use mutation::Mutation;
pub use promise::Promise;
pub use report::{Counterexample, Report, check, check_mutant};

/// The page with the diagrams of the machine.
pub const README: &str = include_str!("../../../core/src/session/README.md");
