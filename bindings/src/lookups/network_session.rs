//! Sessions on the network: who is connected, where and since when.

use std::sync::Arc;

use quickaccess::QuickAccess;

use super::{
    mac, mac_text, prints_its_id,
    rows::{Rows, rows},
    words,
};
use crate::{
    failure::QuickAccessError, lists::ListQuery, person::Member, runtime::Caller, session::Session,
};

/// A session of somebody, or something, on the network.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct NetworkSession {
    /// Its id, a text.
    pub id: String,
    /// Who.
    pub username: Option<String>,
    /// The device's MAC address as the server writes it.
    pub mac_address: Option<String>,
    /// The same like `00:00:5e:00:53:01`, if the server's text is one.
    pub mac: Option<String>,
    /// The device's IP address.
    pub framedipaddress: Option<String>,
    /// When it began, in the server's words.
    pub acctstarttime: Option<String>,
    /// When it ended, in the server's words; nothing while it goes on.
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
    pub other: Vec<Member>,
}

prints_its_id!(NetworkSession);

words! {
    /// Whether a session on the network goes on.
    NetworkSessionState {
        /// It goes on.
        Active,
        /// Nothing has been heard of it for long, its end included.
        Stale,
        /// It is over.
        Closed,
    }
}

impl From<quickaccess::NetworkSession> for NetworkSession {
    fn from(row: quickaccess::NetworkSession) -> Self {
        Self {
            mac: mac_text(row.mac()),
            id: row.id,
            username: row.username,
            mac_address: row.mac_address,
            framedipaddress: row.framedipaddress,
            acctstarttime: row.acctstarttime,
            acctstoptime: row.acctstoptime,
            acctsessiontime: row.acctsessiontime,
            state: row.state.into(),
            ssid: row.ssid,
            ap_name: row.ap_name,
            nas_name: row.nas_name,
            nasipaddress: row.nasipaddress,
            tipsrole: row.tipsrole,
            arubauserrole: row.arubauserrole,
            total_traffic: row.total_traffic,
            other: Member::of(&row.other),
        }
    }
}

/// Looks sessions on the network up, and acts on them. Needs the privilege
/// `guest_sessions_history`.
#[derive(Debug, uniffi::Object)]
pub struct NetworkSessions {
    pub(super) session: Arc<Session>,
}

#[uniffi::export]
impl NetworkSessions {
    /// One by its id.
    ///
    /// # Errors
    /// `not_found`; else as `Session.send`.
    pub async fn by_id(&self, id: String) -> Result<NetworkSession, QuickAccessError> {
        let call = |core: QuickAccess| async move { core.network_sessions().by_id(&id).await };
        Ok(self.session.call(Caller::Needed, call).await?.into())
    }

    /// Those that go on, stale ones included.
    pub fn active(&self) -> Arc<NetworkSessionRows> {
        self.rows(self.session.core().network_sessions().active())
    }

    /// Those of a user that go on.
    ///
    /// # Errors
    /// `invalid_input` for an empty name.
    pub fn active_by_user(
        &self,
        username: String,
    ) -> Result<Arc<NetworkSessionRows>, QuickAccessError> {
        let sessions = self.session.core().network_sessions();
        Ok(self.rows(sessions.active_by_user(&username)?))
    }

    /// Those of a device that go on, in whatever notation the server keeps its MAC address.
    ///
    /// # Errors
    /// `invalid_input` when it is no MAC address.
    pub fn active_by_mac(
        &self,
        mac_address: String,
    ) -> Result<Arc<NetworkSessionRows>, QuickAccessError> {
        let sessions = self.session.core().network_sessions();
        Ok(self.rows(sessions.active_by_mac(mac(&mac_address)?)))
    }

    /// The sessions that a query means, past ones too.
    ///
    /// # Errors
    /// `invalid_input` for a query that cannot be sent.
    pub fn list(&self, query: ListQuery) -> Result<Arc<NetworkSessionRows>, QuickAccessError> {
        let sessions = self.session.core().network_sessions();
        Ok(self.rows(sessions.list(query.try_into()?)))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// `action_failed` with the server's reason, for instance when it is over already; else as
    /// `by_id`.
    pub async fn disconnect(&self, id: String) -> Result<(), QuickAccessError> {
        let call = |core: QuickAccess| async move { core.network_sessions().disconnect(&id).await };
        self.session.call(Caller::Optional, call).await
    }

    /// Authorizes a session anew, so that a changed role or account takes hold.
    ///
    /// # Errors
    /// As `disconnect`.
    pub async fn reauthorize(&self, id: String) -> Result<(), QuickAccessError> {
        let call =
            |core: QuickAccess| async move { core.network_sessions().reauthorize(&id).await };
        self.session.call(Caller::Optional, call).await
    }
}

impl NetworkSessions {
    fn rows(
        &self,
        rows: quickaccess::Rows<quickaccess::NetworkSession>,
    ) -> Arc<NetworkSessionRows> {
        Arc::new(NetworkSessionRows(Rows::new(&self.session, rows)))
    }
}

rows! {
    /// Sessions on the network, page by page.
    NetworkSessionRows of NetworkSession
}
