//! Collections and single rows, as a client reads them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::HashSet;

use quickaccess_simulator::{LinkStyle, RowKind, RowSettings, Scenario, ServeOptions, Simulator};
use serde_json::{Value, json};
use support::{Person, access_token_of, encode, items, raw};

async fn admin() -> Person {
    Person::sign_in(&Simulator::default_scenario(), "api-admin").await
}

fn next(page: &Value) -> Option<&str> {
    page["_links"]["next"]["href"].as_str()
}

#[tokio::test(start_paused = true)]
async fn a_page_has_25_rows_and_no_count_unless_asked() {
    let admin = admin().await;
    for (path, first) in [
        ("/api/endpoint", json!(1)),
        ("/api/guest", json!(3_000)),
        ("/api/device", json!(1_000)),
    ] {
        let page = admin.get(path).await;
        assert_eq!(items(&page).len(), 25, "{path}");
        assert_eq!(items(&page)[0]["id"], first, "{path}");
        assert_eq!(page.get("count"), None);
    }
    let sessions = admin.get("/api/session?calculate_count=true&limit=1").await;
    assert_eq!(
        (&sessions["count"], items(&sessions).len()),
        (&json!(20_000), 1)
    );
    assert!(items(&sessions)[0]["id"].is_string());
}

#[tokio::test(start_paused = true)]
async fn the_pages_have_every_row_once() {
    let mut scenario = Scenario::default();
    scenario.rows = RowSettings::default()
        .generate(RowKind::Session, 2_001)
        .unwrap();
    let admin = Person::sign_in(&Simulator::new(scenario), "api-admin").await;
    let cases = [
        ("/api/endpoint?limit=1000", 5_000, 5),
        ("/api/guest?limit=700&sort=%2Busername", 3_000, 5),
        ("/api/device", 1_000, 40),
        ("/api/session?limit=1000", 2_001, 3),
        ("/api/session?limit=999&sort=%2Bid", 2_001, 3),
    ];
    for (path, rows, pages) in cases {
        let mut seen = HashSet::new();
        let mut link = Some(path.to_owned());
        let mut count = 0;
        while let Some(path) = link {
            let page = admin.get(&path).await;
            count += 1;
            for item in items(&page) {
                assert!(seen.insert(item["id"].to_string()), "{} twice", item["id"]);
            }
            link = next(&page).map(str::to_owned);
        }
        assert_eq!((seen.len(), count), (rows, pages), "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn links_are_absolute_objects_with_the_slash_of_live_answers() {
    let admin = admin().await;
    let page = admin.get("/api/guest?limit=2&offset=2").await;
    let link = |offset: u32| {
        json!({ "href": format!(
            "https://clearpass.example/api/guest/?calculate_count=false&offset={offset}\
             &limit=2&sort=-id&filter=%7B%7D"
        ) })
    };
    let wanted = json!({ "self": link(2), "first": link(0), "next": link(4), "prev": link(0) });
    assert_eq!(page["_links"], wanted);
    assert_eq!(
        items(&page)[0]["_links"],
        json!({ "self": { "href": "https://clearpass.example/api/guest/2998" } })
    );
    let counted = admin.get("/api/guest?limit=999&calculate_count=1").await;
    let last = counted["_links"]["last"]["href"].as_str().unwrap();
    assert!(last.contains("offset=2997&"), "{last}");
    assert_eq!(items(&admin.get(last).await).len(), 3);
    let end = admin.get("/api/guest?offset=2999").await;
    assert_eq!((items(&end).len(), next(&end)), (1, None));
    assert_eq!(items(&admin.get("/api/guest?offset=9999").await).len(), 0);
}

#[tokio::test(start_paused = true)]
async fn links_may_be_plain_texts_and_name_another_host() {
    let admin = admin().await;
    admin.server.set_switches(|switches| {
        switches.link_style = LinkStyle::Strings;
        switches.link_address = Some("https://elsewhere.example/".into());
    });
    let page = admin.get("/api/endpoint?limit=1").await;
    let next = page["_links"]["next"].as_str().unwrap();
    assert!(
        next.starts_with("https://elsewhere.example/api/endpoint/?"),
        "{next}"
    );
    assert_eq!(
        items(&page)[0]["_links"]["self"],
        "https://elsewhere.example/api/endpoint/1"
    );
}

#[tokio::test]
async fn links_lead_back_to_the_port_that_was_used() {
    let server = Simulator::default_scenario();
    let token = access_token_of(&server, "qa").await;
    let running = server.serve(ServeOptions::default()).await.unwrap();
    let host = running
        .http_url()
        .strip_prefix("http://")
        .unwrap()
        .to_owned();
    let request = format!(
        "GET /api/endpoint?limit=1 HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\
         connection: close\r\n\r\n"
    );
    let answer = raw(&running.http_url(), &request).await;
    let link = format!("{{\"self\":{{\"href\":\"http://{host}/api/endpoint/1\"}}}}");
    assert!(answer.contains(&link), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn what_a_query_can_not_be_is_told_by_member() {
    let admin = admin().await;
    let cases = [
        ("limit=0", "limit", "must be a whole number from 1 to 1000"),
        (
            "limit=1001",
            "limit",
            "must be a whole number from 1 to 1000",
        ),
        (
            "limit=all",
            "limit",
            "must be a whole number from 1 to 1000",
        ),
        ("offset=-1", "offset", "must be a whole number from 0"),
        (
            "calculate_count=maybe",
            "calculate_count",
            "must be true or false",
        ),
        (
            "sort=%2Bno_such",
            "sort",
            "must be + or - and a member, not \"+no_such\"",
        ),
        // A plus sign that was not encoded is a space.
        (
            "sort=+id",
            "sort",
            "must be + or - and a member, not \" id\"",
        ),
        (
            "filter=%7B%22%24nor%22%3A1%7D",
            "filter",
            "there is no operator $nor",
        ),
    ];
    for (query, member, message) in cases {
        let path = format!("/api/endpoint?{query}");
        let (status, problem) = admin.ask("GET", &path, Value::Null).await;
        assert_eq!(status, 422, "{query}");
        assert_eq!(
            problem["validation_messages"],
            json!({ member: [message] }),
            "{query}"
        );
        assert_eq!(problem["detail"], "Failed Validation");
    }
    assert_eq!(
        items(&admin.get("/api/endpoint?limit=1000").await).len(),
        1_000
    );
}

#[tokio::test(start_paused = true)]
async fn filters_and_orders_work_over_the_wire() {
    let admin = admin().await;
    let count = async |path: &str, filter: Value| {
        let filter = encode(&filter.to_string());
        let path = format!("{path}?calculate_count=true&limit=1&filter={filter}");
        admin.get(&path).await["count"].as_u64().unwrap()
    };
    let known = count("/api/endpoint", json!({ "status": "Known" })).await;
    let others = count("/api/endpoint", json!({ "status": { "$ne": "Known" } })).await;
    assert!(known > 3_000 && others > 500 && known + others == 5_000);
    let by_state = json!({ "$or": [
        { "current_state": "active" },
        { "current_state": ["disabled", "expired"] },
        { "current_state": { "$contains": "pend" } },
    ] });
    assert_eq!(count("/api/guest", by_state).await, 3_000);
    let page = admin
        .get("/api/guest?sort=-expire_time&limit=1000&filter=%7B%22enabled%22%3Atrue%7D")
        .await;
    let times = items(&page)
        .iter()
        .map(|guest| guest["expire_time"].as_str());
    assert!(times.rev().is_sorted());
}

#[tokio::test(start_paused = true)]
async fn active_sessions_are_found_in_the_one_way_that_works_live() {
    let admin = admin().await;
    let find = async |filter: Value| {
        let filter = encode(&filter.to_string());
        let path = format!("/api/session?limit=1000&filter={filter}");
        admin.ask("GET", &path, Value::Null).await
    };
    let (_, open) = find(json!({ "acctstoptime": { "$exists": false } })).await;
    let states = |state: &str| {
        let with = |item: &&Value| item["state"] == state;
        items(&open).iter().filter(with).count()
    };
    assert!(
        (200..500).contains(&states("active")),
        "{}",
        states("active")
    );
    assert_eq!(states("active") + states("stale"), items(&open).len());
    for blind in [
        json!({ "state": "active" }),
        json!({ "acctstoptime": "" }),
        json!({ "acctterminatecause": { "$ne": "User-Request" } }),
    ] {
        let (status, page) = find(blind.clone()).await;
        assert_eq!((status, items(&page).len()), (200, 0), "{blind}");
    }
    let (status, refused) = find(json!({ "$or": [{ "ssid": "Guest" }] })).await;
    assert_eq!(status, 422);
    assert_eq!(
        refused["validation_messages"],
        json!({ "filter": ["$or can't be used here"] })
    );
    let someone = &items(&open)[0];
    let (_, own) = find(json!({
        "username": someone["username"], "acctstoptime": { "$exists": false },
    }))
    .await;
    assert!(items(&own).contains(someone));
}

#[tokio::test(start_paused = true)]
async fn a_mac_address_is_found_in_any_notation() {
    let admin = admin().await;
    let bare = items(&admin.get("/api/device?limit=1").await)[0]["mac"].clone();
    let bare = bare.as_str().unwrap();
    let pairs: Vec<&str> = (0..6).map(|i| &bare[2 * i..2 * i + 2]).collect();
    let notations = [
        bare.to_owned(),
        pairs.join(":"),
        pairs.join("%3A"),
        pairs.join("-").to_uppercase(),
        format!("{}.{}.{}", &bare[..4], &bare[4..8], &bare[8..]),
    ];
    for notation in notations {
        for (path, member) in [
            ("/api/endpoint/mac-address", "mac_address"),
            ("/api/device/mac", "mac"),
            ("/api/insight/endpoint/mac", "mac"),
        ] {
            let row = admin.get(&format!("{path}/{notation}")).await;
            assert_eq!(row[member], bare, "{path}/{notation}");
        }
    }
    for nowhere in [
        "/api/endpoint/mac-address/00-00-5e",
        "/api/endpoint/mac-address/acde48001122",
        "/api/endpoint/0",
        "/api/endpoint/5001",
        "/api/endpoint/seven",
        "/api/guest/username/nobody",
        "/api/session/R00000000-01-00000000",
        "/api/login-audit/nobody",
        "/api/endpoint/1/more",
        "/api/local-user",
    ] {
        let (status, problem) = admin.ask("GET", nowhere, Value::Null).await;
        assert_eq!(
            (status, &problem["title"]),
            (404, &json!("Not Found")),
            "{nowhere}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_row_is_the_same_by_its_id_its_name_and_in_its_collection() {
    let admin = admin().await;
    let guest = items(&admin.get("/api/guest?limit=1").await)[0].clone();
    let name = encode(guest["username"].as_str().unwrap());
    assert_eq!(admin.get("/api/guest/3000").await, guest);
    assert_eq!(
        admin.get(&format!("/api/guest/username/{name}")).await,
        guest
    );
    assert_eq!(guest.get("password"), None);
    let session = items(&admin.get("/api/session?limit=1").await)[0].clone();
    let id = session["id"].as_str().unwrap();
    assert_eq!(admin.get(&format!("/api/session/{id}")).await, session);
}

#[tokio::test(start_paused = true)]
async fn an_endpoints_profile_comes_when_it_is_asked_for() {
    let admin = admin().await;
    assert_eq!(admin.get("/api/endpoint/1").await.get("profile"), None);
    let endpoint = admin.get("/api/endpoint/1?profile_details=true").await;
    assert!(endpoint["profile"]["device_category"].is_string());
    let page = admin.get("/api/endpoint?profile_details=1&limit=1").await;
    assert_eq!(items(&page)[0]["profile"], endpoint["profile"]);
}

#[tokio::test(start_paused = true)]
async fn an_accounts_state_changes_as_time_passes() {
    let admin = admin().await;
    let server = admin.server.clone();
    let expiring = server
        .find_rows(RowKind::Guest, r#"{"current_state":"active"}"#, 0, 1)
        .unwrap();
    let path = format!("/api/guest/{}", expiring.rows[0]["id"]);
    assert_eq!(admin.get(&path).await["current_state"], "active");
    server.advance(std::time::Duration::from_secs(40 * 86_400));
    let later = Person::sign_in(&server, "api-admin").await;
    assert_eq!(later.get(&path).await["current_state"], "expired");
}

#[tokio::test(start_paused = true)]
async fn rows_are_the_same_in_every_run() {
    let names = async |server: Simulator| {
        let admin = Person::sign_in(&server, "api-admin").await;
        let page = admin.get("/api/guest?limit=5").await;
        let names = items(&page)
            .iter()
            .map(|guest| guest["username"].to_string());
        names.collect::<Vec<_>>()
    };
    let default = names(Simulator::default_scenario()).await;
    assert_eq!(default, names(Simulator::default_scenario()).await);
    let scenario = Scenario::default().with_seed(7);
    assert_ne!(default, names(Simulator::new(scenario)).await);
}
