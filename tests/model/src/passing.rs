//! How much time has to pass until the machine, asked anything, could do something else than now.
//! Between two such moments nothing differs, so time moves from one to the next.

use quickaccess::{
    Millis,
    session::{
        clock::{elapsed, margin},
        state::{Phase, Refresh, Session},
    },
};

use crate::{
    bounds::Bounds,
    time::{HOUR, LIFE, MINUTE, NOW},
    walk::OFFLINE_CALLER,
    world::Process,
};

/// A pair younger than this starts no refresh, and a person may ask again after this long.
const SECOND: Millis = 1_000;

/// The time to the next moment that makes a difference.
pub(crate) fn next(process: &Process, bounds: &Bounds) -> Option<Millis> {
    let mut waits: Vec<Millis> = process.timer.into_iter().collect();
    if let Some(session) = process.state.session() {
        of_session(session, bounds, &mut waits);
    }
    if let Phase::SignedOut(out) = &process.state.phase
        && out
            .looked
            .is_some_and(|looked| elapsed(looked, NOW) < SECOND)
        && waits.iter().all(|&wait| wait == 0)
    {
        // Another look into the store. Nobody is signed in, so it makes no difference how much
        // later that is.
        waits.push(LIFE);
    }
    waits.into_iter().filter(|&wait| wait > 0).min()
}

fn of_session(s: &Session, bounds: &Bounds, waits: &mut Vec<Millis>) {
    let mut moments = |since, after: &[Millis]| {
        let past = elapsed(since, NOW);
        waits.extend(after.iter().map(|after| after.saturating_sub(past)));
    };
    match &s.refresh {
        Refresh::Waiting { since, wait, .. } => {
            moments(*since, &[*wait, OFFLINE_CALLER]);
            if bounds.demands {
                moments(*since, &[SECOND]);
            }
        }
        Refresh::Blocked { since, .. } => {
            moments(*since, &[HOUR]);
            if bounds.demands {
                moments(*since, &[SECOND]);
            }
        }
        _ => {}
    }
    let remembered = s.refused_areas.iter().map(|(_, since)| *since);
    for since in remembered.chain(s.no_api_access) {
        moments(since, &[MINUTE]);
    }
    let Some(age) = s.anchor.age(NOW) else { return };
    let mut ages = vec![SECOND];
    if bounds.requests > 0 {
        ages.push(MINUTE);
    }
    if let Some(life) = s.times.lifetime {
        ages.extend([life.saturating_sub(margin(life)), life]);
        if bounds.demands {
            ages.push(LIFE / 2 + 1);
        }
    }
    ages.extend(s.times.refresh_after);
    waits.extend(ages.into_iter().map(|at| at.saturating_sub(age)));
}
