//! The members of requests and answers. `Backticks` in texts stand for code.

use super::source::Source::{self, *};

/// A member of a request or of an answer.
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) there: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) sources: &'static [Source],
}

const fn member(
    name: &'static str,
    there: &'static str,
    meaning: &'static str,
    sources: &'static [Source],
) -> Member {
    Member {
        name,
        there,
        meaning,
        sources,
    }
}

pub(crate) const PASSWORD_REQUEST: &[Member] = &[
    member("grant_type", "yes", "`password`", &[Vendor]),
    CLIENT_ID,
    CLIENT_SECRET,
    member(
        "username",
        "yes",
        "The user name. Empty or `0` counts as missing.",
        &[Vendor, Library],
    ),
    member(
        "password",
        "yes",
        "The password. Empty or `0` counts as missing.",
        &[Vendor, Library],
    ),
    SCOPE,
];

pub(crate) const REFRESH_REQUEST: &[Member] = &[
    member("grant_type", "yes", "`refresh_token`", &[Vendor]),
    CLIENT_ID,
    CLIENT_SECRET,
    member(
        "refresh_token",
        "yes",
        "The refresh token. Empty or `0` counts as missing.",
        &[Vendor, Library],
    ),
    SCOPE,
];

pub(crate) const CLIENT_CREDENTIALS_REQUEST: &[Member] = &[
    member("grant_type", "yes", "`client_credentials`", &[Vendor]),
    CLIENT_ID,
    member(
        "client_secret",
        "yes",
        "The API client's secret, here or by HTTP Basic.",
        &[Vendor, Library],
    ),
    SCOPE,
];

pub(crate) const ME_ANSWER: &[Member] = &[
    member("info", "always", "The operator profile's name", &[Vendor]),
    member(
        "name",
        "always",
        "The user name, or the client id for `client_credentials`",
        &[Vendor],
    ),
    member(
        "others",
        "maybe",
        "One for each attribute of the OAuth2 enforcement profile",
        &[Vendor],
    ),
];

pub(crate) const PRIVILEGES_ANSWER: &[Member] = &[
    member(
        "name",
        "maybe",
        "Full access: read, write and delete",
        &[Observed],
    ),
    member("#name", "maybe", "Read only", &[Observed]),
    member(
        "?name",
        "maybe",
        "Allowed: something within it can be reached",
        &[Observed],
    ),
    member(
        "%name",
        "maybe",
        "Seen, and most likely read and write without delete",
        &[Observed, Inference],
    ),
];

pub(crate) const ALL_PRIVILEGES_REQUEST: &[Member] = &[
    BEARER,
    member(
        "format",
        "no",
        "In the query: `list`, which is taken if it is missing, or `tree`",
        &[Observed],
    ),
];

pub(crate) const REVOKE_REQUEST: &[Member] = &[
    member(
        "token",
        "yes",
        "The access or refresh token to end",
        &[Library],
    ),
    member(
        "token_type_hint",
        "no",
        "`access_token` or `refresh_token`",
        &[Library],
    ),
];

pub(crate) const REVOKE_ANSWER: &[Member] = &[member("revoked", "always", "`true`", &[Library])];

pub(crate) const SERVER_VERSION_ANSWER: &[Member] = &[
    member(
        "cppm_version",
        "always",
        "The Policy Manager version",
        &[Vendor],
    ),
    member("guest_version", "always", "The Guest version", &[Vendor]),
    member(
        "installed_patches",
        "always",
        "The installed patches",
        &[Vendor],
    ),
];

pub(crate) const CPPM_VERSION_ANSWER: &[Member] = &[
    member(
        "app_major_version, app_minor_version, app_service_release, app_build_number",
        "always",
        "The version's four numbers",
        &[Vendor],
    ),
    member("hardware_version", "always", "The hardware", &[Vendor]),
    member(
        "fips_enabled, cc_enabled, eval_license, cloud_mode",
        "always",
        "The modes, all of them off here",
        &[Vendor],
    ),
];

pub(crate) const ONLY_BEARER: &[Member] = &[BEARER];

const CLIENT_ID: Member = member(
    "client_id",
    "yes",
    "The API client's id. HTTP Basic, where it is sent, is read first.",
    &[Vendor, Library],
);

const CLIENT_SECRET: Member = member(
    "client_secret",
    "unless public",
    "The API client's secret. An empty one counts as none; a public client must send none.",
    &[Vendor, Library],
);

const SCOPE: Member = member(
    "scope",
    "no",
    "Leave it out: scopes are not supported, and any value is refused.",
    &[Vendor, Library],
);

const BEARER: Member = member(
    "Authorization",
    "yes",
    "The header, with `Bearer` and the access token. The library also takes the token as `access_token` in the query, but never both.",
    &[Vendor, Library],
);

pub(crate) const TOKENS: &[Member] = &[
    member(
        "access_token",
        "always",
        "40 lower-case hex digits; take it as opaque",
        &[Vendor, Library],
    ),
    member(
        "expires_in",
        "always",
        "The access token's lifetime in seconds; 8 hours unless set up otherwise",
        &[Vendor],
    ),
    member("token_type", "always", "`Bearer`", &[Vendor]),
    member("scope", "always", "`null`", &[Vendor]),
    member(
        "refresh_token",
        "maybe",
        "40 lower-case hex digits, if the API client may use refresh tokens. Nothing tells when it ends; 14 days unless set up otherwise.",
        &[Vendor, Library],
    ),
];
