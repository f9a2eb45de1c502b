//! Fault simulation: phones that sleep, lose their network, are killed, restarted and set to
//! another time, on servers that fail in every way, for months of virtual time; and an oracle,
//! independent of the core's machine, that explains every sign-out or finds that it cannot.
//!
//! The real core runs in it through its public API. Everything around it is drawn from a seed, so
//! that a run can be replayed, the whole of it or one phone.
//!
//! ```
//! use quickaccess_faults::{Client, Settings, last_line, run};
//!
//! let settings = Settings {
//!     phone_months: 1,
//!     seed: 7,
//!     threads: 1,
//!     client: Client::Core,
//!     mutation: None,
//!     focus: None,
//! };
//! let summary = run(&settings, |_| ());
//! assert!(last_line(&summary).ends_with(" 0 unexplained"));
//! ```

mod app;
mod calendar;
mod chance;
mod device;
mod fault_log;
mod focus;
mod life;
mod mutation;
mod network;
mod oracle;
mod plan;
mod process;
mod report;
mod run;
mod server;
mod store;
mod story;
mod time;
mod usage;
mod weather;
mod world;

pub use app::Client;
pub use focus::Focus;
pub use mutation::Mutation;
pub use oracle::{Finding, Happening};
pub use report::{last_line, table};
pub use run::{Settings, Summary, run, tell};
