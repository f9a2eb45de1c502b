//! What must be so after the program was killed and is started again: signed in, or signed out with
//! the true cause; and the server has seen no refresh token again whose answer had been stored.

use quickaccess_simulator::RefreshMode;
use serde_json::Value;

use super::{
    person::{Person, Stored},
    support::Ended,
};

const SIGN_IN: i32 = 10;

/// Where things stood when the program had been killed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Left {
    stored: Stored,
    /// Refreshes that the server had committed.
    committed: u64,
}

impl Left {
    pub(crate) fn by(person: &Person) -> Self {
        Self {
            stored: person.stored(),
            committed: person.counters().refreshes_accepted,
        }
    }
}

fn code(ended: &Ended) -> String {
    let json = ended.json();
    json["error"]["code"].as_str().unwrap_or("none").to_owned()
}

fn kinds(person: &Person) -> Vec<String> {
    let json = person.run(&["history", "--json"]).with(0).json();
    let entries = json["history"].as_array().unwrap().iter();
    entries
        .map(|entry| entry["kind"].as_str().unwrap().to_owned())
        .collect()
}

/// A good token; gives what else was said.
fn is_signed_in(person: &Person) -> Value {
    let json = person.run(&["token", "--json"]).with(0).json();
    let token = json["access_token"].as_str().unwrap();
    assert!(person.accepts(token), "the server knows it: {json}");
    json
}

fn is_signed_out(person: &Person) {
    let ended = person.run(&["token", "--json"]).with(SIGN_IN);
    assert_eq!(code(&ended), "signed_out");
}

/// After a sign-in: somebody is signed in, or nobody, and then a sign-in works.
pub(crate) fn after_sign_in(person: &Person, left: Left) {
    if left.stored == Stored::Nothing {
        is_signed_out(person);
        assert!(!kinds(person).contains(&"signed_in".to_owned()));
        person.sign_in("qa").with(0);
    } else {
        is_signed_in(person);
        let counters = person.counters();
        assert_eq!(counters.sign_ins_accepted, 1, "that one counts");
    }
}

/// After a sign-in over a session: that session or the new one, whole.
pub(crate) fn after_another_sign_in(person: &Person, _: Left) {
    let json = person.run(&["whoami", "--json"]).with(0).json();
    let name = json["me"]["name"].as_str().unwrap();
    assert!(["qa", "guest-desk"].contains(&name), "{json}");
    assert_eq!(json["session"]["username"].as_str(), Some(name), "{json}");
}

/// After a refresh: the good token is served whatever happened. It is tried again without being
/// asked for where the record says that its answer is missing.
pub(crate) fn after_refresh(person: &Person, left: Left) {
    let json = is_signed_in(person);
    let Stored::Session(generation) = left.stored else {
        panic!("{left:?}")
    };
    assert!(json["generation"].as_u64().unwrap() >= generation, "{json}");
}

/// And then it can be extended, or is over for the reason that the server's numbers tell.
pub(crate) fn after_refresh_and_time(person: &Person, left: Left, mode: RefreshMode) {
    let again = person.run(&["token", "--refresh", "--json"]);
    if let Some(token) = again.json()["access_token"].as_str() {
        assert!(person.accepts(token), "{again:#?}");
    }
    let counters = person.counters();
    // The server had committed, and the answer was not in the store.
    let lost = left.committed == 1 && left.stored == Stored::Session(1);
    match mode {
        RefreshMode::Rotate if lost => {
            assert_eq!(code(&again.with(SIGN_IN)), "refresh_unfinished");
            assert_eq!(counters.refresh_reuse, 1, "the one that is explained");
        }
        RefreshMode::Rotate => {
            again.with(0);
            assert_eq!(counters.refresh_reuse, 0, "{counters:?}");
        }
        // The same token is good for ever, so that nothing can be lost.
        RefreshMode::Reusable => {
            again.with(0);
            assert_eq!(counters.refresh_reuse, 0, "{counters:?}");
        }
        RefreshMode::OneShot if lost => {
            assert_eq!(code(&again.with(SIGN_IN)), "refresh_unfinished");
            assert_eq!(counters.refresh_reuse, 1, "the one that is explained");
        }
        // It is used once and proven to be spent by one more try, which may be the one that was
        // killed, and then that is what is told.
        RefreshMode::OneShot => {
            if again.code != 0 {
                let causes = ["single_use_spent", "refresh_unfinished"];
                let cause = code(&again.with(SIGN_IN));
                assert!(causes.contains(&cause.as_str()), "{cause}: {left:?}");
            }
            assert!(counters.refresh_reuse <= 2, "{counters:?}");
        }
    }
}

/// After a sign-out: still signed in as if nothing had been asked for, or out; and asked again, out
/// for good.
pub(crate) fn after_sign_out(person: &Person, _: Left) {
    let ended = person.run(&["token", "--json"]);
    if ended.code == 0 {
        let json = ended.json();
        let token = json["access_token"].as_str().unwrap();
        assert!(person.accepts(token), "the server was not told yet: {json}");
    } else {
        assert_eq!(code(&ended.with(SIGN_IN)), "signed_out");
    }
    person.run(&["sign-out"]).with(0);
    assert_eq!(person.stored(), Stored::Nothing);
    is_signed_out(person);
}
