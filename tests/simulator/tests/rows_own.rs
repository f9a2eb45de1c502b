//! Rows that somebody brings: in a scenario, in files beside it, and through the control API.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::path::Path;

use quickaccess_simulator::{
    AdminError, RowKind, RowSettings, Running, Scenario, ServeOptions, Simulator,
};
use serde_json::{Value, json};
use support::{Person, call, encode, items};

/// The default scenario with this `rows`.
fn scenario(rows: Value) -> String {
    let mut scenario: Value = serde_json::from_str(Scenario::default_json()).unwrap();
    scenario["rows"] = rows;
    scenario.to_string()
}

fn error(result: Result<Scenario, quickaccess_simulator::ScenarioError>) -> String {
    result.unwrap_err().to_string()
}

#[tokio::test(start_paused = true)]
async fn a_scenario_brings_rows_of_its_own() {
    let rows = json!({
        "guests": { "rows": [{ "username": "ada", "enabled": false, "badge": "7" }] },
        "devices": { "generate": 10 },
        "sessions": { "generate": 0 },
    });
    let scenario = Scenario::from_json(&scenario(rows.clone())).unwrap();
    let again = serde_json::to_value(&scenario).unwrap();
    assert_eq!(again["rows"]["devices"], rows["devices"]);
    assert_eq!(again["rows"]["guests"]["rows"], rows["guests"]["rows"]);

    let admin = Person::sign_in(&Simulator::new(scenario), "api-admin").await;
    let guests = admin.get("/api/guest?calculate_count=true").await;
    assert_eq!(guests["count"], 1);
    let ada = &items(&guests)[0];
    assert_eq!(
        (
            &ada["username"],
            &ada["current_state"],
            &ada["badge"],
            &ada["role_name"]
        ),
        (
            &json!("ada"),
            &json!("disabled"),
            &json!("7"),
            &json!("[Guest]")
        )
    );
    let counts = [RowKind::Endpoint, RowKind::Device, RowKind::Session]
        .map(|kind| admin.server.row_count(kind));
    assert_eq!(counts, [5_000, 10, 0]);
}

#[tokio::test(start_paused = true)]
async fn rows_come_from_files_beside_the_scenario() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    file(
        "endpoints.csv",
        "mac_address,status,attributes.Owner\r\n00-00-5E-00-53-01,Known,\"Ada, Alder\"\r\n",
    );
    file(
        "sessions.json",
        r#"[{ "username": "ada", "mac_address": "00005e005301" }]"#,
    );
    let text = scenario(json!({
        "endpoints": { "file": "endpoints.csv" },
        "sessions": { "file": "sessions.json", "generate": 3 },
    }));
    let scenario = Scenario::from_json_in(folder.path(), &text).unwrap();
    let admin = Person::sign_in(&Simulator::new(scenario), "api-admin").await;
    let endpoint = admin.get("/api/endpoint/mac-address/00005e005301").await;
    assert_eq!(endpoint["attributes"], json!({ "Owner": "Ada, Alder" }));
    assert_eq!(admin.server.row_count(RowKind::Session), 4);
    let insight = admin.get("/api/insight/endpoint/mac/00005e005301").await;
    assert_eq!(
        (&insight["is_online"], &insight["user"]),
        (&json!(true), &json!("ada"))
    );
}

#[test]
fn mistakes_in_rows_are_named_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    file("guests.csv", "username,enabled\nada,1\nbob,maybe\n");
    file("guests.json", r#"[{"username":"ada"},{"username":"ada"}]"#);
    file("guests.txt", "");
    let two = json!([{ "mac": "00005e005301" }, { "mac": "0000.5e00.5301" }]);
    let cases = [
        (
            json!({ "guests": { "file": "guests.csv" } }),
            "rows.guests: guests.csv: line 3: enabled: must be true or false",
        ),
        (
            json!({ "guests": { "file": "guests.json" } }),
            "rows.guests: guests.json: rows[1] \"ada\": its username is there twice",
        ),
        (
            json!({ "guests": { "file": "guests.txt" } }),
            "rows.guests: guests.txt: its name must end in .json or .csv",
        ),
        (
            json!({ "guests": { "file": "no.csv" } }),
            "rows.guests: no.csv: can't be read: ",
        ),
        (
            json!({ "devices": { "rows": two } }),
            "rows.devices.rows[1] \"00005e005301\": its mac is there twice at line 1 column ",
        ),
        (
            json!({ "devices": { "rows": [{ "mac": "x" }] } }),
            "rows.devices.rows[0] \"x\": mac: must be a MAC address",
        ),
        (
            json!({ "sessions": { "rows": [{ "user_name": "ada" }] } }),
            "rows.sessions.rows[0]: user_name: is no member of such a row",
        ),
        (
            json!({ "endpoints": { "generate": 1_000_001 } }),
            "rows.endpoints.generate: 1000001 is more than 1000000",
        ),
        (
            json!({ "guests": { "generate": 5, "rows": [{ "username": "ada", "id": 5 }] } }),
            "rows.guests.rows[0] \"ada\": the made rows have the ids up to 5",
        ),
        (
            json!({ "guest": {} }),
            "unknown variant `guest`, expected one of `endpoints`",
        ),
        (json!({ "guests": { "count": 1 } }), "unknown field `count`"),
    ];
    for (rows, wanted) in cases {
        let error = error(Scenario::from_json_in(folder.path(), &scenario(rows)));
        assert!(
            error.starts_with(&format!("the scenario can't be used: {wanted}")),
            "{error}"
        );
    }
}

#[test]
fn only_a_scenario_from_a_file_names_files() {
    let text = scenario(json!({ "guests": { "file": "guests.csv" } }));
    let refused = error(Scenario::from_json(&text));
    assert!(
        refused.contains("rows.guests: only a scenario that is itself read"),
        "{refused}"
    );
    let nowhere = Scenario::from_json_in(Path::new("no/such/folder"), &text);
    assert!(error(nowhere).contains("guests.csv: can't be read"));
}

#[tokio::test(start_paused = true)]
async fn new_rows_in_the_set_up_take_the_place_of_all_others() {
    let server = Simulator::default_scenario();
    let extra = json!({ "username": "ada" });
    server
        .add_row(RowKind::Guest, extra.as_object().unwrap())
        .unwrap();
    server.enable_user("qa", false).unwrap();
    assert_eq!(
        server.row_count(RowKind::Guest),
        3_001,
        "other changes leave rows alone"
    );
    server
        .change_scenario(|scenario| {
            scenario.rows = RowSettings::default().generate(RowKind::Guest, 2)?;
            Ok::<(), AdminError>(())
        })
        .unwrap();
    assert_eq!(server.row_count(RowKind::Guest), 2);
    server.reset(Scenario::default());
    assert_eq!(server.row_count(RowKind::Guest), 3_000);
}

#[tokio::test(start_paused = true)]
async fn a_hundred_thousand_rows_are_paged_without_being_kept() {
    let mut scenario = Scenario::default();
    scenario.rows = RowSettings::default()
        .generate(RowKind::Session, 100_000)
        .unwrap();
    let admin = Person::sign_in(&Simulator::new(scenario), "api-admin").await;
    let page = admin
        .get("/api/session?limit=1000&offset=99000&calculate_count=true")
        .await;
    assert_eq!(
        (items(&page).len(), &page["count"]),
        (1_000, &json!(100_000))
    );
    assert_eq!(page["_links"].get("next"), None);
}

struct Control(Running);

impl Control {
    async fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        call(&self.0.control_url(), method, path, &body).await
    }
}

#[tokio::test]
async fn the_control_api_finds_adds_changes_and_removes_rows() {
    let server = Simulator::default_scenario();
    let control = Control(server.serve(ServeOptions::default()).await.unwrap());
    let (_, counts) = control.ask("GET", "/rows", Value::Null).await;
    assert_eq!(
        counts,
        json!({ "endpoints": 5_000, "guests": 3_000, "devices": 1_000, "sessions": 20_000 })
    );
    let filter = encode(r#"{"state":"active"}"#);
    let path = format!("/rows/sessions?limit=2&filter={filter}");
    let (_, active) = control.ask("GET", &path, Value::Null).await;
    assert!(
        active["count"].as_u64() > Some(200),
        "no quirks here: {}",
        active["count"]
    );
    assert_eq!(active["rows"].as_array().unwrap().len(), 2);

    let ada = json!({ "username": "ada", "expire_time": "2030-01-31 08:00" });
    let (status, added) = control.ask("POST", "/rows/guests", ada.clone()).await;
    assert_eq!((status, &added["id"]), (200, &json!(3_001)));
    assert_eq!(added["expire_time"], "2030-01-31T08:00:00Z");
    let change = json!({ "create_time": 86_400, "expire_time": null });
    let (_, changed) = control.ask("PATCH", "/rows/guests/3001", change).await;
    assert_eq!(
        (&changed["create_time"], &changed["expire_time"]),
        (&json!("1970-01-02T00:00:00Z"), &Value::Null)
    );
    let (status, _) = control
        .ask("DELETE", "/rows/guests/3001", Value::Null)
        .await;
    assert_eq!((status, server.row_count(RowKind::Guest)), (200, 3_000));

    let cases = [
        (
            "GET",
            "/rows/locals",
            Value::Null,
            404,
            "there are no \"locals\"; there are endpoints",
        ),
        (
            "GET",
            "/rows/guests?filter=x",
            Value::Null,
            400,
            "filter: is not JSON",
        ),
        (
            "POST",
            "/rows/guests",
            json!({ "username": "" }),
            400,
            "username: A value is required",
        ),
        (
            "POST",
            "/rows/endpoints",
            json!({ "mac": "x" }),
            400,
            "mac: is no member",
        ),
        (
            "PATCH",
            "/rows/guests/3001",
            json!({}),
            404,
            "there is no row \"3001\" among the guests",
        ),
        (
            "DELETE",
            "/rows/guests/x",
            Value::Null,
            404,
            "there is no row \"x\" among the guests",
        ),
    ];
    for (method, path, body, wanted, detail) in cases {
        let (status, problem) = control.ask(method, path, body).await;
        let said = problem["detail"].as_str().unwrap();
        assert!(
            status == wanted && said.starts_with(detail),
            "{status} {said}"
        );
    }
}
