//! When people use their phone: bursts in the morning, nothing at night, days off and holidays.

use crate::{
    chance::Chance,
    time::{DAY, HOUR, MINUTE, SECOND},
    weather::Event,
};

/// A person's habits.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) habit: Habit,
    /// Two people share the phone.
    pub(crate) shares: bool,
}

/// How often somebody uses the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Habit {
    /// Mornings and office hours, five days a week.
    Office,
    /// Early, late and night shifts, four days on and three off.
    Shifts,
    /// A few times a week.
    Rarely,
    /// All day long.
    Heavily,
}

/// One use of the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Use {
    /// How many things the person does in the app.
    pub(crate) steps: u64,
    /// Draws of this use come from a stream of its own.
    pub(crate) seed: u64,
}

impl Person {
    pub(crate) fn draw(chance: &mut Chance) -> Self {
        let habit = chance.weighted(&[
            (55, Habit::Office),
            (20, Habit::Shifts),
            (20, Habit::Rarely),
            (5, Habit::Heavily),
        ]);
        Self {
            habit,
            shares: chance.percent(15),
        }
    }
}

/// Every use of a life.
pub(crate) fn uses(person: &Person, life: u64, chance: &mut Chance) -> Vec<(u64, Event)> {
    let days = life.div_ceil(DAY);
    let holidays = holidays(days, chance);
    // Whole people start on different days of the week and of their shifts.
    let first_day = chance.below(7);
    let mut uses = vec![(chance.between(8, 10) * HOUR, first_use(chance))];
    for day in 0..days {
        let weekday = (day + first_day) % 7;
        let away = holidays.iter().any(|days| days.contains(&day));
        for at in times_of_day(person.habit, day, weekday, away, chance) {
            let steps = chance.weighted(&[(50, 1), (25, 2), (15, 4), (10, 9)]);
            let seed = chance.next();
            uses.push((day * DAY + at, Event::Use(Use { steps, seed })));
        }
    }
    uses.retain(|(at, _)| *at < life);
    uses.sort_by_key(|(at, _)| *at);
    uses
}

fn first_use(chance: &mut Chance) -> Event {
    Event::Use(Use {
        steps: 3,
        seed: chance.next(),
    })
}

/// A week or three at some time of the quarter.
fn holidays(days: u64, chance: &mut Chance) -> Vec<std::ops::Range<u64>> {
    let lengths = chance.weighted(&[
        (45, &[][..]),
        (35, &[7][..]),
        (12, &[21][..]),
        (8, &[7, 21][..]),
    ]);
    let first = |chance: &mut Chance| chance.below(days);
    lengths
        .iter()
        .map(|length| {
            let first = first(chance);
            first..first + length
        })
        .collect()
}

fn times_of_day(habit: Habit, day: u64, weekday: u64, away: bool, chance: &mut Chance) -> Vec<u64> {
    let mut times = Vec::new();
    let mut add = |chance: &mut Chance, count: u64, from: u64, to: u64| {
        times.extend((0..count).map(|_| chance.between(from, to)));
    };
    if away {
        let looks_in = chance.times(80_000);
        add(chance, looks_in, 9 * HOUR, 22 * HOUR);
        return times;
    }
    match habit {
        Habit::Office if weekday < 5 => {
            burst(chance, &mut add, 7 * HOUR + 30 * MINUTE);
            let count = chance.between(1, 4);
            add(chance, count, 9 * HOUR, 18 * HOUR);
            let late = chance.times(300_000);
            add(chance, late, 18 * HOUR, 23 * HOUR);
        }
        Habit::Office => {
            let count = chance.times(200_000);
            add(chance, count, 9 * HOUR, 22 * HOUR);
        }
        Habit::Shifts if day % 7 < 4 => {
            let start = [6, 14, 22][(day / 7 % 3) as usize] * HOUR;
            burst(chance, &mut add, start);
            let count = chance.between(1, 3);
            add(chance, count, start, start + 8 * HOUR);
        }
        Habit::Shifts => {}
        Habit::Rarely => {
            let count = chance.times(350_000);
            add(chance, count, 8 * HOUR, 21 * HOUR);
        }
        Habit::Heavily => {
            let count = chance.between(10, 20);
            add(chance, count, 7 * HOUR, 22 * HOUR);
        }
    }
    times
}

/// Two or three uses close together at the start of a day's work.
fn burst(chance: &mut Chance, add: &mut impl FnMut(&mut Chance, u64, u64, u64), start: u64) {
    let first = start + chance.below(40 * MINUTE);
    let count = chance.between(1, 2);
    add(chance, 1, first, first);
    add(
        chance,
        count,
        first + 2 * MINUTE + 20 * SECOND,
        first + 30 * MINUTE,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::MONTH;

    fn days_of(habit: Habit) -> Vec<u64> {
        let person = Person {
            habit,
            shares: false,
        };
        let uses = uses(&person, 3 * MONTH, &mut Chance::stream(9, "calendar"));
        uses.iter().map(|(at, _)| *at).collect()
    }

    #[test]
    fn office_workers_sleep_at_night_and_rest_on_weekends() {
        let times = days_of(Habit::Office);
        let at_night = times.iter().filter(|at| **at % DAY < 7 * HOUR).count();
        assert_eq!(at_night, 0);
        let per_day = times.len() as f64 / 90.0;
        assert!((2.0..6.0).contains(&per_day), "{per_day} uses a day");
    }

    #[test]
    fn nobody_uses_the_phone_after_its_life_and_all_begin_on_the_first_day() {
        for habit in [Habit::Office, Habit::Shifts, Habit::Rarely, Habit::Heavily] {
            let times = days_of(habit);
            assert!(times[0] <= 10 * HOUR && *times.last().unwrap() < 3 * MONTH);
            assert!(times.is_sorted());
        }
    }
}
