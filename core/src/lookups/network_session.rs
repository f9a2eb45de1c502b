//! Sessions on the network: who is connected, where and since when. They have nothing to do with
//! the session that this library keeps.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{MacAddress, members::Members, path::segment, words::words};
use crate::{
    error::{Code, Error},
    lists::{Filter, ListQuery, Rows},
    quickaccess::QuickAccess,
};

/// A session of somebody, or something, on the network \[V\].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
#[non_exhaustive]
pub struct NetworkSession {
    /// Its id, a text.
    pub id: String,
    /// Who.
    pub username: Option<String>,
    /// The device's MAC address as the server writes it; [`Self::mac`] reads it.
    pub mac_address: Option<String>,
    /// The device's IP address.
    pub framedipaddress: Option<String>,
    /// When it began, in the server's words.
    pub acctstarttime: Option<String>,
    /// When it ended, in the server's words; `None` while it goes on.
    pub acctstoptime: Option<String>,
    /// How long it lasted so far, in seconds.
    pub acctsessiontime: Option<u64>,
    /// Whether it goes on.
    pub state: NetworkSessionState,
    /// The wireless network.
    pub ssid: Option<String>,
    /// The access point.
    pub ap_name: Option<String>,
    /// The network device.
    pub nas_name: Option<String>,
    /// The network device's IP address.
    pub nasipaddress: Option<String>,
    /// The role in Policy Manager.
    pub tipsrole: Option<String>,
    /// The role on the network device.
    pub arubauserrole: Option<String>,
    /// Bytes both ways.
    pub total_traffic: Option<u64>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

words! {
    /// Whether a session on the network goes on \[V\].
    NetworkSessionState {
        /// It goes on.
        Active = "active",
        /// Nothing has been heard of it for long, its end included.
        Stale = "stale",
        /// It is over.
        Closed = "closed",
    }
}

impl NetworkSession {
    /// The device's MAC address; `None` if there is none that can be read.
    pub fn mac(&self) -> Option<MacAddress> {
        MacAddress::parse(self.mac_address.as_deref()?).ok()
    }
}

impl TryFrom<Map<String, Value>> for NetworkSession {
    type Error = &'static str;

    fn try_from(row: Map<String, Value>) -> Result<Self, Self::Error> {
        let mut row = Members::of(row);
        Ok(Self {
            id: row.text("id").ok_or("a session without an id")?,
            username: row.text("username"),
            mac_address: row.text("mac_address"),
            framedipaddress: row.text("framedipaddress"),
            acctstarttime: row.text("acctstarttime"),
            acctstoptime: row.text("acctstoptime"),
            acctsessiontime: row.number("acctsessiontime"),
            state: row.text("state").unwrap_or_default().into(),
            ssid: row.text("ssid"),
            ap_name: row.text("ap_name"),
            nas_name: row.text("nas_name"),
            nasipaddress: row.text("nasipaddress"),
            tipsrole: row.text("tipsrole"),
            arubauserrole: row.text("arubauserrole"),
            total_traffic: row.number("total_traffic"),
            other: row.other(),
        })
    }
}

/// Looks sessions on the network up, and acts on them; made by [`QuickAccess::network_sessions`].
/// Needs the privilege `guest_sessions_history` \[O\].
#[derive(Clone, Copy, Debug)]
pub struct NetworkSessions<'a> {
    pub(super) session: &'a QuickAccess,
}

impl<'a> NetworkSessions<'a> {
    /// One by its id.
    ///
    /// # Errors
    /// `not_found`; else as [`RequestBuilder::send`](crate::RequestBuilder::send).
    pub async fn by_id(self, id: &str) -> Result<NetworkSession, Error> {
        let path = format!("session/{}", segment("session id", id)?);
        self.session.request(Method::GET, &path).send().await
    }

    /// Those that go on: without an end, stale ones included. It is the one filter for them that
    /// was seen to work on live servers \[O\].
    pub fn active(self) -> Rows<NetworkSession> {
        self.list(ListQuery::new().filter(going_on()))
    }

    /// Those of a user that go on.
    ///
    /// # Errors
    /// `invalid_input` for an empty name, which a server takes for any or none.
    pub fn active_by_user(self, username: &str) -> Result<Rows<NetworkSession>, Error> {
        if username.is_empty() {
            let text = "The user name is missing. Type it in.";
            return Err(Error::with_message(Code::InvalidInput, text));
        }
        let filter = going_on().and(Filter::eq("username", username));
        Ok(self.list(ListQuery::new().filter(filter)))
    }

    /// Those of a device that go on, in whatever notation the server keeps its MAC address.
    pub fn active_by_mac(self, mac: MacAddress) -> Rows<NetworkSession> {
        let filter = going_on().and(Filter::one_of("mac_address", mac.notations()));
        self.list(ListQuery::new().filter(filter))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// `action_failed` with the server's reason, for instance when it is over already; else as
    /// [`Self::by_id`].
    pub async fn disconnect(self, id: &str) -> Result<(), Error> {
        let path = format!("session/{}/disconnect", segment("session id", id)?);
        let body = json!({ "id": id, "confirm_disconnect": true });
        let request = self.session.request(Method::POST, &path);
        request.json(&body).done().await
    }

    /// Authorizes a session anew, so that a changed role or account takes hold.
    ///
    /// # Errors
    /// As [`Self::disconnect`].
    pub async fn reauthorize(self, id: &str) -> Result<(), Error> {
        let path = format!("session/{}/reauthorize", segment("session id", id)?);
        let body = json!({ "confirm_reauthorize": true });
        let request = self.session.request(Method::POST, &path);
        request.json(&body).done().await
    }

    /// The sessions that a query means, row by row, past ones too.
    pub fn list(self, query: ListQuery) -> Rows<NetworkSession> {
        self.session
            .request(Method::GET, "session")
            .pages(query)
            .rows()
    }
}

fn going_on() -> Filter {
    Filter::exists("acctstoptime", false)
}
