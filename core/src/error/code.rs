//! The table of codes: what happened, what to do about it, and which action that is.

use std::fmt;

#[derive(Clone, Copy)]
pub(super) enum Tier {
    SignIn,
    SignInElseFixSetup,
    Retry,
    FixSetup,
    TrustServer,
    UnlockDevice,
    RepairStore,
    NotPermitted,
    FixRequest,
    Cancelled,
    ReportBug,
}

impl Tier {
    fn name(self) -> &'static str {
        match self {
            Self::SignIn => "SignIn",
            Self::SignInElseFixSetup => "SignIn on a sign-in, else FixSetup",
            Self::Retry => "Retry",
            Self::FixSetup => "FixSetup",
            Self::TrustServer => "TrustServer",
            Self::UnlockDevice => "UnlockDevice",
            Self::RepairStore => "RepairStore",
            Self::NotPermitted => "NotPermitted",
            Self::FixRequest => "FixRequest",
            Self::Cancelled => "Cancelled",
            Self::ReportBug => "ReportBug",
        }
    }
}

/// One row of the table of codes.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ErrorRow {
    /// The stable code.
    pub code: &'static str,
    /// The name of the [`Action`](super::Action).
    pub action: &'static str,
    /// What happened.
    pub meaning: &'static str,
    /// What to do about it.
    pub what_to_do: &'static str,
}

/// The table of all codes, in the order of the actions.
pub fn error_table() -> Vec<ErrorRow> {
    Code::ALL
        .iter()
        .map(|code| ErrorRow {
            code: code.as_str(),
            action: code.tier().name(),
            meaning: code.meaning(),
            what_to_do: code.what_to_do(),
        })
        .collect()
}

macro_rules! codes {
    ($($name:ident = $text:literal, $tier:ident, $meaning:literal, $to_do:literal;)*) => {
        /// Why an [`Error`](super::Error) happened. The texts are stable; new ones may come.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $(
                #[doc = concat!("`", $text, "`: ", $meaning, " ", $to_do)]
                $name,
            )*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable text.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// What happened, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }

            /// What to do about it, in a sentence.
            pub fn what_to_do(self) -> &'static str {
                match self { $(Self::$name => $to_do,)* }
            }

            pub(super) fn tier(self) -> Tier {
                match self { $(Self::$name => Tier::$tier,)* }
            }
        }
    };
}

codes! {
    CredentialsRejected = "credentials_rejected", SignIn,
        "ClearPass did not accept this sign-in.",
        "Check name and password; if they are right, ask your administrator to look in Access Tracker.";
    SessionEnded = "session_ended", SignIn,
        "The session is over: ClearPass no longer accepts its refresh token.",
        "Sign in again.";
    RefreshUnfinished = "refresh_unfinished", SignIn,
        "The answer to a refresh was lost on the way, and ClearPass no longer accepts the token that this device holds.",
        "Sign in again.";
    SingleUseSpent = "single_use_spent", SignIn,
        "This server lets a session be extended once only, and that has been done.",
        "Sign in again; an administrator can let refresh tokens be used more than once.";
    SignedOut = "signed_out", SignIn,
        "Nobody is signed in.",
        "Sign in.";
    StoreLost = "store_lost", SignIn,
        "The secret store no longer holds the session that was saved in it.",
        "Sign in again.";
    ServerRefused = "server_refused", SignInElseFixSetup,
        "ClearPass refused for a reason of its own.",
        "Read the reason that it gave, and show it to your administrator.";
    Offline = "offline", Retry,
        "The server cannot be reached.",
        "Check the network connection and try again.";
    Timeout = "timeout", Retry,
        "The server did not answer in time.",
        "Try again in a moment.";
    ServerBusy = "server_busy", Retry,
        "The server is busy.",
        "Try again later.";
    ServerError = "server_error", Retry,
        "The server reported a fault of its own.",
        "Try again later; if it stays, tell your administrator.";
    BadReply = "bad_reply", Retry,
        "The answer was not what ClearPass sends; something between here and the server may have changed it.",
        "Try again; if it stays, check for a proxy or a sign-in page of the network.";
    ClientUnknown = "client_unknown", FixSetup,
        "ClearPass does not know this client id.",
        "In Guest, Administration > API Services > API Clients, check the spelling, that it is enabled, and that Public Client is ticked.";
    ClientNeedsSecret = "client_needs_secret", FixSetup,
        "This API client has a secret, and none was given.",
        "Give the client secret at each start, or make the API client a public one.";
    GrantNotEnabled = "grant_not_enabled", FixSetup,
        "The API client does not allow this kind of sign-in.",
        "In Guest, Administration > API Services > API Clients, choose the grant type, and tick Refresh Token to stay signed in.";
    NotClearpass = "not_clearpass", FixSetup,
        "There is no ClearPass API at this address.",
        "Check the address; the API lies under /api.";
    NoApiAccess = "no_api_access", FixSetup,
        "ClearPass issues a token and accepts it nowhere: the operator profile has no API access.",
        "In Guest, Administration > Operator Logins > Profiles, set Allow API Access for the profile of this person.";
    Redirected = "redirected", FixSetup,
        "The server sent the request elsewhere.",
        "Use the address that it names, if you trust it.";
    CertificateUnknown = "certificate_unknown", TrustServer,
        "The server's certificate comes from an issuer that this device does not know.",
        "Compare the fingerprint with the one that your administrator gives you, and approve it if they are the same.";
    CertificateChanged = "certificate_changed", TrustServer,
        "The server shows another certificate than before.",
        "Do not go on before your administrator has confirmed the new fingerprint.";
    CertificateExpired = "certificate_expired", TrustServer,
        "The server's certificate has expired.",
        "Check the date of this device; if it is right, tell your administrator.";
    CertificateNotYetValid = "certificate_not_yet_valid", TrustServer,
        "The server's certificate is not valid yet.",
        "Check the date of this device; if it is right, tell your administrator.";
    CertificateRevoked = "certificate_revoked", TrustServer,
        "The server's certificate has been revoked.",
        "Do not go on; tell your administrator.";
    NameMismatch = "name_mismatch", TrustServer,
        "The server's certificate is for another name.",
        "Check the address, or use the name that the certificate is for.";
    PinMismatch = "pin_mismatch", TrustServer,
        "The server's key is not among those that this app accepts.",
        "Do not go on; tell your administrator.";
    TlsFailed = "tls_failed", TrustServer,
        "No secure connection could be made.",
        "Check that the server speaks TLS 1.2 or 1.3 on this port.";
    StoreLocked = "store_locked", UnlockDevice,
        "The secret store is locked.",
        "Unlock the device and try again; nothing is lost.";
    StoreKeyLost = "store_key_lost", RepairStore,
        "The key that protects the saved session is gone.",
        "Sign in again; that makes a new one.";
    StoreCorrupt = "store_corrupt", RepairStore,
        "The saved session is damaged; it has been set aside.",
        "Sign in again.";
    StoreDenied = "store_denied", RepairStore,
        "The secret store refuses this app.",
        "Allow the app to use it, or sign in without saving.";
    StoreUnavailable = "store_unavailable", RepairStore,
        "The secret store cannot be used.",
        "Start it (on Linux, a Secret Service such as gnome-keyring), or sign in without saving.";
    NotPermitted = "not_permitted", NotPermitted,
        "This person's operator profile does not allow it.",
        "Ask your administrator for the privilege.";
    InvalidInput = "invalid_input", FixRequest,
        "The input cannot be used.",
        "Read what is wrong with it and correct it.";
    NotFound = "not_found", FixRequest,
        "ClearPass has no such object.",
        "Check the id or the name.";
    ValidationFailed = "validation_failed", FixRequest,
        "ClearPass did not accept the values.",
        "Correct the fields that it names.";
    ActionFailed = "action_failed", FixRequest,
        "ClearPass took the request and did not do what it asks.",
        "Read the reason that it gave, and look at the object again before another try.";
    Cancelled = "cancelled", Cancelled,
        "It was cancelled.",
        "Nothing needs to be done.";
    Internal = "internal", ReportBug,
        "This is a fault in QuickAccess.",
        "Please report it with the steps that led here.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
