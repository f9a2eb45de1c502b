//! Clocks that jump, reboots, sleep and odd lifetimes: no dead token used, no good one thrown away.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use quickaccess::{Code, PlatformEvent};
use quickaccess_simulator::{ExpiresIn, Simulator};
use support::{HOUR, MINUTE, Phone, signed_in};

const DAY: i64 = 86_400_000;

#[tokio::test(start_paused = true)]
async fn a16_a_clock_that_is_set_changes_nothing_within_one_boot() {
    for jump in [-DAY, -3_600_000, 3_600_000, DAY] {
        let phone = Phone::new();
        let session = phone.signed_in().await;
        phone.clocks.set_wall(jump);
        session.notify(PlatformEvent::TimeChanged);
        assert_eq!(session.access_token().await.unwrap().generation(), 1);
        phone.pass(HOUR).await;
        assert_eq!(session.access_token().await.unwrap().generation(), 1);
        phone.pass(8 * HOUR).await;
        assert_eq!(
            session.access_token().await.unwrap().generation(),
            2,
            "{jump}"
        );
        assert_eq!(phone.server.counters().token_requests.refresh_token, 1);
        // A new start on the same boot judges by the same clock.
        drop(session);
        phone.clocks.set_wall(-3 * jump);
        let session = phone.start();
        assert_eq!(session.access_token().await.unwrap().generation(), 2);
        assert_eq!(phone.server.counters().token_requests.refresh_token, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a16_after_a_reboot_wall_time_decides() {
    let phone = Phone::new();
    drop(phone.signed_in().await);
    phone.pass(HOUR).await;
    phone.clocks.reboot();
    let session = phone.start();
    assert_eq!(
        session.access_token().await.unwrap().generation(),
        1,
        "still good"
    );
    drop(session);
    phone.pass(8 * HOUR).await;
    phone.clocks.reboot();
    let session = phone.start();
    assert_eq!(
        session.access_token().await.unwrap().generation(),
        2,
        "over, and known to be"
    );
}

#[tokio::test(start_paused = true)]
async fn a16_a_wall_clock_behind_what_was_seen_leaves_it_to_the_server() {
    for (passed, generation) in [(HOUR, 1), (9 * HOUR, 2)] {
        let phone = Phone::new();
        drop(phone.signed_in().await);
        phone.pass(passed).await;
        phone.clocks.reboot();
        phone.clocks.set_wall(-2 * DAY);
        let session = phone.start();
        assert_eq!(
            session.access_token().await.unwrap().generation(),
            1,
            "tried, not judged"
        );
        // A dead token is found out by its rejection and refreshed; a good one just works.
        assert_eq!(session.whoami().await.unwrap().name(), Some("qa"));
        assert_eq!(
            session.access_token().await.unwrap().generation(),
            generation
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a16_every_lifetime_is_used_well() {
    for (lifetime, used) in [
        (5_u64, 4),
        (60, 50),
        (28_800, 28_000),
        (4 * 7 * 86_400, 20 * 3_600),
    ] {
        let phone = Phone::with_server(with_lifetime(ExpiresIn::Number(lifetime.into())));
        phone
            .server
            .change_client("QuickAccess", |client| {
                client.access_token_lifetime = lifetime
            })
            .unwrap();
        let session = phone.signed_in().await;
        phone
            .pass(Duration::from_secs(used) - Duration::from_millis(500))
            .await;
        assert_eq!(
            session.cached_token().map(|token| token.generation()),
            Some(1),
            "{lifetime}"
        );
        for _ in 0..20 {
            // No longer than a day at a time: the refresh token lives for two weeks.
            phone.pass(Duration::from_secs(lifetime.min(86_400))).await;
            session.access_token().await.unwrap();
            assert!(
                session.whoami().await.is_ok(),
                "{lifetime}: a token that is handed out works"
            );
        }
        let refreshes = phone.server.counters().token_requests.refresh_token;
        assert!(refreshes <= 22, "{lifetime}: {refreshes} refreshes");
    }
}

#[tokio::test(start_paused = true)]
async fn a16_an_unsaid_lifetime_lasts_until_the_token_is_rejected() {
    let phone = Phone::with_server(with_lifetime(ExpiresIn::Missing));
    let session = phone.signed_in().await;
    assert_eq!(signed_in(&session).expires_at, None);
    assert!(session.whoami().await.is_ok());
    phone.pass(9 * HOUR).await;
    assert_eq!(session.access_token().await.unwrap().generation(), 1);
    assert!(
        session.whoami().await.is_ok(),
        "rejected, refreshed, replayed"
    );
    assert_eq!(session.access_token().await.unwrap().generation(), 2);
}

#[tokio::test(start_paused = true)]
async fn a16_an_odd_lifetime_is_stored_told_and_not_stormed() {
    for odd in [
        ExpiresIn::Number(0.into()),
        ExpiresIn::Number((-1).into()),
        ExpiresIn::Text("28800".into()),
    ] {
        let phone = Phone::new();
        let session = phone.signed_in().await;
        phone.pass(9 * HOUR).await;
        phone
            .server
            .set_switches(|switches| switches.expires_in = odd.clone());
        for _ in 0..600 {
            let error = session.access_token().await.unwrap_err();
            assert_eq!(error.code(), Code::BadReply, "{odd:?}");
            phone.pass(Duration::from_secs(1)).await;
        }
        let refreshes = phone.server.counters().token_requests.refresh_token;
        assert!(
            refreshes <= 12,
            "{odd:?}: {refreshes} refreshes in ten minutes"
        );
        assert_eq!(
            phone.server.counters().refresh_reuse,
            0,
            "each new pair was kept"
        );
        phone
            .server
            .set_switches(|switches| switches.expires_in = ExpiresIn::Lifetime);
        phone.pass(6 * MINUTE).await;
        assert!(session.access_token().await.is_ok());
        assert_eq!(phone.server.counters().refresh_reuse, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a16_a_lifetime_beyond_reason_is_clamped() {
    let phone = Phone::with_server(with_lifetime(ExpiresIn::Number(i64::MAX.into())));
    let session = phone.signed_in().await;
    let end = signed_in(&session).expires_at.unwrap();
    assert!(end < support::START + 11 * 365 * 86_400_000);
}

fn with_lifetime(expires_in: ExpiresIn) -> Simulator {
    let server = Simulator::default_scenario();
    server.set_switches(|switches| switches.expires_in = expires_in);
    server
}

#[tokio::test(start_paused = true)]
async fn a16_a_clock_that_is_set_is_reported() {
    for (jump, word) in [(DAY, "forward"), (-DAY, "back")] {
        let phone = Phone::new();
        let session = phone.signed_in().await;
        phone.pass(HOUR).await;
        phone.clocks.set_wall(jump);
        for _ in 0..3 {
            session.notify(PlatformEvent::TimeChanged);
            phone.pass(MINUTE).await;
        }
        let history = session.history().await;
        let told: Vec<_> = history
            .iter()
            .filter(|entry| entry.kind == "clock_set")
            .collect();
        assert_eq!(told.len(), 1, "once: {history:?}");
        assert!(told[0].text.contains(word), "{:?}", told[0]);
    }
}

#[tokio::test(start_paused = true)]
async fn a16_after_a_reboot_the_clock_is_asked_once_and_setting_it_then_changes_nothing() {
    let phone = Phone::new();
    drop(phone.signed_in().await);
    phone.pass(HOUR).await;
    phone.clocks.reboot();
    let session = phone.start();
    assert_eq!(session.access_token().await.unwrap().generation(), 1);
    phone.pass(MINUTE).await;
    drop(session);
    // On the same boot, with the wall clock a day ahead: two hours old by the boot clock.
    phone.pass(HOUR).await;
    phone.clocks.set_wall(DAY);
    let session = phone.start();
    assert_eq!(session.access_token().await.unwrap().generation(), 1);
    assert_eq!(phone.server.counters().token_requests.refresh_token, 0);
}

/// What can happen to a clock while the app is not looking.
#[derive(Clone, Copy, Debug)]
enum Upset {
    /// The wall clock is set by this many milliseconds.
    Set(i64),
    /// The device sleeps: no timer rings.
    Sleep(Duration),
    /// The device is started anew, and the app with it.
    Reboot,
}

#[tokio::test(start_paused = true)]
async fn a16_whatever_happens_to_the_clock_in_each_lifetime_the_right_token_is_used() {
    for lifetime in [5_u64, 60, 28_800, 4 * 7 * 86_400] {
        let part = Duration::from_secs(lifetime) / 5;
        for upset in [
            Upset::Set(DAY),
            Upset::Set(-DAY),
            // Daylight saving, on a device that keeps local time.
            Upset::Set(3_600_000),
            Upset::Set(-3_600_000),
            Upset::Sleep(part),
            Upset::Sleep(2 * part),
            Upset::Sleep(6 * part),
            Upset::Reboot,
        ] {
            let case = format!("{lifetime} {upset:?}");
            let phone = Phone::new();
            let change = |client: &mut quickaccess_simulator::ApiClient| {
                client.access_token_lifetime = lifetime;
                client.refresh_token_lifetime = 100 * 86_400;
            };
            phone.server.change_client("QuickAccess", change).unwrap();
            let mut session = phone.signed_in().await;
            phone.pass(2 * part).await;
            let mut age = 2 * part;
            match upset {
                Upset::Set(by) => {
                    phone.clocks.set_wall(by);
                    session.notify(PlatformEvent::TimeChanged);
                }
                Upset::Sleep(time) => {
                    phone.clocks.sleep_through(time);
                    phone.server.advance(time);
                    age += time;
                    session.notify(PlatformEvent::Foreground);
                }
                Upset::Reboot => {
                    drop(session);
                    phone.pass(Duration::ZERO).await;
                    phone.clocks.reboot();
                    session = phone.start();
                }
            }
            // A good one is not thrown away, and a dead one is not used.
            let token = session.access_token().await.unwrap();
            let good = age < Duration::from_secs(lifetime);
            assert_eq!(token.generation(), if good { 1 } else { 2 }, "{case}");
            for _ in 0..40 {
                assert!(session.whoami().await.is_ok(), "{case}");
                phone.pass(part.min(HOUR * 20)).await;
            }
            let counters = phone.server.counters();
            assert_eq!(counters.rejected_tokens, 0, "{case}");
            assert_eq!(counters.refresh_reuse, 0, "{case}");
            let refreshes = counters.token_requests.refresh_token;
            assert!(refreshes <= 41, "{case}: {refreshes} refreshes");
        }
    }
}
