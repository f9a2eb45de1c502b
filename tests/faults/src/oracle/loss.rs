//! Is the end of a session explained, and was the person told the true cause? Pure functions of
//! the facts in the book, so that planted lies can be tried on them.

use quickaccess::Cause;

use super::{
    book::{Book, Dead, Refusal},
    row::Row,
};
use crate::{time::MINUTE, weather::Loss};

/// What is true of a session at the moment when it ended for the person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The person asked for it.
    pub(crate) asked: bool,
    /// The store lost the record.
    pub(crate) lost: Option<Loss>,
    /// The server refused the refresh token for good, the phone heard it, and this is why.
    pub(crate) refused: Option<Dead>,
    /// A try with that token was without an answer before.
    pub(crate) unanswered: bool,
    /// That token was sent while the store did not take a note of it.
    pub(crate) without_note: bool,
    /// The only use of the refresh token was made, and its answer was heard.
    pub(crate) spent: bool,
    /// So long before the refusal that the phone can't know what the token died of.
    pub(crate) spent_long_ago: bool,
    /// The store held a newer pair of the session, whose refresh token is good, when the refusal
    /// was heard.
    pub(crate) newer_in_store: bool,
    /// The access token is good for a while, as far as the phone can tell.
    pub(crate) access_good: bool,
}

impl Facts {
    /// Reads the facts of a sign-in from the book. Where two processes heard a refusal, each of its
    /// own token, it is the one that makes `told` true, if one does.
    pub(crate) fn of(
        book: &Book,
        sign_in: usize,
        (at, told): (u64, Option<Cause>),
        in_store: Option<usize>,
        access_good: bool,
    ) -> Self {
        let refusals = &book.sign_ins[sign_in].refusals;
        let facts = |refused| Self::with(book, sign_in, refused, at, in_store, access_good);
        let true_one = told.and_then(|told| {
            let mut each = refusals.iter().rev().map(|refused| facts(Some(refused)));
            each.find(|facts| end_of_renewal(facts, told).is_some())
        });
        true_one.unwrap_or_else(|| facts(refusals.last()))
    }

    fn with(
        book: &Book,
        sign_in: usize,
        refused: Option<&Refusal>,
        at: u64,
        in_store: Option<usize>,
        access_good: bool,
    ) -> Self {
        let session = &book.sign_ins[sign_in];
        let token = refused.and_then(|refused| book.token(&refused.token));
        let between = refused
            .zip(session.spent)
            .map(|(refused, spent)| refused.heard.saturating_sub(spent));
        let newer = refused.zip(in_store).is_some_and(|(refused, pair)| {
            let pair = &book.pairs[pair];
            let another = pair.refresh.as_ref();
            let another = another.filter(|refresh| **refresh != refused.token);
            let good = another.is_some_and(|refresh| book.dead(refresh, at).is_none());
            good && pair.sign_in == sign_in && pair.stored_at < refused.heard
        });
        Self {
            asked: session.asked_out,
            lost: session.lost,
            refused: refused.and_then(|refused| book.dead(&refused.token, at)),
            unanswered: refused.is_some_and(|refused| refused.unanswered)
                || token.is_some_and(|token| token.unanswered),
            without_note: token.is_some_and(|token| token.without_note),
            spent: session.spent.is_some(),
            spent_long_ago: between.is_some_and(|between| between > 10 * MINUTE),
            newer_in_store: newer,
            access_good,
        }
    }
}

/// Judges the end of a session by the cause that the person was told.
pub(crate) fn judge(facts: &Facts, told: Cause) -> Row {
    let explained = match told {
        Cause::SignedOut => facts.asked.then_some(Row::Asked),
        Cause::StoreLost => (facts.lost == Some(Loss::Everything)).then_some(Row::StoreEmptied),
        Cause::Corrupt => (facts.lost == Some(Loss::Damage)).then_some(Row::StoreDamaged),
        Cause::KeyLost => (facts.lost == Some(Loss::Key)).then_some(Row::KeyLost),
        _ => end_of_renewal(facts, told),
    };
    match explained {
        Some(row) if facts.access_good && !row.ends_access() => Row::GoodTokenThrownAway,
        Some(row) => row,
        None if facts.newer_in_store => Row::NewerInStore,
        None if truth(facts).is_some() => Row::WrongCause,
        None => Row::NoReason,
    }
}

/// The same for a cause that no refresh is left, which does not end the access token.
pub(crate) fn end_of_renewal(facts: &Facts, told: Cause) -> Option<Row> {
    match (told, facts.refused) {
        _ if facts.newer_in_store => None,
        (Cause::RefreshUnfinished, Some(_)) if facts.unanswered => Some(Row::LostAnswer),
        (Cause::SingleUseSpent, _) if facts.spent => Some(Row::Spent),
        (Cause::SessionEnded, Some(Dead::Expired)) => Some(Row::Expired),
        (Cause::SessionEnded, Some(Dead::Revoked)) => Some(Row::Revoked),
        (Cause::SessionEnded, Some(Dead::Used)) if facts.without_note => Some(Row::NoteRefused),
        (Cause::SessionEnded, Some(Dead::Used)) if facts.spent_long_ago => Some(Row::Spent),
        _ => None,
    }
}

/// What would have been a true cause, if there is one.
fn truth(facts: &Facts) -> Option<Row> {
    let lost = facts.lost.map(|loss| match loss {
        Loss::Everything => Row::StoreEmptied,
        Loss::Damage => Row::StoreDamaged,
        Loss::Key => Row::KeyLost,
    });
    let dead = match facts.refused {
        _ if facts.spent => Some(Row::Spent),
        Some(Dead::Expired) => Some(Row::Expired),
        Some(Dead::Revoked) => Some(Row::Revoked),
        Some(Dead::Used) if facts.unanswered || facts.without_note => Some(Row::LostAnswer),
        _ => None,
    };
    facts.asked.then_some(Row::Asked).or(lost).or(dead)
}

/// Judges the end of a session of a client that tells no cause: explained is what nobody could
/// have prevented and what the person knows without being told.
pub(crate) fn judge_silent(facts: &Facts) -> Row {
    match truth(facts) {
        Some(Row::LostAnswer) | None if facts.refused == Some(Dead::Used) => Row::AnswerLostUntold,
        Some(row) => row,
        None => Row::NoReason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worlds, each with the only cause that is true in it.
    fn truths() -> Vec<(Facts, Cause, Row)> {
        let none = Facts::default;
        let refused = |dead| Facts {
            refused: Some(dead),
            ..none()
        };
        let lost = |loss| Facts {
            lost: Some(loss),
            ..none()
        };
        vec![
            (
                Facts {
                    asked: true,
                    ..none()
                },
                Cause::SignedOut,
                Row::Asked,
            ),
            (refused(Dead::Expired), Cause::SessionEnded, Row::Expired),
            (refused(Dead::Revoked), Cause::SessionEnded, Row::Revoked),
            (
                Facts {
                    unanswered: true,
                    ..refused(Dead::Used)
                },
                Cause::RefreshUnfinished,
                Row::LostAnswer,
            ),
            (
                Facts {
                    without_note: true,
                    ..refused(Dead::Used)
                },
                Cause::SessionEnded,
                Row::NoteRefused,
            ),
            (
                Facts {
                    spent: true,
                    ..none()
                },
                Cause::SingleUseSpent,
                Row::Spent,
            ),
            (lost(Loss::Everything), Cause::StoreLost, Row::StoreEmptied),
            (lost(Loss::Damage), Cause::Corrupt, Row::StoreDamaged),
            (lost(Loss::Key), Cause::KeyLost, Row::KeyLost),
        ]
    }

    #[test]
    fn the_true_cause_is_explained_and_every_planted_one_is_found() {
        for (facts, cause, row) in truths() {
            assert_eq!(judge(&facts, cause), row, "{facts:?}");
            for planted in Cause::ALL.into_iter().filter(|planted| *planted != cause) {
                let verdict = judge(&facts, planted);
                assert_eq!(verdict, Row::WrongCause, "{facts:?}: {planted:?}");
                assert!(!verdict.is_explained());
            }
        }
    }

    #[test]
    fn a_session_that_ends_for_no_reason_is_found_whatever_was_told() {
        let seen_used = Facts {
            refused: Some(Dead::Used),
            ..Facts::default()
        };
        for facts in [Facts::default(), seen_used] {
            for told in Cause::ALL {
                assert_eq!(judge(&facts, told), Row::NoReason, "{told:?}");
            }
        }
    }

    #[test]
    fn a_good_access_token_excuses_no_end_but_one_that_was_asked_for() {
        for (facts, cause, row) in truths() {
            let facts = Facts {
                access_good: true,
                ..facts
            };
            let expected = if row.ends_access() {
                row
            } else {
                Row::GoodTokenThrownAway
            };
            assert_eq!(judge(&facts, cause), expected, "{facts:?}");
        }
    }

    #[test]
    fn a_lost_answer_may_be_told_whatever_else_became_of_the_token() {
        for dead in [Dead::Used, Dead::Revoked, Dead::Expired] {
            let facts = Facts {
                refused: Some(dead),
                unanswered: true,
                ..Facts::default()
            };
            assert_eq!(judge(&facts, Cause::RefreshUnfinished), Row::LostAnswer);
        }
    }

    #[test]
    fn a_client_that_tells_nothing_is_excused_by_what_nobody_can_prevent() {
        for (facts, _, row) in truths() {
            let lost = matches!(row, Row::LostAnswer | Row::NoteRefused);
            let expected = if lost { Row::AnswerLostUntold } else { row };
            assert_eq!(judge_silent(&facts), expected, "{facts:?}");
        }
        assert_eq!(judge_silent(&Facts::default()), Row::NoReason);
    }

    #[test]
    fn an_end_beside_a_newer_pair_in_the_store_is_found_whatever_was_told() {
        for (facts, cause, _) in truths() {
            let facts = Facts {
                newer_in_store: true,
                ..facts
            };
            let verdict = judge(&facts, cause);
            let asked_or_lost = facts.asked || facts.lost.is_some();
            assert_eq!(verdict.is_explained(), asked_or_lost, "{facts:?}");
            assert_eq!(verdict == Row::NewerInStore, !asked_or_lost, "{facts:?}");
        }
    }
}
