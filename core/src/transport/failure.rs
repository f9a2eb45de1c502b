//! What a failed exchange means. Errors of the HTTP client are read here at once and dropped: they
//! can hold addresses and headers, so none is kept or printed.

use std::{error::Error as StdError, io};

use super::SendCause;
use crate::trust::Untrusted;

/// Why no answer came.
pub(super) fn cause_of(error: &reqwest::Error) -> SendCause {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return tls_cause(tls);
        }
        if error
            .downcast_ref::<hyper::Error>()
            .is_some_and(hyper::Error::is_parse)
        {
            return SendCause::NotHttp;
        }
        next = match error.downcast_ref::<io::Error>() {
            Some(io) if io.kind() == io::ErrorKind::TimedOut => return SendCause::Timeout,
            // An I/O error hides what it wraps from `source`.
            Some(io) => io.get_ref().map(|inner| inner as &(dyn StdError + 'static)),
            None => error.source(),
        };
    }
    if error.is_timeout() {
        SendCause::Timeout
    } else {
        SendCause::Offline
    }
}

/// Why a body ended early.
pub(super) fn body_cause_of(error: &reqwest::Error) -> SendCause {
    match cause_of(error) {
        SendCause::Offline => SendCause::Truncated,
        cause => cause,
    }
}

fn tls_cause(error: &rustls::Error) -> SendCause {
    let rustls::Error::Other(other) = error else {
        return SendCause::Tls;
    };
    match other.0.downcast_ref::<Untrusted>() {
        Some(Untrusted(failure)) => SendCause::Trust(failure.clone()),
        None => SendCause::Tls,
    }
}
