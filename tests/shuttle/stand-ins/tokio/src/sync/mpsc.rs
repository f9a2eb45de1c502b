//! An unbounded channel with tokio's meaning: what is sent is received once and in order, and the
//! receiver hears of the end when the last strong sender is gone.

use std::{
    collections::VecDeque,
    fmt,
    sync::Arc,
    task::{Poll, Waker},
};

use shuttle::sync::Mutex;

/// A new channel.
pub fn unbounded_channel<T>() -> (UnboundedSender<T>, UnboundedReceiver<T>) {
    let channel = Arc::new(Channel(Mutex::new(State {
        queue: VecDeque::new(),
        senders: 1,
        closed: false,
        waker: None,
    })));
    (UnboundedSender(channel.clone()), UnboundedReceiver(channel))
}

struct Channel<T>(Mutex<State<T>>);

struct State<T> {
    queue: VecDeque<T>,
    senders: usize,
    closed: bool,
    waker: Option<Waker>,
}

impl<T> Channel<T> {
    fn with<R>(&self, change: impl FnOnce(&mut State<T>) -> R) -> R {
        change(&mut self.0.lock().expect("nothing that holds it panics"))
    }
}

/// A sender that keeps the channel open.
pub struct UnboundedSender<T>(Arc<Channel<T>>);

/// A sender that does not.
pub struct WeakUnboundedSender<T>(Arc<Channel<T>>);

/// The one receiver.
pub struct UnboundedReceiver<T>(Arc<Channel<T>>);

/// The receiver is gone; this is what could not be sent.
#[derive(Debug)]
pub struct SendError<T>(pub T);

impl<T> UnboundedSender<T> {
    /// Sends without waiting.
    ///
    /// # Errors
    /// Gives the value back when the receiver is gone.
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        let waker = self.0.with(|state| {
            if state.closed {
                return Err(SendError(value));
            }
            state.queue.push_back(value);
            Ok(state.waker.take())
        })?;
        waker.into_iter().for_each(Waker::wake);
        Ok(())
    }

    /// A sender that does not keep the channel open.
    pub fn downgrade(&self) -> WeakUnboundedSender<T> {
        WeakUnboundedSender(self.0.clone())
    }
}

impl<T> Clone for UnboundedSender<T> {
    fn clone(&self) -> Self {
        self.0.with(|state| state.senders += 1);
        Self(self.0.clone())
    }
}

impl<T> Drop for UnboundedSender<T> {
    fn drop(&mut self) {
        let waker = self.0.with(|state| {
            state.senders -= 1;
            state.waker.take_if(|_| state.senders == 0)
        });
        waker.into_iter().for_each(Waker::wake);
    }
}

impl<T> WeakUnboundedSender<T> {
    /// A strong sender, as long as there is another one.
    pub fn upgrade(&self) -> Option<UnboundedSender<T>> {
        let alive = self.0.with(|state| {
            let alive = state.senders > 0;
            state.senders += usize::from(alive);
            alive
        });
        alive.then(|| UnboundedSender(self.0.clone()))
    }
}

impl<T> Clone for WeakUnboundedSender<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> UnboundedReceiver<T> {
    /// The next value; none when all senders are gone and nothing is left.
    pub async fn recv(&mut self) -> Option<T> {
        std::future::poll_fn(|context| {
            self.0.with(|state| match state.queue.pop_front() {
                None if state.senders > 0 => {
                    state.waker = Some(context.waker().clone());
                    Poll::Pending
                }
                next => Poll::Ready(next),
            })
        })
        .await
    }
}

impl<T> Drop for UnboundedReceiver<T> {
    fn drop(&mut self) {
        // What nobody will receive is dropped outside the lock: it may hold a sender.
        let _left = self.0.with(|state| {
            state.closed = true;
            std::mem::take(&mut state.queue)
        });
    }
}

macro_rules! without_contents {
    ($($name:ident),*) => {$(
        impl<T> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}

without_contents!(UnboundedSender, WeakUnboundedSender, UnboundedReceiver);
