//! All calls of these resources. The router, the privileges and the lists for people come from
//! this one table.
//!
//! Paths and members are the vendor's \[V\]. The privileges were found by trying \[O\], but for
//! those of Insight and of what is done to sessions, which are inferred \[I\].

use super::{
    call::{Call, Of, Resource},
    collection::{create, read},
    guest, insight,
    list::list,
    login_audit, pass, session,
};
use crate::rows::{
    RowKind,
    member::{
        Form::{Flag, Number, Text},
        Member,
        Needed::{No, Yes},
        member,
    },
    shape,
};

const ENDPOINT: Of = Of {
    resource: Resource::Endpoint,
    kind: RowKind::Endpoint,
    needs: &["cppm_endpoints"],
};
const GUEST: Of = Of {
    resource: Resource::Guest,
    kind: RowKind::Guest,
    needs: &["guest_users"],
};
const DEVICE: Of = Of {
    resource: Resource::Device,
    kind: RowKind::Device,
    needs: &["mac", "guest_users"],
};
const SESSION: Of = Of {
    resource: Resource::Session,
    kind: RowKind::Session,
    needs: &["guest_sessions_history"],
};
const INSIGHT: Of = Of {
    resource: Resource::Insight,
    kind: RowKind::Endpoint,
    needs: &["insight_alert"],
};
const LOGIN_AUDIT: Of = Of {
    resource: Resource::LoginAudit,
    kind: RowKind::Session,
    needs: &["cppm_login_audit"],
};

const LIST: &[Member] = &[
    member("filter", Text, No, "a filter in JSON"),
    member("sort", Text, No, "+ or - and a member"),
    member("offset", Number, No, "how many rows to pass over"),
    member(
        "limit",
        Number,
        No,
        "how many rows at most, 1 to 1000, 25 if missing",
    ),
    member(
        "calculate_count",
        Flag,
        No,
        "whether to say how many there are",
    ),
];
const ENDPOINT_LIST: &[Member] = &[
    LIST[0],
    LIST[1],
    LIST[2],
    LIST[3],
    LIST[4],
    ENDPOINT_READ[0],
];
const ENDPOINT_READ: &[Member] = &[member(
    "profile_details",
    Flag,
    No,
    "whether to add the profile",
)];
const WRITE: &[Member] = &[member(
    "change_of_authorization",
    Flag,
    No,
    "whether active sessions get to feel it",
)];
const ASYNC: &[Member] = &[member(
    "async",
    Flag,
    No,
    "whether to answer at once, with 202",
)];
const CONFIRM: &[Member] = &[member("confirm", Flag, Yes, "true")];
const DISCONNECT: &[Member] = &[
    member("id", Text, Yes, "the id in the path"),
    member("confirm_disconnect", Flag, Yes, "true"),
];
const REAUTHORIZE: &[Member] = &[
    member("confirm_reauthorize", Flag, No, "true"),
    member("reauthorize_profile", Text, No, "an enforcement profile"),
];
const SPONSOR: &[Member] = &[
    member("token", Text, Yes, "the guest's register_token"),
    member("register_token", Text, Yes, "the same"),
    member(
        "register_reject",
        Flag,
        No,
        "true: reject, and delete the account",
    ),
    member("role_id", Number, No, "another role"),
];

pub(crate) const CALLS: &[Call] = &[
    ENDPOINT.get(
        "/api/endpoint",
        "endpoints, page by page",
        ENDPOINT_LIST,
        list,
    ),
    ENDPOINT.post("/api/endpoint", "adds one", &[], shape::ENDPOINT, create),
    ENDPOINT.get(
        "/api/endpoint/{id}",
        "one by its number",
        ENDPOINT_READ,
        read,
    ),
    ENDPOINT.patch("/api/endpoint/{id}", &[], shape::ENDPOINT),
    ENDPOINT.put("/api/endpoint/{id}", &[], shape::ENDPOINT),
    ENDPOINT.delete("/api/endpoint/{id}", &[]),
    ENDPOINT.get(ENDPOINT_MAC, "one by its MAC address", ENDPOINT_READ, read),
    ENDPOINT.patch(ENDPOINT_MAC, &[], shape::ENDPOINT),
    ENDPOINT.put(ENDPOINT_MAC, &[], shape::ENDPOINT),
    ENDPOINT.delete(ENDPOINT_MAC, &[]),
    GUEST.get("/api/guest", "guests, page by page", LIST, list),
    GUEST.post("/api/guest", "adds one", WRITE, shape::GUEST, create),
    GUEST.get("/api/guest/{id}", "one by its number", &[], read),
    GUEST.patch("/api/guest/{id}", WRITE, shape::GUEST),
    GUEST.put("/api/guest/{id}", WRITE, shape::GUEST),
    GUEST.delete("/api/guest/{id}", WRITE),
    GUEST.get(GUEST_NAME, "one by its user name", &[], read),
    GUEST.patch(GUEST_NAME, WRITE, shape::GUEST),
    GUEST.put(GUEST_NAME, WRITE, shape::GUEST),
    GUEST.delete(GUEST_NAME, WRITE),
    GUEST.get(
        "/api/guest/{id}/receipt/{template}",
        "its receipt",
        &[],
        guest::receipt,
    ),
    GUEST.get_media(
        "/api/guest/{id}/pass/{template}",
        "its pass for a phone's wallet",
        pass::MEDIA,
        guest::digital_pass,
    ),
    GUEST.post(
        "/api/guest/{id}/sendreceipt/sms",
        "sends the receipt to its telephone",
        &[],
        CONFIRM,
        guest::send_receipt,
    ),
    GUEST.post(
        "/api/guest/{id}/sendreceipt/smtp",
        "sends the receipt to its address",
        &[],
        CONFIRM,
        guest::send_receipt,
    ),
    GUEST.post(
        "/api/guest/{id}/sponsor",
        "accepts or rejects it for its sponsor",
        &[],
        SPONSOR,
        guest::sponsor,
    ),
    DEVICE.get("/api/device", "devices, page by page", LIST, list),
    DEVICE.post("/api/device", "adds one", WRITE, shape::DEVICE, create),
    DEVICE.get("/api/device/{id}", "one by its number", &[], read),
    DEVICE.patch("/api/device/{id}", WRITE, shape::DEVICE),
    DEVICE.put("/api/device/{id}", WRITE, shape::DEVICE),
    DEVICE.delete("/api/device/{id}", WRITE),
    DEVICE.get(DEVICE_MAC, "one by its MAC address", &[], read),
    DEVICE.patch(DEVICE_MAC, WRITE, shape::DEVICE),
    DEVICE.put(DEVICE_MAC, WRITE, shape::DEVICE),
    DEVICE.delete(DEVICE_MAC, WRITE),
    SESSION.get(
        "/api/session",
        "sessions, page by page, past ones too",
        LIST,
        list,
    ),
    SESSION.get("/api/session/{id}", "one by its id", &[], read),
    SESSION.post(
        "/api/session/{id}/disconnect",
        "ends it",
        &[],
        DISCONNECT,
        session::disconnect,
    ),
    SESSION.post(
        "/api/session/{id}/reauthorize",
        "authorizes it anew",
        &[],
        REAUTHORIZE,
        session::reauthorize,
    ),
    SESSION.post(
        "/api/session-action/disconnect/mac/{mac}",
        "ends all active ones of a device",
        ASYNC,
        &[],
        session::bulk,
    ),
    SESSION.post(
        "/api/session-action/disconnect/username/{username}",
        "ends all active ones of a user",
        ASYNC,
        &[],
        session::bulk,
    ),
    SESSION.post(
        "/api/session-action/disconnect/ip/{ip}",
        "ends all active ones with an IP address",
        ASYNC,
        &[],
        session::bulk,
    ),
    SESSION.post(
        "/api/session-action/coa/mac/{mac}",
        "authorizes all active ones of a device anew",
        ASYNC,
        &[],
        session::bulk,
    ),
    SESSION.post(
        "/api/session-action/coa/username/{username}",
        "authorizes all active ones of a user anew",
        ASYNC,
        &[],
        session::bulk,
    ),
    SESSION.post(
        "/api/session-action/coa/ip/{ip}",
        "authorizes all active ones with an IP address anew",
        ASYNC,
        &[],
        session::bulk,
    ),
    INSIGHT.get(
        "/api/insight/endpoint/mac/{mac}",
        "what is known now of an endpoint",
        &[],
        insight::by_mac,
    ),
    INSIGHT.get(
        "/api/insight/endpoint/ip/{ip}",
        "what is known now of who has an IP address",
        &[],
        insight::by_ip,
    ),
    LOGIN_AUDIT.get(
        "/api/login-audit/{name}",
        "when a local user last signed in",
        &[],
        login_audit::read,
    ),
];

const ENDPOINT_MAC: &str = "/api/endpoint/mac-address/{mac}";
const GUEST_NAME: &str = "/api/guest/username/{username}";
const DEVICE_MAC: &str = "/api/device/mac/{mac}";
