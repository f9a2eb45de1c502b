//! Random walks through everything that can happen, with a store and a server that behave as such
//! do: what always holds is looked at after every step, and the diagrams of `README.md` are
//! compared with the ways that were really taken.

mod surroundings;
mod world;

use std::collections::BTreeSet;

use self::world::World;

const WALKS: u64 = 6_000;
const STEPS: usize = 400;

/// All ways that were taken on all walks.
fn walked() -> BTreeSet<(String, String)> {
    let mut ways = BTreeSet::new();
    for seed in 1..=WALKS {
        let mut world = World::new(seed);
        for _ in 0..STEPS {
            match world.luck.below(100) {
                0 => world.start_again(),
                1..7 => world.something_happens_to_the_store(),
                7..11 => world.time_passes(),
                11..22 => world.somebody_acts(),
                22..40 if world.server_is_asked() => world.server_answers(),
                40..70 if !world.calls.is_empty() => world.make_a_call(),
                70..100 if !world.coming.is_empty() => world.something_comes(),
                _ if world.nothing_is_open() => world.somebody_acts(),
                _ => {}
            }
        }
        world.settle();
        ways.extend(world.ways);
    }
    ways
}

/// The ways that a diagram of the page shows.
fn drawn(number: usize) -> BTreeSet<(String, String)> {
    let page = include_str!("../../README.md");
    let block = page.split("```mermaid").nth(number).expect("a diagram");
    let block = block.split("```").next().expect("its end");
    let ways = block.lines().filter_map(|line| {
        let (from, to) = line.trim().split_once(" --> ")?;
        let to = to.split(':').next()?.trim();
        Some((from.to_owned(), to.to_owned()))
    });
    ways.collect()
}

#[test]
fn what_always_holds_holds_on_every_walk_and_the_diagrams_show_the_ways() {
    let walked = walked();
    let (phases, refresh) = (drawn(1), drawn(2));
    let way = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    let through_ready = |from: &str, to: &str| {
        refresh.contains(&way(from, to))
            || (refresh.contains(&way(from, "Ready")) && refresh.contains(&way("Ready", to)))
    };
    let is_phase = |name: &str| phases.iter().any(|(from, to)| from == name || to == name);
    let not_drawn: Vec<_> = walked
        .iter()
        .filter(|(from, to)| match is_phase(from) && is_phase(to) {
            true => !phases.contains(&way(from, to)),
            false => !through_ready(from, to),
        })
        .collect();
    assert!(not_drawn.is_empty(), "{not_drawn:?}");
    // What makes it ready may start it in the same step.
    let at_once = |from: &str| {
        walked.contains(&way(from, "Journaling")) || walked.contains(&way(from, "Sent"))
    };
    let never_taken: Vec<_> = phases
        .iter()
        .chain(refresh.iter().filter(|(from, _)| from != "[*]"))
        .filter(|(from, to)| !walked.contains(&way(from, to)))
        .filter(|(from, to)| to != "Ready" || !at_once(from))
        .collect();
    assert!(never_taken.is_empty(), "{never_taken:?}");
}
