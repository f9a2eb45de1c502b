//! The members of each kind of rows. Names, forms and what a client must send are the vendor's
//! \[V\]; texts are ours.

use super::member::{
    Form::{Flag, Mac, Map, Number, OneOf, Secret, Text, Time},
    Member,
    Needed::{ByServer, No, Yes},
    member,
};

const STATUS: &[&str] = &["Known", "Unknown", "Disabled"];
const ACCOUNT_STATES: &[&str] = &["active", "disabled", "expired", "pending"];
const SESSION_STATES: &[&str] = &["active", "stale", "closed"];

pub(crate) const ENDPOINT: &[Member] = &[
    member("id", Number, ByServer, "its number"),
    member("mac_address", Mac, Yes, "its MAC address"),
    member(
        "status",
        OneOf(STATUS),
        Yes,
        "whether it is known, and let in",
    ),
    member("attributes", Map, No, "attributes of anybody's own"),
    member("description", Text, No, "a note"),
    member("device_insight_tags", Text, No, "tags of Device Insight"),
    member(
        "randomized_mac",
        Flag,
        ByServer,
        "whether the MAC address is made up",
    ),
    member(
        "added_at",
        Text,
        ByServer,
        "when it was added, as a text for people",
    ),
    member(
        "updated_at",
        Text,
        ByServer,
        "when it was changed, as a text for people",
    ),
    member(
        "profile",
        Map,
        ByServer,
        "what it was found to be; only with profile_details=true",
    ),
];

pub(crate) const GUEST: &[Member] = &[
    member("id", Number, ByServer, "its number"),
    member("username", Text, Yes, "the name to sign in with"),
    member("password", Secret, Yes, "the password; never shown again"),
    member("enabled", Flag, No, "whether the account may be used"),
    member(
        "current_state",
        OneOf(ACCOUNT_STATES),
        ByServer,
        "what follows from the rest and the time",
    ),
    member("role_id", Number, Yes, "the role"),
    member("role_name", Text, ByServer, "the role's name"),
    member("start_time", Time, No, "from when it may be used"),
    member(
        "expire_time",
        Time,
        No,
        "until when it may be used; none for ever",
    ),
    member(
        "do_expire",
        Number,
        No,
        "what happens when its time is over",
    ),
    member("create_time", Time, ByServer, "when it was made"),
    member("sponsor_name", Text, No, "who answers for the guest"),
    member("sponsor_email", Text, No, "the sponsor's address"),
    member(
        "sponsor_profile",
        Text,
        No,
        "the sponsor's operator profile",
    ),
    member("email", Text, No, "the guest's address"),
    member("visitor_name", Text, No, "the guest's full name"),
    member("visitor_company", Text, No, "the guest's company"),
    member("visitor_phone", Text, No, "the guest's telephone number"),
    member("mac", Mac, No, "the MAC address of the guest's device"),
    member("notes", Text, No, "a note"),
    member("simultaneous_use", Number, No, "how many sessions at once"),
    member(
        "register_token",
        Text,
        ByServer,
        "what the sponsor's approval must name",
    ),
    member(
        "register_token_confirmed",
        Number,
        ByServer,
        "0 until the sponsor has approved",
    ),
];

pub(crate) const DEVICE: &[Member] = &[
    member("id", Number, ByServer, "its number"),
    member("mac", Mac, Yes, "its MAC address"),
    member(
        "mac_auth",
        Flag,
        ByServer,
        "true: it signs in with its MAC address",
    ),
    member(
        "username",
        Text,
        ByServer,
        "the name that its sessions have",
    ),
    member("enabled", Flag, No, "whether the account may be used"),
    member(
        "current_state",
        OneOf(ACCOUNT_STATES),
        ByServer,
        "what follows from the rest and the time",
    ),
    member("role_id", Number, Yes, "the role"),
    member("role_name", Text, ByServer, "the role's name"),
    member("start_time", Time, No, "from when it may be used"),
    member(
        "expire_time",
        Time,
        No,
        "until when it may be used; none for ever",
    ),
    member("create_time", Time, ByServer, "when it was made"),
    member("sponsor_name", Text, No, "who answers for the device"),
    member(
        "sponsor_profile",
        Text,
        No,
        "the sponsor's operator profile",
    ),
    member("visitor_name", Text, No, "the name to show"),
    member("notes", Text, No, "a note"),
];

pub(crate) const SESSION: &[Member] = &[
    member("id", Text, ByServer, "its id"),
    member(
        "acctsessionid",
        Text,
        ByServer,
        "the id that the network device gave it",
    ),
    member("username", Text, ByServer, "who"),
    member("mac_address", Mac, ByServer, "with which device"),
    member(
        "callingstationid",
        Text,
        ByServer,
        "the device as the network device named it",
    ),
    member("framedipaddress", Text, ByServer, "the device's IP address"),
    member("acctstarttime", Time, ByServer, "when it began"),
    member(
        "acctstoptime",
        Time,
        ByServer,
        "when it ended; null while it goes on",
    ),
    member(
        "acctsessiontime",
        Number,
        ByServer,
        "how long it lasted so far, in seconds",
    ),
    member("acctterminatecause", Text, ByServer, "why it ended"),
    member("acctinputoctets", Number, ByServer, "bytes from the device"),
    member("acctoutputoctets", Number, ByServer, "bytes to the device"),
    member("total_traffic", Number, ByServer, "bytes both ways"),
    member(
        "state",
        OneOf(SESSION_STATES),
        ByServer,
        "whether it goes on",
    ),
    member("ssid", Text, ByServer, "the wireless network"),
    member("ap_name", Text, ByServer, "the access point"),
    member("nas_name", Text, ByServer, "the network device"),
    member(
        "nasipaddress",
        Text,
        ByServer,
        "the network device's IP address",
    ),
    member("nasporttype", Text, ByServer, "the kind of port"),
    member("tipsrole", Text, ByServer, "the role in Policy Manager"),
    member(
        "arubauserrole",
        Text,
        ByServer,
        "the role on the network device",
    ),
    member("role_name", Text, ByServer, "the account's role"),
    member("visitor_name", Text, ByServer, "the guest's full name"),
    member("visitor_company", Text, ByServer, "the guest's company"),
    member(
        "visitor_phone",
        Text,
        ByServer,
        "the guest's telephone number",
    ),
    member("sponsor_name", Text, ByServer, "the guest's sponsor"),
    member("updated_at", Time, ByServer, "when it was last heard of"),
];
