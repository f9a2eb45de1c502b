//! The check itself: small models that end in seconds also without optimisation. The models of the
//! quick check run in `cargo xtask model`.

use quickaccess_model::{Bounds, Budget, README, Report, check, drawn, models};

fn model(name: &str, budget: Budget) -> Bounds {
    let found = models(false).into_iter().find(|model| model.name == name);
    Bounds {
        budget,
        ..found.expect("the tests name models that there are")
    }
}

fn holds(bounds: &Bounds) -> Report {
    let report = check(bounds, 2);
    if let Some(broken) = &report.broken {
        panic!("{broken}");
    }
    report
}

#[test]
fn a_world_that_does_nothing_wrong_breaks_nothing() {
    let report = holds(&model("rotate", Budget::default()));
    assert!(report.states > 50, "{} states", report.states);
    let taken = report.seen.refreshes();
    for (from, to) in [
        ("Ready", "Journaling"),
        ("Sent", "Saving"),
        ("Saving", "Ready"),
    ] {
        assert!(taken.contains(&(from.into(), to.into())), "{from} {to}");
    }
    // Nothing failed, so nothing waits.
    assert!(taken.iter().all(|(_, to)| to != "Waiting"), "{taken:?}");
}

#[test]
fn the_same_model_has_the_same_states_each_time() {
    let bounds = model(
        "rotate",
        Budget {
            network: 1,
            kills: 1,
            ..Budget::default()
        },
    );
    let (first, second) = (holds(&bounds), holds(&bounds));
    assert_eq!((first.states, first.steps), (second.states, second.steps));
}

#[test]
fn a_kill_leads_back_to_the_store_and_a_lost_answer_to_a_wait() {
    let bounds = model(
        "rotate",
        Budget {
            network: 1,
            kills: 1,
            ..Budget::default()
        },
    );
    let seen = holds(&bounds).seen;
    let taken = |from: &str, to: &str| seen.refreshes().contains(&(from.into(), to.into()));
    assert!(taken("Sent", "Waiting") && taken("Waiting", "Journaling"));
    assert!(taken("Rereading", "Ended"), "the old token was used up");
    let loading = ("Loading".to_owned(), "SignedIn".to_owned());
    assert!(seen.phases().contains(&loading));
}

#[test]
fn every_step_that_a_small_model_takes_is_drawn() {
    let report = holds(&model(
        "people",
        Budget {
            sign_ins: 1,
            sign_outs: 1,
            ..Budget::default()
        },
    ));
    let phases = drawn(README);
    assert!(phases.len() > 10, "the diagram was not understood");
    assert!(report.seen.phases().is_subset(&phases));
    let wrong = report.seen.compare(README);
    assert!(
        wrong.iter().all(|line| line.starts_with("not taken: ")),
        "{wrong:?}"
    );
    assert!(!wrong.is_empty(), "so small a model cannot take every step");
}

#[test]
fn the_models_have_names_of_their_own_and_say_what_they_cover() {
    for deep in [false, true] {
        let mut names: Vec<_> = models(deep).iter().map(|model| model.name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        assert!(models(deep).iter().all(|model| !model.covers.is_empty()));
    }
}
