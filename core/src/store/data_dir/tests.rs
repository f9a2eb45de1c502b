use std::{fs, thread};

use super::{
    index::{ACCOUNTS, Index},
    *,
};
use crate::session::model::{Cause, Epoch};

const SERVER: &str = "https://clearpass.example";

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn open(folder: &tempfile::TempDir) -> DataDir {
    DataDir::open(folder.path()).unwrap()
}

#[test]
fn an_account_is_made_once_and_found_again_after_a_restart() {
    let folder = folder();
    let first = open(&folder)
        .account(SERVER, "QuickAccess", &Which::Usual)
        .unwrap();
    assert_eq!(first.id.len(), 32);
    assert!(first.id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(
        open(&folder)
            .account(SERVER, "QuickAccess", &Which::Usual)
            .unwrap(),
        first
    );
    for (server, client) in [(SERVER, "other"), ("https://b.example", "QuickAccess")] {
        let other = open(&folder)
            .account(server, client, &Which::Usual)
            .unwrap();
        assert_ne!(other.id, first.id);
    }
    let found = open(&folder).account_by_id(&first.id).unwrap();
    assert_eq!(found, Some(first));
    assert_eq!(open(&folder).account_by_id("none").unwrap(), None);
}

#[test]
fn changes_of_an_account_survive_a_restart() {
    let folder = folder();
    let data = open(&folder);
    let account = data.account(SERVER, "QuickAccess", &Which::Usual).unwrap();
    data.edit_account(&account, |entry| entry.fence(Epoch(5)))
        .unwrap();
    data.edit_account(&account, |entry| entry.end(Cause::SessionEnded))
        .unwrap();
    let found = open(&folder)
        .account(SERVER, "QuickAccess", &Which::Usual)
        .unwrap();
    assert_eq!(found.last_cause, Some(Cause::SessionEnded));
    assert!(found.fences(Epoch(5)) && !found.fences(Epoch(6)));
}

#[test]
fn modes_are_kept_for_server_and_client() {
    let folder = folder();
    let data = open(&folder);
    assert_eq!(data.mode(SERVER, "a").unwrap(), None);
    for mode in [
        ServerMode::Rotate,
        ServerMode::Reusable,
        ServerMode::OneShot,
    ] {
        data.learn_mode(SERVER, "a", mode).unwrap();
        assert_eq!(open(&folder).mode(SERVER, "a").unwrap(), Some(mode));
    }
    assert_eq!(data.mode(SERVER, "b").unwrap(), None);
    for number in 0..150 {
        let server = format!("https://{number}.example");
        data.learn_mode(&server, "a", ServerMode::Rotate).unwrap();
    }
    assert_eq!(data.mode("https://49.example", "a").unwrap(), None);
    assert!(data.mode("https://50.example", "a").unwrap().is_some());
}

#[test]
fn a_damaged_file_is_set_aside_reported_and_begun_anew() {
    for damage in [
        "",
        "{",
        "[]",
        "{\"version\":1,\"accounts\":7}",
        "{\"version\":0}",
    ] {
        let folder = folder();
        let file = folder.path().join("accounts.json");
        fs::write(&file, damage).unwrap();
        let data = open(&folder);
        let account = data.account(SERVER, "QuickAccess", &Which::Usual).unwrap();
        assert_eq!(account.last_cause, Some(Cause::Corrupt), "{damage:?}");
        assert_eq!(data.take_damaged(), ["accounts.json"], "{damage:?}");
        assert!(data.take_damaged().is_empty());
        let aside = folder.path().join("accounts.json.damaged");
        assert_eq!(fs::read_to_string(aside).unwrap(), damage);
        assert!(fs::read_to_string(&file).unwrap().contains(SERVER));
    }
}

#[test]
fn a_file_of_a_newer_version_is_left_alone() {
    let folder = folder();
    let file = folder.path().join("accounts.json");
    let newer = "{\"version\":2,\"people\":[]}";
    fs::write(&file, newer).unwrap();
    let data = open(&folder);
    assert_eq!(
        data.account(SERVER, "QuickAccess", &Which::Usual),
        Err(StoreError::Unavailable)
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), newer);
    assert!(data.take_damaged().is_empty());
}

#[test]
fn members_that_a_later_version_added_do_no_harm() {
    let folder = folder();
    let text = r#"{"version":1,"new":1,"accounts":[{"id":"ab","server":"https://clearpass.example",
        "client_id":"QuickAccess","colour":"red","last_cause":"struck_by_lightning"}]}"#;
    fs::write(folder.path().join("accounts.json"), text).unwrap();
    let account = open(&folder)
        .account(SERVER, "QuickAccess", &Which::Usual)
        .unwrap();
    assert_eq!(account.id, "ab");
    assert_eq!(account.last_cause, Some(Cause::SessionEnded));
}

#[test]
fn an_index_that_cannot_be_read_is_not_an_empty_one() {
    let folder = folder();
    fs::create_dir(folder.path().join("accounts.json")).unwrap();
    let data = open(&folder);
    assert_eq!(
        data.account(SERVER, "QuickAccess", &Which::Usual),
        Err(StoreError::Unavailable)
    );
}

#[test]
fn a19_the_history_survives_a_restart() {
    let folder = folder();
    let entry = HistoryEntry::new(7, "signed_out", Some("session_ended"), "It ended.");
    open(&folder).add_history(&entry).unwrap();
    assert_eq!(open(&folder).history().unwrap(), [entry]);
}

#[test]
fn the_first_start_is_fresh_and_the_next_is_not() {
    let folder = folder();
    assert_eq!(open(&folder).installed(), Installed::Fresh);
    open(&folder).mark_installed().unwrap();
    assert_eq!(open(&folder).installed(), Installed::Before);
    assert_eq!(DataDir::in_memory().installed(), Installed::Before);
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = DataDir::open(&file.join("below")).unwrap_err();
    assert_eq!(error.code(), Code::StoreUnavailable);
    assert!(error.message().contains("below"), "{error}");
}

#[cfg(unix)]
#[test]
fn nobody_but_the_owner_can_read_the_folder_and_its_files() {
    use std::os::unix::fs::PermissionsExt;

    let folder = folder();
    let path = folder.path().join("made").join("here");
    let data = DataDir::open(&path).unwrap();
    data.account(SERVER, "QuickAccess", &Which::Usual).unwrap();
    data.add_history(&HistoryEntry::new(1, "x", None, ""))
        .unwrap();
    data.mark_installed().unwrap();
    data.with_lock(|| Ok(())).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    let files: Vec<_> = fs::read_dir(&path).unwrap().collect();
    assert_eq!(files.len(), 5);
    for file in files {
        let file = file.unwrap().path();
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

/// Two handles stand for two processes: the operating system's lock does not care.
#[test]
fn a13_the_lock_lets_one_at_a_time_through() {
    let folder = folder();
    let counter = folder.path().join("counter");
    fs::write(&counter, "0").unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let data = open(&folder);
                for _ in 0..25 {
                    data.with_lock(|| {
                        let count: u32 = fs::read_to_string(&counter).unwrap().parse().unwrap();
                        fs::write(&counter, (count + 1).to_string()).unwrap();
                        Ok(())
                    })
                    .unwrap();
                }
            });
        }
    });
    assert_eq!(fs::read_to_string(&counter).unwrap(), "100");
}

#[test]
fn edits_from_two_sides_are_both_kept() {
    let folder = folder();
    thread::scope(|scope| {
        for side in 0..4 {
            let folder = &folder;
            scope.spawn(move || {
                let data = open(folder);
                for number in 0..10 {
                    data.account(
                        &format!("https://{side}-{number}.example"),
                        "QuickAccess",
                        &Which::Usual,
                    )
                    .unwrap();
                }
            });
        }
    });
    let index: Index = open(&folder).read(ACCOUNTS).unwrap();
    assert_eq!(index.accounts.len(), 40);
}

#[test]
fn a_lock_that_is_not_let_go_is_waited_for_in_vain_and_a_sign_out_is_noted_all_the_same() {
    let folder = folder();
    let (holder, other) = (open(&folder), open(&folder));
    let memory = DataDir::in_memory();
    for (holder, other) in [(&holder, &other), (&memory, &memory)] {
        let account = other.account(SERVER, "QuickAccess", &Which::Usual).unwrap();
        holder
            .with_lock(|| {
                let waited = other.with_lock(|| Ok(()));
                assert_eq!(waited, Err(StoreError::Busy));
                other.edit_account(&account, |entry| entry.fence(Epoch(1)))
            })
            .unwrap();
        other.with_lock(|| Ok(())).unwrap();
    }
}

#[test]
fn of_two_accounts_of_one_person_the_newer_stays_whichever_hears_the_name_last() {
    for last in [0, 1] {
        let folder = folder();
        let data = open(&folder);
        let older = data.account(SERVER, "QuickAccess", &Which::New).unwrap();
        let newer = data.account(SERVER, "QuickAccess", &Which::New).unwrap();
        for (number, account) in [&older, &newer].into_iter().enumerate() {
            data.edit_numbered(account, |entry, next| {
                entry.epoch = Some(Epoch(number as u128));
                entry.number = next;
            })
            .unwrap();
        }
        data.set_default(Some(&older.id)).unwrap();
        let order = if last == 0 {
            [&newer, &older]
        } else {
            [&older, &newer]
        };
        assert_eq!(data.meet(&order[0].id, "qa").unwrap(), []);
        let replaced = data.meet(&order[1].id, "qa").unwrap();
        let ids: Vec<&str> = replaced.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids, [older.id.as_str()], "{last}");
        assert_eq!(data.accounts().unwrap().1, Some(newer.id.clone()));
        data.remove_account(&older.id).unwrap();
        assert_eq!(data.meet(&older.id, "qa").unwrap(), [], "it is gone");
    }
}
