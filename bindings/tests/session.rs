//! What a session of the binding does against a ClearPass behind TLS, called from threads that
//! have no runtime.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::{Duration, SystemTime};

use quickaccess_ffi::{
    AccountChoice, Accounts, Persistence, PlatformEvent, PrivilegeLevel, Processes,
    QuickAccessError, RefreshState, Revocation, Session, SessionState, SignedOutCause, StoreClaims,
    TokenNeed, TokenStore,
};
use support::{AppStore, Server, States, signed_in, wait};

#[test]
fn a01_the_vendors_example_works_from_a_thread_without_a_runtime() {
    assert!(tokio::runtime::Handle::try_current().is_err());
    let server = Server::start();
    let session = server.session();
    let probe = wait(session.probe()).unwrap();
    assert!(probe.certificate.unwrap().fingerprint.contains(':'));
    let states = States::of(&session);
    states.until(|state| {
        *state
            == SessionState::SignedOut {
                cause: SignedOutCause::NeverSignedIn,
                pending_erase: false,
            }
    });

    wait(session.sign_in("qa".to_owned(), b"abc123".to_vec(), None)).unwrap();
    let token = wait(session.access_token()).unwrap();
    // The vendor's sample has 40 hex digits.
    assert_eq!(token.len(), 40, "not the shape of the sample");
    assert!(token.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let me = wait(session.whoami()).unwrap();
    assert_eq!(
        (me.name.as_deref(), me.profile.as_deref()),
        (Some("qa"), Some("Help Desk"))
    );
    assert!(me.members.iter().any(|member| member.name == "info"));
    assert!(wait(session.server_version()).unwrap().version.is_some());

    let privileges = wait(session.privileges()).unwrap();
    let level = |name: &str| {
        let mut all = privileges.iter();
        all.find(|privilege| privilege.name == name).unwrap()
    };
    for (name, expected, allowed) in [
        ("guest_users", PrivilegeLevel::Full, [true, true, true]),
        (
            "cppm_certificates",
            PrivilegeLevel::ReadWrite,
            [true, true, false],
        ),
        ("cppm_endpoints", PrivilegeLevel::Read, [true, false, false]),
        ("api_index", PrivilegeLevel::Allowed, [false, false, false]),
    ] {
        let privilege = level(name);
        assert_eq!(privilege.level, expected, "{name}");
        let may = [
            privilege.may_read,
            privilege.may_write,
            privilege.may_delete,
        ];
        assert_eq!(may, allowed, "{name}");
    }
    assert_eq!(level("guest_users").display_name, "Guest accounts");

    let state = session.state();
    let now = signed_in(&state).unwrap();
    assert_eq!((now.username.as_str(), now.generation), ("qa", 1));
    assert_eq!((&now.refresh, now.saved), (&RefreshState::Ready, true));
    assert!(now.expires_at.unwrap() > SystemTime::now());

    // Records print themselves, and so must not hold what nobody may see.
    let history = wait(session.history()).unwrap();
    let all = format!("{session:?} {state:?} {me:?} {privileges:?} {history:?}");
    for secret in [token.as_str(), "abc123"] {
        assert!(!all.contains(secret), "a secret is in a record");
    }
}

#[test]
fn a_refresh_brings_the_next_token_and_a_sign_out_the_end() {
    let server = Server::start();
    let session = server.signed_in();
    let first = wait(session.access_token()).unwrap();
    wait(session.refresh()).unwrap();
    let state = session.state();
    assert!(signed_in(&state).unwrap().generation >= 2);
    assert_ne!(wait(session.access_token()).unwrap(), first);
    let hour = Some(Duration::from_secs(3_600));
    let need = TokenNeed {
        at_least: hour,
        ..TokenNeed::default()
    };
    let newer = wait(session.access_token_with(need)).unwrap();
    assert_ne!(newer.expose(), first);
    assert!(newer.generation() >= 2 && !newer.is_short());
    session.notify(PlatformEvent::Foreground);

    let report = wait(session.sign_out()).unwrap();
    assert!(report.erased);
    assert_eq!(report.revocation, Revocation::NotOffered);
    let error = wait(session.access_token()).unwrap_err();
    assert!(matches!(error, QuickAccessError::SignIn { .. }), "{error}");
    assert_eq!(error.why().code, "signed_out");
    let history = wait(session.history()).unwrap();
    let kinds: Vec<_> = history.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds.first(), Some(&"signed_in"));
    assert_eq!(kinds.last(), Some(&"signed_out"));
}

#[test]
fn a02_a_refusal_says_what_to_do_and_why() {
    let server = Server::start();
    let session = server.session();
    let error = wait(session.sign_in("qa".to_owned(), b"wrong".to_vec(), None)).unwrap_err();
    assert!(matches!(error, QuickAccessError::SignIn { .. }), "{error}");
    assert_eq!(error.why().code, "credentials_rejected");
    assert!(
        !format!("{error:?}").contains("wrong"),
        "the password is told"
    );

    let mut settings = server.settings();
    settings.client_id = "QuickAcess".to_owned();
    let session = Session::new(settings, TokenStore::in_memory(), None).unwrap();
    let error = wait(session.sign_in("qa".to_owned(), b"abc123".to_vec(), None)).unwrap_err();
    assert!(
        matches!(error, QuickAccessError::FixSetup { .. }),
        "{error}"
    );
    assert_eq!(error.why().code, "client_unknown");

    let error = wait(session.sign_in("qa".to_owned(), vec![0xff, 0xfe], None)).unwrap_err();
    assert!(
        matches!(error, QuickAccessError::FixRequest { .. }),
        "{error}"
    );
}

#[test]
fn a03_an_app_signs_itself_in_with_its_secret() {
    let server = Server::start();
    let mut settings = server.settings();
    settings.client_id = "Integration".to_owned();
    let open = |secret: Option<Vec<u8>>| {
        Session::new(settings.clone(), TokenStore::in_memory(), secret).unwrap()
    };
    let error = wait(open(None).sign_in_client(None)).unwrap_err();
    assert_eq!(error.why().code, "client_needs_secret");
    let session = open(Some(b"s3cret".to_vec()));
    wait(session.sign_in_client(None)).unwrap();
    let me = wait(session.whoami()).unwrap();
    assert_eq!(me.name.as_deref(), Some("Integration"));
    assert!(!format!("{session:?}").contains("s3cret"));
}

#[test]
fn a_certificate_is_approved_by_the_session_that_showed_it_and_as_it_was_shown() {
    let server = Server::start();
    let open = || Session::new(server.stranger(), TokenStore::in_memory(), None).unwrap();
    let session = open();
    let error = wait(session.sign_in("qa".to_owned(), b"abc123".to_vec(), None)).unwrap_err();
    let QuickAccessError::TrustServer { why, certificate } = error else {
        panic!("an unknown issuer was believed: {error}");
    };
    assert_eq!(why.code, "certificate_unknown");
    assert_eq!(server.simulator.counters().sign_ins_accepted, 0);
    let shown = *certificate.unwrap();
    assert!(shown.can_be_approved && !shown.is_change);
    assert_eq!(shown.problems[0].name, "unknown_issuer");

    let mut other = shown.clone();
    other.presented.fingerprint = "AB:CD".to_owned();
    for refused in [
        wait(session.approve(other)),
        wait(session.approve_changed(shown.clone())),
        wait(open().approve(shown.clone())),
    ] {
        assert_eq!(refused.unwrap_err().why().code, "invalid_input");
    }
    wait(session.approve(shown)).unwrap();
    wait(session.sign_in("qa".to_owned(), b"abc123".to_vec(), None)).unwrap();
}

#[test]
fn accounts_share_the_sessions_store_and_folder() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap().to_owned();
    let claims = StoreClaims {
        persistence: Persistence::Device,
        processes: Processes::Many,
        max_record: None,
    };
    let store = TokenStore::custom(std::sync::Arc::new(AppStore::default()), claims);
    let open = |account: Option<AccountChoice>| {
        let mut settings = server.settings();
        settings.data_dir = Some(path.clone());
        settings.account = account;
        Session::new(settings, store.clone(), None)
    };
    let first = open(None).unwrap();
    wait(first.sign_in("qa".to_owned(), b"abc123".to_vec(), None)).unwrap();
    wait(first.make_default()).unwrap();
    let second = open(Some(AccountChoice::New)).unwrap();
    wait(second.sign_in("guest-desk".to_owned(), b"abc123".to_vec(), None)).unwrap();

    let accounts = Accounts::new(store.clone(), path.clone()).unwrap();
    let list = wait(accounts.list()).unwrap();
    let told: Vec<_> = list
        .iter()
        .map(|account| {
            (
                account.username.as_str(),
                account.signed_in,
                account.is_default,
            )
        })
        .collect();
    assert_eq!(told, [("qa", true, true), ("guest-desk", true, false)]);
    assert_eq!(list[0].id, first.account());

    wait(accounts.set_default(second.account())).unwrap();
    assert!(wait(accounts.list()).unwrap()[1].is_default);
    wait(accounts.remove(second.account())).unwrap();
    let left = wait(accounts.list()).unwrap();
    assert_eq!(left.len(), 1);
    assert!(!left[0].is_default);
    let gone = AccountChoice::This {
        id: second.account(),
    };
    assert_eq!(open(Some(gone)).unwrap_err().why().code, "invalid_input");
    let error = wait(accounts.remove("none".to_owned())).unwrap_err();
    assert_eq!(error.why().code, "invalid_input");
}
