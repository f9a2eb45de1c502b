//! Requests, downloads and pages of the binding, called from threads that have no runtime.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{sync::Arc, time::Duration};

use quickaccess_ffi::{
    ApiRequest, CancelHandle, Filter, FilterValue, FormFile, FormPart, ListQuery, NameAndValue,
    QuickAccessError, RequestBody, Session, Sort, filter_json,
};
use quickaccess_simulator::{Fault, FaultKind, HoldAt, Operation, RowKind};
use serde_json::{Value, json};
use support::{Server, go_away, wait};

fn request(method: &str, path: &str) -> ApiRequest {
    ApiRequest {
        method: method.to_owned(),
        path: path.to_owned(),
        query: Vec::new(),
        headers: Vec::new(),
        body: None,
        deadline: None,
        retries: None,
        max_body: None,
    }
}

fn pair(name: &str, value: &str) -> NameAndValue {
    NameAndValue {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn json_body(body: &Value) -> Option<RequestBody> {
    let text = body.to_string().into_bytes();
    Some(RequestBody::Json { text })
}

fn query() -> ListQuery {
    ListQuery {
        filter: None,
        sort: None,
        offset: 0,
        limit: None,
        count: false,
    }
}

fn code(session: &Arc<Session>, request: ApiRequest) -> String {
    let refused = wait(session.send(request, None)).unwrap_err();
    refused.why().code.clone()
}

#[test]
fn a_request_carries_query_headers_and_body_and_gives_the_answer_as_it_came() {
    let server = Server::start();
    let session = server.administrator();
    let mut read = request("GET", "/endpoint/17");
    read.query = vec![pair("profile_details", "true")];
    read.headers = vec![pair("Accept", "application/json")];
    let answer = wait(session.send(read.clone(), None)).unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.content_type.as_deref().unwrap().contains("json"));
    let endpoint: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(endpoint["id"], 17);
    assert!(endpoint["profile"].is_object(), "the query arrived");

    let mut change = request("PATCH", "endpoint/17");
    change.body = json_body(&json!({ "description": "the printer" }));
    wait(session.send(change, None)).unwrap();
    let kept = server.simulator.row(RowKind::Endpoint, "17").unwrap();
    assert_eq!(kept["description"], "the printer");
}

#[test]
fn a_refusal_names_the_fields_and_a_missing_privilege() {
    let server = Server::start();
    let mut change = request("PATCH", "endpoint/17");
    change.body = json_body(&json!({ "status": "Lost" }));
    let refused = wait(server.administrator().send(change.clone(), None)).unwrap_err();
    assert_eq!(refused.why().code, "validation_failed");
    assert_eq!(refused.why().fields[0].name, "status");
    // The help desk may read endpoints alone.
    let session = server.signed_in();
    let refused = wait(session.send(change, None)).unwrap_err();
    assert!(
        matches!(refused, QuickAccessError::NotPermitted { .. }),
        "{refused:?}"
    );
    assert_eq!(code(&session, request("GET", "endpoint/none")), "not_found");
}

#[test]
fn what_cannot_be_sent_is_told_before_anything_is() {
    let server = Server::start();
    let session = server.signed_in();
    let sent = server.simulator.counters();
    assert_eq!(code(&session, request("GET IT", "guest")), "invalid_input");
    assert_eq!(
        code(&session, request("GET", "//elsewhere.example/x")),
        "invalid_input"
    );
    let mut header = request("GET", "guest");
    header.headers = vec![pair("Authorization", "Bearer mine")];
    assert_eq!(code(&session, header), "invalid_input");
    let mut form = request("POST", "guest");
    form.body = Some(RequestBody::Form {
        parts: vec![FormPart {
            name: "note".to_owned(),
            content: vec![0xff],
            file: None,
        }],
    });
    assert_eq!(code(&session, form.clone()), "invalid_input");
    form.body = Some(RequestBody::Form {
        parts: vec![FormPart {
            name: "file".to_owned(),
            content: b"username\n".to_vec(),
            file: Some(FormFile {
                name: "guests.csv".to_owned(),
                media_type: "none at all".to_owned(),
            }),
        }],
    });
    assert_eq!(code(&session, form), "invalid_input");
    assert_eq!(server.simulator.counters(), sent);
}

#[test]
fn the_number_of_tries_the_largest_body_and_a_deadline_hold() {
    let server = Server::start();
    let session = server.signed_in();
    let busy = || Fault::new(Operation::Resource, FaultKind::status(503)).once();
    let mut once = request("GET", "endpoint/1");
    once.retries = Some(0);
    server.simulator.fault(busy());
    assert_eq!(code(&session, once.clone()), "server_busy");
    // Without that number it is tried again, and the fault is over by then.
    server.simulator.fault(busy());
    wait(session.send(request("GET", "endpoint/1"), None)).unwrap();
    once.max_body = Some(8);
    assert_eq!(code(&session, once.clone()), "bad_reply");
    let _held = server.hold(Operation::Resource, HoldAt::BeforeCommit);
    let mut late = request("GET", "endpoint/1");
    late.deadline = Some(Duration::from_millis(300));
    assert_eq!(code(&session, late), "timeout");
}

#[test]
fn a_request_is_cancelled_by_its_handle_and_by_a_caller_that_goes_away() {
    let server = Server::start();
    let session = server.signed_in();
    let cancel = CancelHandle::new();
    cancel.cancel();
    let cancelled = wait(session.send(request("GET", "endpoint/1"), Some(cancel))).unwrap_err();
    assert_eq!(cancelled.why().code, "cancelled");

    let hold = server.hold(Operation::Resource, HoldAt::BeforeCommit);
    go_away(session.send(request("GET", "endpoint/1"), None), || {
        server.reached(&hold);
    });
    hold.release();
    assert!(wait(session.send(request("GET", "endpoint/1"), None)).is_ok());
}

#[test]
fn a_download_comes_part_by_part_and_ends() {
    let server = Server::start();
    let session = server.administrator();
    let mut all = request("GET", "endpoint");
    all.query = vec![pair("limit", "1000")];
    let download = wait(Arc::clone(&session).download(all, None)).unwrap();
    assert_eq!(download.status(), 200);
    assert!(download.content_type().unwrap().contains("json"));
    let mut body = Vec::new();
    let mut parts = 0;
    while let Some(part) = wait(download.next_part()).unwrap() {
        body.extend(part);
        parts += 1;
    }
    assert!(parts > 1, "{} bytes in {parts} part", body.len());
    if let Some(length) = download.length() {
        assert_eq!(length, body.len() as u64);
    }
    let list: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(list["_embedded"]["items"].as_array().unwrap().len(), 1_000);
    assert_eq!(wait(download.next_part()).unwrap(), None);
    let refused = wait(session.download(request("GET", "endpoint/none"), None)).unwrap_err();
    assert_eq!(refused.why().code, "not_found");
}

#[test]
fn a_download_that_is_cut_off_says_so_and_stays_so() {
    let server = Server::start();
    let session = server.administrator();
    let cut = FaultKind::Truncated;
    server
        .simulator
        .fault(Fault::new(Operation::Resource, cut).once());
    let download = wait(session.download(request("GET", "endpoint"), None)).unwrap();
    let error = loop {
        match wait(download.next_part()) {
            Ok(Some(_)) => {}
            Ok(None) => panic!("it ended as if it were whole"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.why().code, "bad_reply");
    assert_eq!(wait(download.next_part()).unwrap_err(), error);
}

#[test]
fn a21_pages_come_one_by_one_filtered_sorted_and_counted() {
    let server = Server::start();
    let session = server.administrator();
    let asked = ListQuery {
        filter: Some(Filter::Eq {
            member: "status".to_owned(),
            value: FilterValue::Text {
                text: "Known".to_owned(),
            },
        }),
        sort: Some(Sort {
            member: "id".to_owned(),
            descending: true,
        }),
        limit: Some(500),
        count: true,
        ..query()
    };
    let pages = Arc::clone(&session)
        .pages(request("GET", "endpoint"), asked)
        .unwrap();
    let known = server
        .simulator
        .find_rows(RowKind::Endpoint, r#"{"status":"Known"}"#, 0, 1)
        .unwrap();
    let mut ids = Vec::new();
    while let Some(page) = wait(pages.next_page()).unwrap() {
        assert_eq!(page.offset, ids.len() as u64);
        assert_eq!(page.count, Some(known.count));
        let printed = format!("{page:?}");
        for row in &page.rows {
            assert!(!printed.contains(row));
            let row: Value = serde_json::from_str(row).unwrap();
            assert_eq!(row["status"], "Known");
            ids.push(row["id"].as_u64().unwrap());
        }
    }
    assert_eq!(ids.len() as u64, known.count);
    assert!(ids.is_sorted_by(|before, after| before > after));

    let too_many = ListQuery {
        limit: Some(1_001),
        ..query()
    };
    let pages = Arc::clone(&session)
        .pages(request("GET", "endpoint"), too_many)
        .unwrap();
    let refused = wait(pages.next_page()).unwrap_err();
    assert_eq!(refused.why().code, "invalid_input");
    let pages = session
        .pages(request("GET", "endpoint/17"), query())
        .unwrap();
    assert_eq!(wait(pages.next_page()).unwrap_err().why().code, "bad_reply");
}

#[test]
fn each_filter_is_written_as_the_core_writes_it() {
    let member = || "m".to_owned();
    let text = |text: &str| FilterValue::Text {
        text: text.to_owned(),
    };
    let number = |number| FilterValue::Number { number };
    let eq = |flag| Filter::Eq {
        member: "m".to_owned(),
        value: FilterValue::Flag { flag },
    };
    let filters = [
        (eq(true), json!({ "m": true })),
        (
            Filter::Ne {
                member: member(),
                value: text("a"),
            },
            json!({ "m": { "$ne": "a" } }),
        ),
        (
            Filter::OneOf {
                member: member(),
                values: vec![text("a"), number(-1)],
            },
            json!({ "m": { "$in": ["a", -1] } }),
        ),
        (
            Filter::NoneOf {
                member: member(),
                values: vec![number(1)],
            },
            json!({ "m": { "$nin": [1] } }),
        ),
        (
            Filter::Contains {
                member: member(),
                text: "a".to_owned(),
            },
            json!({ "m": { "$contains": "a" } }),
        ),
        (
            Filter::Gt {
                member: member(),
                value: number(1),
            },
            json!({ "m": { "$gt": 1 } }),
        ),
        (
            Filter::Gte {
                member: member(),
                value: number(1),
            },
            json!({ "m": { "$gte": 1 } }),
        ),
        (
            Filter::Lt {
                member: member(),
                value: number(1),
            },
            json!({ "m": { "$lt": 1 } }),
        ),
        (
            Filter::Lte {
                member: member(),
                value: number(1),
            },
            json!({ "m": { "$lte": 1 } }),
        ),
        (
            Filter::Regex {
                member: member(),
                pattern: "^a".to_owned(),
                any_case: false,
            },
            json!({ "m": { "$regex": "^a" } }),
        ),
        (
            Filter::Regex {
                member: member(),
                pattern: "^a".to_owned(),
                any_case: true,
            },
            json!({ "m": { "$regex": "^a", "$options": "i" } }),
        ),
        (
            Filter::Exists {
                member: member(),
                there: false,
            },
            json!({ "m": { "$exists": false } }),
        ),
        (
            Filter::AllOf {
                filters: vec![eq(true), eq(false)],
            },
            json!({ "$and": [{ "m": true }, { "m": false }] }),
        ),
        (
            Filter::Not {
                filter: Box::new(Filter::AnyOf {
                    filters: vec![eq(true)],
                }),
            },
            json!({ "$not": { "$or": [{ "m": true }] } }),
        ),
        (
            Filter::Json {
                text: r#"{"m": 1}"#.to_owned(),
            },
            json!({ "m": 1 }),
        ),
    ];
    for (filter, wanted) in filters {
        let written: Value = serde_json::from_str(&filter_json(filter).unwrap()).unwrap();
        assert_eq!(written, wanted);
    }
    for wrong in [
        Filter::AllOf {
            filters: Vec::new(),
        },
        Filter::Json {
            text: "[]".to_owned(),
        },
        Filter::Exists {
            member: "$or".to_owned(),
            there: true,
        },
    ] {
        let refused = filter_json(wrong.clone()).unwrap_err();
        assert_eq!(refused.why().code, "invalid_input", "{wrong:?}");
    }
}

#[test]
fn a29_requests_and_answers_print_neither_bodies_nor_values() {
    const MARK: &str = "hunter2";
    let bytes = || MARK.as_bytes().to_vec();
    let mut asked = request("POST", "guest");
    asked.query = vec![pair("q", MARK)];
    asked.headers = vec![pair("X-Own", MARK)];
    let answer = quickaccess_ffi::ApiResponse {
        status: 200,
        content_type: None,
        body: bytes(),
    };
    let mut printed = format!("{answer:?}");
    for body in [
        RequestBody::Json { text: bytes() },
        RequestBody::Bytes {
            media_type: "text/csv".to_owned(),
            content: bytes(),
        },
        RequestBody::Form {
            parts: vec![FormPart {
                name: "file".to_owned(),
                content: bytes(),
                file: None,
            }],
        },
    ] {
        asked.body = Some(body);
        printed += &format!("{asked:?}");
    }
    let as_numbers = format!("{:?}", MARK.as_bytes());
    let as_numbers = as_numbers.trim_matches(['[', ']']);
    assert!(
        !printed.contains(MARK) && !printed.contains(as_numbers),
        "{printed}"
    );
    assert!(
        printed.contains("[7 bytes]") && printed.contains("X-Own"),
        "{printed}"
    );
}
