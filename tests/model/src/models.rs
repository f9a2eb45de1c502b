//! The models: several with a focus each, since one with everything would never end. What none of
//! them combines is said in `docs/reliability.md`.

use quickaccess::session::{
    event::PlatformEvent,
    model::{Renewal, ServerMode},
};

use crate::bounds::{Bounds, Budget, Start};

const NONE: Budget = Bounds::QUIET.budget;

/// The models of the quick check, or of the deep one.
pub fn models(deep: bool) -> Vec<Bounds> {
    let mut all = refreshing(deep);
    all.extend(people(deep));
    all.extend(troubles(deep));
    all.extend(others(deep));
    all
}

/// The refresh in each mode of the server.
fn refreshing(deep: bool) -> Vec<Bounds> {
    let refresh = Bounds {
        generations: 2,
        budget: Budget {
            network: 2,
            store: 1,
            kills: if deep { 2 } else { 1 },
            revokes: 1,
            ..NONE
        },
        ..Bounds::QUIET
    };
    vec![
        Bounds {
            name: "rotate",
            covers: "a server that rotates; lost answers, a failing store, kills, a token taken back",
            ..refresh.clone()
        },
        Bounds {
            name: "reusable",
            covers: "the same with a server whose refresh token stays, and a store for one process",
            mode: ServerMode::Reusable,
            alone: true,
            budget: Budget {
                network: if deep { 2 } else { 1 },
                ..refresh.budget
            },
            ..refresh.clone()
        },
        Bounds {
            name: "one-shot",
            covers: "the same with a server whose refresh token works once",
            mode: ServerMode::OneShot,
            ..refresh.clone()
        },
        Bounds {
            name: "one-shot-known",
            covers: "the same when that was learned before, with a store for one process",
            mode: ServerMode::OneShot,
            learned: true,
            alone: true,
            ..refresh
        },
        Bounds {
            name: "late",
            covers: "answers that come after their request was given up, in any order",
            generations: 2,
            budget: Budget {
                network: if deep { 3 } else { 2 },
                lates: if deep { 2 } else { 1 },
                forgets: 1,
                revokes: 1,
                ..NONE
            },
            ..Bounds::QUIET
        },
        Bounds {
            name: "network",
            covers: "several callers with demands, changes of the network, background and foreground",
            demands: true,
            generations: 1,
            callers: 2,
            budget: Budget {
                network: if deep { 2 } else { 1 },
                platform: 2,
                ..NONE
            },
            platform: &[
                PlatformEvent::Foreground,
                PlatformEvent::Background,
                PlatformEvent::NetworkChanged,
            ],
            ..Bounds::QUIET
        },
    ]
}

/// Sign-in and sign-out, with all that can come between.
fn people(deep: bool) -> Vec<Bounds> {
    vec![
        Bounds {
            name: "people",
            covers: "somebody else signs in, cancels, signs out, while a refresh is due",
            start: Start::Due,
            time: false,
            generations: 2,
            budget: Budget {
                network: u8::from(deep),
                store: 1,
                kills: 1,
                delays: 1,
                sign_ins: 2,
                cancels: 1,
                sign_outs: 1,
                ..NONE
            },
            ..Bounds::QUIET
        },
        Bounds {
            name: "sign-in",
            covers: "the first sign-ins and sign-outs on a store that fails",
            start: Start::Fresh,
            callers: 1,
            time: false,
            generations: 1,
            budget: Budget {
                store: if deep { 4 } else { 3 },
                kills: if deep { 2 } else { 1 },
                delays: 1,
                sign_ins: 2,
                cancels: 1,
                sign_outs: if deep { 2 } else { 1 },
                ..NONE
            },
            ..Bounds::QUIET
        },
        Bounds {
            name: "no-refresh",
            covers: "a server that gives no refresh token",
            refresh_token: false,
            start: Start::Fresh,
            budget: Budget {
                network: 1,
                store: if deep { 2 } else { 1 },
                kills: 1,
                delays: 1,
                sign_ins: 2,
                cancels: 1,
                sign_outs: 1,
                ..NONE
            },
            ..Bounds::QUIET
        },
        Bounds {
            name: "client-secret",
            covers: "client_credentials, renewed with the secret",
            renewal: Renewal::ClientSecret,
            refresh_token: false,
            start: Start::Fresh,
            generations: 2,
            budget: Budget {
                network: 2,
                store: if deep { 2 } else { 1 },
                kills: 1,
                sign_ins: if deep { 2 } else { 1 },
                sign_outs: 1,
                ..NONE
            },
            ..Bounds::QUIET
        },
        Bounds {
            name: "secret-missing",
            covers: "the same when the next start does not give the secret",
            renewal: Renewal::ClientSecret,
            refresh_token: false,
            keeps_secret: false,
            start: Start::Due,
            generations: 2,
            budget: Budget {
                network: u8::from(deep),
                store: 1,
                kills: 1,
                ..NONE
            },
            ..Bounds::QUIET
        },
    ]
}

/// A store and clocks that cannot be relied on, and resources that reject.
fn troubles(deep: bool) -> Vec<Bounds> {
    vec![
        Bounds {
            name: "store",
            covers: "a store for one process that fails again and again, and the platform's word that it is open",
            start: Start::Due,
            alone: true,
            generations: if deep { 2 } else { 1 },
            budget: Budget {
                store: 3,
                kills: 1,
                platform: 1,
                ..NONE
            },
            platform: &[PlatformEvent::Unlocked],
            ..Bounds::QUIET
        },
        Bounds {
            name: "losses",
            covers: "a record that is lost, damaged, or whose key is lost",
            start: Start::Due,
            generations: 1,
            budget: Budget {
                store: if deep { 2 } else { 1 },
                losses: 1,
                kills: 1,
                network: 1,
                ..NONE
            },
            ..Bounds::QUIET
        },
        Bounds {
            name: "clocks",
            covers: "reboots, a wall clock set to anything, odd and missing lifetimes",
            clocks: true,
            odd_lifetimes: true,
            generations: 2,
            budget: Budget {
                network: 1,
                reboots: if deep { 2 } else { 1 },
                jumps: 1,
                ..NONE
            },
            ..Bounds::QUIET
        },
        Bounds {
            name: "rejections",
            covers: "resources that reject, and whatever `/oauth/me` says about it",
            requests: 2,
            callers: 0,
            generations: 3,
            budget: Budget {
                rejections: if deep { 4 } else { 3 },
                ..NONE
            },
            ..Bounds::QUIET
        },
    ]
}

/// Other processes on the same store.
fn others(deep: bool) -> Vec<Bounds> {
    vec![
        Bounds {
            name: "strangers",
            covers: "another process that refreshes, signs out or signs somebody in, each at one stroke",
            generations: if deep { 3 } else { 2 },
            budget: Budget {
                store: 1,
                delays: u8::from(deep),
                others: 2,
                ..NONE
            },
            ..Bounds::QUIET
        },
        Bounds {
            name: "processes",
            covers: "two processes with a machine each, whose refreshes meet",
            neighbour: true,
            start: Start::Due,
            time: false,
            generations: 2,
            budget: Budget {
                network: if deep { 2 } else { 1 },
                store: 1,
                delays: 1,
                kills: if deep { 2 } else { 1 },
                ..NONE
            },
            ..Bounds::QUIET
        },
        Bounds {
            name: "leases",
            covers: "the same with a token that is over, and a device that sleeps past the lease",
            neighbour: true,
            start: Start::Over,
            time: false,
            generations: 2,
            budget: Budget {
                network: 1,
                sleeps: if deep { 2 } else { 1 },
                kills: 1,
                ..NONE
            },
            ..Bounds::QUIET
        },
        Bounds {
            name: "unseen",
            covers: "the same where nobody can tell whether another process still runs",
            neighbour: true,
            tells: false,
            start: Start::Over,
            time: false,
            generations: 2,
            budget: Budget {
                sleeps: 2,
                kills: 1,
                ..NONE
            },
            ..Bounds::QUIET
        },
    ]
}
