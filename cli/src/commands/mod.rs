//! One file for each command.

pub(crate) mod accounts;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod find;
pub(crate) mod get;
pub(crate) mod history;
pub(crate) mod privileges;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod simulator;
pub(crate) mod token;
pub(crate) mod whoami;
