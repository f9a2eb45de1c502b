//! When a request that changes nothing is sent again. What may have acted is never repeated.

use std::time::Duration;

use crate::{
    environment::Millis,
    error::{Code, Error},
    transport::{SendCause, SendFailure},
};

/// The first wait, which doubles with each try.
const FIRST: Millis = 400;
/// The longest wait of our own; a server's wish may be longer.
const LONGEST: Millis = 8_000;

/// A try that did not work.
#[derive(Debug)]
pub(super) struct Missed {
    pub(super) error: Error,
    /// Whether the same request may do better in a moment.
    pub(super) passing: bool,
}

impl Missed {
    /// A way that broke, an answer that did not come in time or not to its end.
    pub(super) fn on_the_way(failure: &SendFailure, error: Error) -> Self {
        let passing = matches!(
            failure.cause,
            SendCause::Offline | SendCause::Timeout | SendCause::Truncated
        );
        Self { error, passing }
    }

    /// An answer that is no success.
    pub(super) fn answered(error: Error) -> Self {
        let passing = matches!(
            error.code(),
            Code::ServerBusy | Code::ServerError | Code::Timeout
        );
        Self { error, passing }
    }
}

impl From<Error> for Missed {
    /// Another try would end the same, or has been made already: the session itself has waited.
    fn from(error: Error) -> Self {
        Self {
            error,
            passing: false,
        }
    }
}

/// How long to wait after so many tries: twice as long each time, spread over the upper half, and
/// not less than the server asked for (`Retry-After`, RFC 9110 section 10.2.3), plus up to a tenth
/// so that not all come at once.
pub(super) fn wait(tries: u32, wish: Option<Duration>, luck: u64) -> Millis {
    let full = FIRST.saturating_mul(1 << tries.min(20)).min(LONGEST);
    let own = full / 2 + share(full / 2, luck);
    let wish = wish.map_or(0, |wish| {
        Millis::try_from(wish.as_millis()).unwrap_or(Millis::MAX)
    });
    own.max(wish.saturating_add(share(wish / 10, luck)))
}

/// A part of a time by luck, from nothing to all of it.
fn share(whole: Millis, luck: u64) -> Millis {
    (u128::from(whole) * u128::from(luck) / u128::from(u64::MAX)) as Millis
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Reach;

    #[test]
    fn a14_waits_double_and_are_spread() {
        for (tries, least, most) in [(0, 200, 400), (1, 400, 800), (4, 3_200, 6_400)] {
            assert_eq!(wait(tries, None, 0), least);
            assert_eq!(wait(tries, None, u64::MAX), most);
            let between = wait(tries, None, u64::MAX / 2);
            assert!(least < between && between < most, "{between}");
        }
        assert_eq!(wait(u32::MAX, None, u64::MAX), LONGEST);
    }

    #[test]
    fn a14_a_servers_wish_is_never_cut_short() {
        let wish = Some(Duration::from_secs(20));
        assert_eq!(wait(0, wish, 0), 20_000);
        assert_eq!(wait(0, wish, u64::MAX), 22_000);
        assert_eq!(wait(0, Some(Duration::from_millis(1)), 0), 200);
        assert_eq!(wait(0, Some(Duration::MAX), u64::MAX), Millis::MAX);
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        for (cause, passing) in [
            (SendCause::Offline, true),
            (SendCause::Timeout, true),
            (SendCause::Truncated, true),
            (SendCause::TooLarge, false),
            (SendCause::NotHttp, false),
            (SendCause::Tls, false),
            (SendCause::Unsendable, false),
        ] {
            let reach = Reach::Unknown;
            let failure = SendFailure { reach, cause };
            let missed = Missed::on_the_way(&failure, failure.to_error());
            assert_eq!(missed.passing, passing, "{failure:?}");
        }
        for code in Code::ALL {
            let passing = matches!(code.as_str(), "server_busy" | "server_error" | "timeout");
            assert_eq!(Missed::answered(Error::new(*code)).passing, passing);
            assert!(!Missed::from(Error::new(*code)).passing);
        }
    }
}
