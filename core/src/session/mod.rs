//! The session: a pure machine inside a driver.

pub mod model;
