//! What differs between platforms: how the library is started, and the platform's log. Nothing else
//! of this crate may ask where it runs.

#[cfg(target_os = "android")]
mod android;
#[cfg(target_vendor = "apple")]
mod apple;

use std::sync::Arc;

use crate::log::LogSink;

/// The platform's own log, if it has one.
#[cfg(target_os = "android")]
pub(crate) fn log() -> Option<Arc<dyn LogSink>> {
    Some(Arc::new(android::Logcat))
}

/// The platform's own log, if it has one.
#[cfg(target_vendor = "apple")]
pub(crate) fn log() -> Option<Arc<dyn LogSink>> {
    Some(Arc::new(apple::UnifiedLog::open()))
}

/// The platform's own log, if it has one.
#[cfg(not(any(target_os = "android", target_vendor = "apple")))]
pub(crate) fn log() -> Option<Arc<dyn LogSink>> {
    None
}
