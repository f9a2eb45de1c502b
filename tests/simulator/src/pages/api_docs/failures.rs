//! The failures that the server answers with, each list in the order in which it checks.

use super::source::Source::{self, *};

/// One failure.
pub(crate) struct Failure {
    pub(crate) status: Status,
    pub(crate) title: &'static str,
    pub(crate) detail: &'static str,
    pub(crate) when: &'static str,
    pub(crate) sources: &'static [Source],
}

/// A failure's status.
#[derive(Clone, Copy)]
pub(crate) enum Status {
    Always(u16),
    /// By the switch for wrong passwords.
    WrongPassword,
    /// By the switch for dead access tokens.
    DeadToken,
}

const fn failure(
    status: u16,
    title: &'static str,
    detail: &'static str,
    when: &'static str,
    sources: &'static [Source],
) -> Failure {
    Failure {
        status: Status::Always(status),
        title,
        detail,
        when,
        sources,
    }
}

/// What a token request meets before its client is looked at.
pub(crate) const FIRST: &[Failure] = &[
    failure(
        405,
        "invalid_request",
        "The request method must be POST when requesting an access token",
        "Another method than POST. The problem's `type` names RFC 6749, section 3.2. `OPTIONS` gets an empty 200.",
        &[Library],
    ),
    MALFORMED,
    MEDIA_TYPE,
    NOT_ACCEPTABLE,
    failure(
        400,
        "invalid_request",
        "The grant type was not specified in the request",
        "No `grant_type`, or an empty one",
        &[Library],
    ),
    failure(
        400,
        "unsupported_grant_type",
        "Grant type \"x\" not supported",
        "A `grant_type` that is none of the three; it stands in place of x",
        &[Library],
    ),
    failure(
        400,
        "invalid_client",
        "Client credentials were not found in the headers or body",
        "No `client_id` anywhere",
        &[Library],
    ),
];

/// What an API client meets that may be public.
pub(crate) const CLIENT: &[Failure] = &[
    failure(
        400,
        "invalid_client",
        "This client is invalid or must authenticate using a client secret",
        "No secret was sent, and the API client is unknown, disabled or not public",
        &[Library, Inference],
    ),
    WRONG_SECRET,
];

/// What an API client meets that must have a secret.
pub(crate) const SECRET: &[Failure] = &[
    failure(
        400,
        "invalid_client",
        "client credentials are required",
        "No secret was sent",
        &[Library],
    ),
    WRONG_SECRET,
];

/// The password grant's own.
pub(crate) const PASSWORD: &[Failure] = &[
    failure(
        400,
        "invalid_request",
        "Missing parameters: \"username\" and \"password\" required",
        "One of the two is missing, empty or `0`",
        &[Library],
    ),
    Failure {
        status: Status::WrongPassword,
        title: "invalid_grant",
        detail: "Invalid username and password combination",
        when: "The user is unknown or the password wrong: 401 in the library, 400 in the vendor's document. Most likely also for a disabled user, one without operator profile, and where no enabled service handles OAuth2; Access Tracker tells them apart.",
        sources: &[Library, Vendor, Inference],
    },
    failure(
        400,
        "invalid_grant",
        "Unable to retrieve user information",
        "The password is right, but nothing is known about the user",
        &[Library],
    ),
];

/// The refresh token grant's own.
pub(crate) const REFRESH: &[Failure] = &[
    failure(
        400,
        "invalid_request",
        "Missing parameter: \"refresh_token\" is required",
        "It is missing, empty or `0`",
        &[Library],
    ),
    failure(
        400,
        "invalid_grant",
        "Invalid refresh token",
        "The refresh token is unknown, used up or revoked",
        &[Library, Clients],
    ),
    failure(
        400,
        "invalid_grant",
        "Refresh token has expired",
        "The refresh token is past its time",
        &[Library],
    ),
    failure(
        400,
        "invalid_grant",
        "refresh_token doesn't exist or is invalid for the client",
        "The refresh token was issued to another API client",
        &[Library],
    ),
];

/// What a token request meets last.
pub(crate) const LAST: &[Failure] = &[
    failure(
        400,
        "unauthorized_client",
        "The grant type is unauthorized for this client_id",
        "The API client was made for another grant, or may not use refresh tokens. A wrong password is told first.",
        &[Library, Inference],
    ),
    failure(
        400,
        "invalid_scope",
        "An unsupported scope was requested",
        "Any `scope`",
        &[Library],
    ),
];

/// What a call with an access token meets.
pub(crate) const BEARER: &[Failure] = &[
    failure(
        405,
        "Method Not Allowed",
        "The POST method has not been defined for this call",
        "Another method than GET; it stands in place of POST",
        &[Library, Simulator],
    ),
    failure(
        400,
        "invalid_request",
        "Only one method may be used to authenticate at a time (Auth header, GET or POST)",
        "The access token came twice: in the header and in the query",
        &[Library],
    ),
    failure(
        403,
        "Forbidden",
        "Forbidden",
        "No `Authorization` header, or a malformed one",
        &[Library],
    ),
    Failure {
        status: Status::DeadToken,
        title: "Forbidden",
        detail: "Forbidden",
        when: "The access token is unknown, expired or revoked. ClearPass was seen to answer 403; today's library would answer 401 with an empty body.",
        sources: &[Observed, Vendor, Library],
    },
    failure(
        403,
        "Forbidden",
        "Forbidden",
        "The operator profile does not allow API access. The same answer comes for a missing privilege.",
        &[Inference, Observed],
    ),
    NOT_ACCEPTABLE,
];

/// The failure of a list that comes in two formats.
pub(crate) const FORMAT: &[Failure] = &[failure(
    422,
    "Unprocessable Entity",
    "Failed Validation",
    "A `format` that is neither list nor tree; `validation_messages` names it",
    &[Library, Observed],
)];

/// The revocation's, where it is on.
pub(crate) const REVOKE: &[Failure] = &[
    failure(
        404,
        "Not Found",
        "Page not found.",
        "The call is switched off",
        &[Unknown],
    ),
    failure(
        405,
        "invalid_request",
        "The request method must be POST when revoking an access token",
        "Another method than POST",
        &[Library],
    ),
    MALFORMED,
    MEDIA_TYPE,
    failure(
        400,
        "invalid_request",
        "Missing token parameter to revoke",
        "No `token`",
        &[Library],
    ),
    failure(
        400,
        "invalid_request",
        "Token type hint must be either 'access_token' or 'refresh_token'",
        "Another `token_type_hint`",
        &[Library],
    ),
];

const MALFORMED: Failure = failure(
    400,
    "Bad Request",
    "JSON decoding error: Syntax error, malformed JSON",
    "The body should be JSON and is not",
    &[Library],
);

const MEDIA_TYPE: Failure = failure(
    415,
    "Unsupported Media Type",
    "Invalid content-type specified",
    "A `Content-Type` that is neither JSON nor a form",
    &[Library],
);

const NOT_ACCEPTABLE: Failure = failure(
    406,
    "Not Acceptable",
    "Cannot honor Accept type specified",
    "An `Accept` header that leaves JSON out",
    &[Library],
);

const WRONG_SECRET: Failure = failure(
    400,
    "invalid_client",
    "The client credentials are invalid",
    "The secret is wrong, the API client is unknown or disabled, or a public client sent a secret",
    &[Library, Inference],
);
