//! The program, from outside, with curl: a client in another language that knows nothing of ours.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use support::guide;

/// A running program; it is ended with its test.
struct Program {
    child: Child,
    addresses: Value,
    folder: tempfile::TempDir,
}

impl Program {
    fn start(args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_quickaccess-simulator"))
            .args(["--port", "0"])
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut first = String::new();
        let mut out = BufReader::new(child.stdout.as_mut().unwrap());
        out.read_line(&mut first).unwrap();
        let addresses: Value = serde_json::from_str(&first).expect("the first line is JSON");
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("ca.pem"),
            addresses["ca_pem"].as_str().unwrap(),
        )
        .unwrap();
        Self {
            child,
            addresses,
            folder,
        }
    }

    fn url(&self, which: &str, path: &str) -> String {
        format!("{}{path}", self.addresses[which].as_str().unwrap())
    }

    /// Runs curl, which trusts the simulator's authority, with a body on its standard input.
    fn curl(&self, args: &[&str], body: &str) -> Option<Curl> {
        let mut curl = Command::new("curl");
        curl.args([
            "--silent",
            "--show-error",
            "--include",
            "--max-time",
            "30",
            "--noproxy",
            "*",
        ]);
        curl.arg("--cacert")
            .arg(self.folder.path().join("ca.pem"))
            .args(args);
        curl.stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = match curl.spawn() {
            Ok(child) => child,
            Err(error) if std::env::var_os("CI").is_none() => {
                println!("left out: curl can't be run ({error}); installing it brings this test");
                return None;
            }
            Err(error) => panic!("curl: {error}"),
        };
        child
            .stdin
            .take()
            .unwrap()
            .write_all(body.as_bytes())
            .unwrap();
        let output = child.wait_with_output().unwrap();
        Some(Curl {
            text: String::from_utf8(output.stdout).unwrap().replace('\r', ""),
            error: String::from_utf8(output.stderr).unwrap(),
        })
    }

    /// The vendor guide's first command.
    fn sign_in(&self) -> Option<Curl> {
        let url = self.url("https", "/api/oauth");
        let json = "content-type: application/json";
        self.curl(
            &["--request", "POST", &url, "--header", json, "--data", "@-"],
            &guide().to_string(),
        )
    }
}

struct Curl {
    text: String,
    error: String,
}

impl Curl {
    fn body(&self) -> Value {
        let (_, body) = self.text.split_once("\n\n").expect("headers and a body");
        serde_json::from_str(body).unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a01_curl_gets_the_vendor_pages_replies() {
    let program = Program::start(&[]);
    let Some(tokens) = program.sign_in() else {
        return;
    };
    assert!(
        tokens.text.starts_with("HTTP/1.1 200 OK\n"),
        "{}{}",
        tokens.text,
        tokens.error
    );
    assert!(
        tokens
            .text
            .contains(",\"expires_in\":28800,\"token_type\":\"Bearer\",\"scope\":null,")
    );
    let bearer = format!(
        "authorization: Bearer {}",
        tokens.body()["access_token"].as_str().unwrap()
    );
    let url = program.url("https", "/api/oauth/privileges");
    let listed = program.curl(
        &[
            &url,
            "--header",
            "accept: application/json",
            "--header",
            &bearer,
        ],
        "",
    );
    let privileges = listed.unwrap().body()["privileges"].clone();
    assert!(
        privileges
            .as_array()
            .unwrap()
            .contains(&"#cppm_endpoints".into()),
        "{privileges}"
    );
}

#[test]
fn curl_sees_the_title_as_the_reason_phrase() {
    let program = Program::start(&["--wrong-password-status", "400"]);
    let url = program.url("https", "/api/oauth");
    let wrong = guide().to_string().replace("abc123", "wrong");
    let args = [
        "--request",
        "POST",
        &url,
        "--header",
        "content-type: application/json",
        "--data",
        "@-",
    ];
    let Some(refused) = program.curl(&args, &wrong) else {
        return;
    };
    assert!(
        refused.text.starts_with("HTTP/1.1 400 invalid_grant\n"),
        "{}",
        refused.text
    );
    assert!(
        refused
            .text
            .contains("\ncontent-type: application/problem+json\n"),
        "{}",
        refused.text
    );
}

#[test]
fn a_certificate_of_its_own_is_refused_by_who_trusts_only_the_authority() {
    let program = Program::start(&["--certificate", "self-signed"]);
    let Some(refused) = program.sign_in() else {
        return;
    };
    assert!(
        refused.text.is_empty() && refused.error.contains("certificate"),
        "{}",
        refused.error
    );
}

#[test]
fn another_language_steers_it_through_the_control_api() {
    let program = Program::start(&["--refresh-mode", "one_shot"]);
    let switches = program.url("control", "/switches");
    let Some(seen) = program.curl(&[&switches], "") else {
        return;
    };
    assert_eq!(seen.body()["refresh_mode"], "one_shot");
    let faults = program.url("control", "/faults");
    let fault = "{\"on\":\"token_password\",\"times\":1,\"what\":\"drop_after_commit\"}";
    let placed = program.curl(&["--data", "@-", &faults], fault).unwrap();
    assert_eq!(placed.body()["id"], 1);
    let lost = program.sign_in().unwrap();
    assert!(lost.text.is_empty() && !lost.error.is_empty());
    let counters = program
        .curl(&[&program.url("control", "/counters")], "")
        .unwrap()
        .body();
    assert_eq!(counters["sign_ins_accepted"], 1);
}

#[test]
fn a_scenario_file_is_read_and_its_faults_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scenario.json");
    let file_name = file.to_str().unwrap();
    let run = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_quickaccess-simulator"))
            .args(args)
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.success(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    let (fine, default, _) = run(&["--print-scenario"]);
    assert!(fine && default.contains("\"QuickAccess\""));
    std::fs::write(
        &file,
        default
            .replace("\"Help Desk\"", "\"Helpdesk\"")
            .replacen("\"Helpdesk\"", "\"Hilfe\"", 1),
    )
    .unwrap();
    let (fine, _, error) = run(&["--port", "0", "--scenario", file_name]);
    assert!(
        !fine && error.contains("there is no operator profile \"Helpdesk\""),
        "{error}"
    );
    let (fine, _, error) = run(&["--scenario", "no/such/file.json"]);
    assert!(
        !fine && error.contains("no/such/file.json can't be read"),
        "{error}"
    );
}

#[test]
fn a_scenario_file_names_files_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scenario.json");
    let mut scenario: Value =
        serde_json::from_str(quickaccess_simulator::Scenario::default_json()).unwrap();
    scenario["rows"] = serde_json::json!({ "guests": { "file": "guests.csv" } });
    std::fs::write(&file, scenario.to_string()).unwrap();
    std::fs::write(folder.path().join("guests.csv"), "username\nada\nbob\n").unwrap();
    let program = Program::start(&["--scenario", file.to_str().unwrap()]);
    let Some(counts) = program.curl(&[&program.url("control", "/rows")], "") else {
        return;
    };
    assert_eq!(counts.body()["guests"], 2);
}

#[cfg(unix)]
#[test]
fn it_ends_politely_when_it_is_told_to() {
    let mut program = Program::start(&[]);
    let kill = Command::new("kill")
        .arg(program.child.id().to_string())
        .status()
        .unwrap();
    assert!(kill.success());
    assert!(program.child.wait().unwrap().success());
    let mut rest = String::new();
    program
        .child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut rest)
        .unwrap();
    assert_eq!(rest, "", "only the first line is on standard output");
}
