//! The typed rows of a collection, page by page.

use std::sync::Arc;

use quickaccess::Rows as CoreRows;
use tokio::sync::Mutex;

use crate::{failure::QuickAccessError, runtime::Caller, session::Session};

/// What every kind of rows is made of.
#[derive(Debug)]
pub(super) struct Rows<T> {
    core: Arc<Mutex<CoreRows<T>>>,
    session: Arc<Session>,
}

impl<T: serde::de::DeserializeOwned + Send + 'static> Rows<T> {
    pub(super) fn new(session: &Arc<Session>, core: CoreRows<T>) -> Self {
        Self {
            core: Arc::new(Mutex::new(core)),
            session: session.clone(),
        }
    }

    pub(super) async fn next_page<R: From<T>>(&self) -> Result<Option<Vec<R>>, QuickAccessError> {
        let core = self.core.clone();
        let call = |_| async move { core.lock_owned().await.next_page().await };
        let page = self.session.call(Caller::Needed, call).await?;
        Ok(page.map(|page| page.into_iter().map(R::from).collect()))
    }

    pub(super) async fn total(&self) -> Option<u64> {
        self.core.lock().await.total()
    }
}

/// Exports the rows of one kind.
macro_rules! rows {
    ($(#[$doc:meta])* $name:ident of $row:ident) => {
        $(#[$doc])*
        #[derive(Debug, uniffi::Object)]
        pub struct $name(Rows<quickaccess::$row>);

        #[uniffi::export]
        impl $name {
            /// Those of the next page; nothing after the last one. After an error the same page can be
            /// asked for again.
            ///
            /// # Errors
            /// As `Session.send`; `bad_reply` for a row that is none, and then the rows after it come next.
            pub async fn next_page(&self) -> Result<Option<Vec<$row>>, QuickAccessError> {
                self.0.next_page().await
            }

            /// How many there are in all, once a page has come and if the query asked for it.
            pub async fn total(&self) -> Option<u64> {
                self.0.total().await
            }
        }
    };
}

pub(super) use rows;
