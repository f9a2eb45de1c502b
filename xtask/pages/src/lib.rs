//! The pages of the documentation, checked against the code. Each Rust example of a page is
//! compiled as a doc test of this crate, and `tests/` compares the pages that are made from the
//! code. It stands apart from `xtask`, which must not wait for the product to compile.

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../../../docs/quick-start-rust.md")]
pub struct QuickStart;
