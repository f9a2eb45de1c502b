//! `docs/quick-start-rust.md` shows the example `quick_start` as it is, and the example works.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

use quickaccess_simulator::{Scenario, ServeOptions, Simulator};

const PAGE: &str = include_str!("../../docs/quick-start-rust.md");
const EXAMPLE: &str = include_str!("../examples/quick_start.rs");

#[test]
fn the_page_shows_the_example_in_less_than_twenty_lines() {
    let shown = PAGE.split_once("```rust,no_run\n").unwrap().1;
    let shown = shown.split_once("```").unwrap().0;
    let (documentation, code) = EXAMPLE.split_once("\n\n").unwrap();
    assert!(documentation.starts_with("//! "));
    assert_eq!(shown, code);
    let code = code.lines().filter(|line| !line.trim().is_empty());
    assert!(code.count() < 20);
}

#[tokio::test]
async fn the_example_signs_in_and_makes_a_call() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = ServeOptions::default();
    options.authority_folder = Some(folder.path().to_owned());
    let simulator = Simulator::new(Scenario::default())
        .serve(options)
        .await
        .unwrap();
    let mut example = Command::new(env!("CARGO"));
    // From the root, so that the features are those of the other tests and nothing is built twice.
    example.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    example.args(["run", "--quiet", "--example", "quick_start", "--"]);
    example.arg(simulator.https_url()).arg(folder.path());
    let output = tokio::task::spawn_blocking(move || example.output());
    let output = output.await.unwrap().unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{err}");
    assert!(out.starts_with("qa is signed in\n"), "{out}");
    assert_eq!(out.lines().count(), 2, "{out}");
    simulator.stop().await;
}
