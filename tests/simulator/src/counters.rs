//! What has happened, in numbers.

use serde::Serialize;

/// Counters since the start or the last reset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counters {
    /// Requests that the server took; its pages for people are not counted.
    pub requests: u64,
    /// Token requests by grant.
    pub token_requests: TokenRequests,
    /// Sign-ins (password and client credentials) that got tokens.
    pub sign_ins_accepted: u64,
    /// Sign-ins that were refused for any reason.
    pub sign_ins_refused: u64,
    /// Refreshes that got tokens.
    pub refreshes_accepted: u64,
    /// Refreshes that were refused for any reason.
    pub refreshes_refused: u64,
    /// Refreshes with a refresh token that had been exchanged before: what a client must never do
    /// after it has stored the answer.
    pub refresh_reuse: u64,
    /// Calls of `/api/oauth/me`.
    pub me: u64,
    /// Calls of `/api/oauth/privileges`.
    pub privileges: u64,
    /// Calls of everything else under `/api` that takes an access token.
    pub resources: u64,
    /// Calls of each resource, refused ones included.
    pub resource_calls: ResourceCalls,
    /// Rows that calls of the product's API created, changed or deleted.
    pub rows_changed: u64,
    /// Sessions that such calls disconnected or authorized anew.
    pub session_actions: u64,
    /// Receipts that were sent to guests.
    pub receipts_sent: u64,
    /// Calls of `/api/oauth/revoke`.
    pub revocations: u64,
    /// Calls that came with a token that is unknown, expired or revoked.
    pub rejected_tokens: u64,
    /// Calls with a live token that were forbidden: no API access, or a privilege is missing.
    pub forbidden: u64,
    /// Requests that a fault changed, delayed or cut.
    pub faults_applied: u64,
    /// TCP connections to the product's ports.
    pub connections: u64,
    /// TLS handshakes that succeeded.
    pub tls_handshakes: u64,
    /// TLS handshakes that failed, such as those that a client ended over a certificate.
    pub tls_failures: u64,
}

/// Token requests by grant, counted when they arrive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TokenRequests {
    /// `grant_type=password`.
    pub password: u64,
    /// `grant_type=refresh_token`.
    pub refresh_token: u64,
    /// `grant_type=client_credentials`.
    pub client_credentials: u64,
    /// Anything else.
    pub other: u64,
}

/// Calls by resource, counted when they arrive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ResourceCalls {
    /// `/api/endpoint`
    pub endpoint: u64,
    /// `/api/guest`
    pub guest: u64,
    /// `/api/device`
    pub device: u64,
    /// `/api/session` and `/api/session-action`
    pub session: u64,
    /// `/api/insight`
    pub insight: u64,
    /// `/api/login-audit`
    pub login_audit: u64,
}
