//! Who is signed in, what they may do, and which server this is.

use http::Method;

use crate::{
    error::{Code, Error},
    protocol::{
        identity::{Identity, ServerVersion},
        privileges::Privileges,
    },
    quickaccess::QuickAccess,
};

impl QuickAccess {
    /// Who is signed in (`/oauth/me`).
    ///
    /// # Errors
    /// As [`RequestBuilder::send`](crate::RequestBuilder::send).
    pub async fn whoami(&self) -> Result<Identity, Error> {
        let me: Identity = self.request(Method::GET, "oauth/me").send().await?;
        if let Some(name) = me.name() {
            self.shared.meet(name.to_owned());
        }
        Ok(me)
    }

    /// What the person may do (`/oauth/privileges`).
    ///
    /// # Errors
    /// As [`RequestBuilder::send`](crate::RequestBuilder::send).
    pub async fn privileges(&self) -> Result<Privileges, Error> {
        #[derive(serde::Deserialize)]
        struct Wire {
            privileges: Vec<String>,
        }
        let wire: Wire = self.request(Method::GET, "oauth/privileges").send().await?;
        Ok(Privileges::from_names(wire.privileges))
    }

    /// Which ClearPass this is (`/server/version`, else `/cppm-version`).
    ///
    /// # Errors
    /// As [`RequestBuilder::send`](crate::RequestBuilder::send).
    pub async fn server_version(&self) -> Result<ServerVersion, Error> {
        let first = self.request(Method::GET, "server/version").send().await;
        let map = match first {
            Err(error) if matches!(error.code(), Code::NotFound | Code::NotClearpass) => {
                self.request(Method::GET, "cppm-version").send().await?
            }
            other => other?,
        };
        Ok(ServerVersion::from_map(&map))
    }

    /// Where the server has other accounts here, the person of this one may be among them. Nobody
    /// waits for it, and a server that does not say who it is fails no sign-in.
    pub(crate) fn meet_where_others_are(&self) {
        let session = self.clone();
        let task = async move {
            let shared = session.shared.clone();
            if shared.has_neighbours().await {
                let _ = session.whoami().await;
            }
        };
        self.shared.environment.spawn(Box::pin(task));
    }
}
