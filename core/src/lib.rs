//! ClearPass sign-in core.

mod environment;
mod error;
mod secret;
mod server;
pub mod session;
pub mod store;
pub mod transport;
pub mod trust;

pub use environment::{BootId, BoxFuture, Environment, Millis, Now, SystemEnvironment};
pub use error::{Action, Code, Error, ErrorRow, error_table};
pub use secret::{Secret, SecretBytes};
pub use server::ServerUrl;
