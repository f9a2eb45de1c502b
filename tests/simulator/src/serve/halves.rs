//! A body that goes out in two halves, with what a fault puts between them: a wait, or the end.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::body::{Body, Frame};

use crate::{fault::Wait, simulator::Cut};

/// The two halves.
pub(super) struct Halves {
    first: Option<Bytes>,
    /// Whether the first half has left: hyper flushes when there is nothing to take for once.
    flushed: bool,
    between: Pin<Box<dyn Future<Output = ()> + Send>>,
    second: Option<Result<Bytes, Cut>>,
}

impl Halves {
    /// Splits a body; a truncated one ends in the middle.
    pub(super) fn new(mut body: Bytes, between: Vec<Wait>, truncated: bool) -> Self {
        let first = body.split_to(body.len() / 2);
        let waits = async move {
            for wait in between {
                wait.pass().await;
            }
        };
        Self {
            first: Some(first),
            flushed: false,
            between: Box::pin(waits),
            second: Some(if truncated {
                Err(Cut::MidBody)
            } else {
                Ok(body)
            }),
        }
    }
}

impl Body for Halves {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        if !self.flushed {
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.second.is_some() {
            std::task::ready!(self.between.as_mut().poll(context));
        }
        Poll::Ready(self.second.take().map(|second| second.map(Frame::data)))
    }
}
