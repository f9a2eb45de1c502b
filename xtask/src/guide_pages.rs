//! The pages with Rust examples that belong to no crate: each example is compiled as a doc test,
//! so a page that no longer fits the library fails the test run. Nothing here is for calling.
