//! Proof that a request was not sent. The HTTP client asks for a request's body when it takes the
//! request up and writes nothing of it before (in hyper the dispatcher asks `is_end_stream`
//! first, then encodes the head into its buffer, asks for the body, and flushes last). As long as
//! it has not asked, no byte can have been written; and once withdrawn, the body fails instead of
//! being handed out, so that nothing is written later either.

use std::{
    fmt,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::Notify;

use crate::{
    environment::{Environment, Millis},
    secret::SecretBytes,
};

const WAITING: u8 = 0;
const TAKEN: u8 = 1;
const WITHDRAWN: u8 = 2;

/// Whether the HTTP client has taken a request up.
#[derive(Clone, Debug, Default)]
pub(super) struct Uptake(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: AtomicU8,
    taken: Notify,
    /// The moment of this clock after which it may no longer be taken up.
    last: Option<(Arc<dyn Environment>, Millis)>,
}

impl Uptake {
    /// A request that may be taken up until this moment of the boot clock, if one is given.
    pub(super) fn until(not_after: Option<Millis>, clock: &Arc<dyn Environment>) -> Self {
        Self(Arc::new(Inner {
            last: not_after.map(|last| (clock.clone(), last)),
            ..Inner::default()
        }))
    }

    /// Whether it is too late to take it up.
    pub(super) fn is_overdue(&self) -> bool {
        let last = self.0.last.as_ref();
        last.is_some_and(|(clock, last)| clock.now().boot > *last)
    }

    /// Waits until the request is taken up.
    pub(super) async fn taken(&self) {
        // The permit of `notify_one` waits for whoever comes late.
        self.0.taken.notified().await;
    }

    /// Takes the request back; true when it had not been taken up, and now never is.
    ///
    /// A GET or HEAD has no body that could fail, so at the very moment of withdrawal one may
    /// slip out; they change nothing on the server.
    pub(super) fn withdraw(&self) -> bool {
        let state = &self.0.state;
        match state.compare_exchange(WAITING, WITHDRAWN, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => true,
            Err(now) => now == WITHDRAWN,
        }
    }

    /// True when the request is taken up, now or before; false when it was withdrawn or is overdue.
    fn take(&self) -> bool {
        if self.is_overdue() {
            self.withdraw();
        }
        let state = &self.0.state;
        match state.compare_exchange(WAITING, TAKEN, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => {
                self.0.taken.notify_one();
                true
            }
            Err(now) => now == TAKEN,
        }
    }

    fn is_withdrawn(&self) -> bool {
        self.0.state.load(Ordering::Acquire) == WITHDRAWN
    }
}

/// A request's body, wiped when the HTTP client lets go of it.
pub(super) struct WatchedBody {
    bytes: Option<Bytes>,
    uptake: Uptake,
}

impl WatchedBody {
    pub(super) fn new(bytes: Option<SecretBytes>, uptake: Uptake) -> Self {
        let bytes = bytes
            .filter(|bytes| !bytes.is_empty())
            .map(Bytes::from_owner);
        Self { bytes, uptake }
    }
}

impl Body for WatchedBody {
    type Data = Bytes;
    type Error = Withdrawn;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Withdrawn>>> {
        if !self.uptake.take() {
            return Poll::Ready(Some(Err(Withdrawn)));
        }
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.uptake.take() && self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        if self.uptake.is_withdrawn() {
            // Not known to be empty, so that the client has to ask for it and is told.
            return SizeHint::default();
        }
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

/// The request was taken back.
#[derive(Debug)]
pub(super) struct Withdrawn;

impl fmt::Display for Withdrawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request was taken back")
    }
}

impl std::error::Error for Withdrawn {}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    fn body(uptake: &Uptake) -> WatchedBody {
        WatchedBody::new(Some(SecretBytes::new(b"abc".to_vec())), uptake.clone())
    }

    fn frame(body: &mut WatchedBody) -> Option<Result<Frame<Bytes>, Withdrawn>> {
        match Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(frame) => frame,
            Poll::Pending => panic!("it is always ready"),
        }
    }

    #[tokio::test]
    async fn a_body_that_is_asked_for_is_taken_up_and_cannot_be_withdrawn() {
        let uptake = Uptake::default();
        let mut body = body(&uptake);
        assert_eq!(body.size_hint().exact(), Some(3));
        assert!(!body.is_end_stream());
        uptake.taken().await;
        assert!(!uptake.withdraw());
        assert_eq!(
            frame(&mut body).unwrap().unwrap().into_data().unwrap(),
            "abc"
        );
        assert!(frame(&mut body).is_none());
        assert!(body.is_end_stream());
    }

    #[test]
    fn a_withdrawn_body_is_never_handed_out() {
        let uptake = Uptake::default();
        let mut body = body(&uptake);
        assert!(uptake.withdraw() && uptake.withdraw());
        assert!(!body.is_end_stream());
        assert_eq!(body.size_hint().exact(), None);
        assert!(frame(&mut body).unwrap().is_err());
    }
}
