//! Insight: whether a device is on the network right now.

use std::fmt;

use quickaccess::QuickAccess;

use super::mac;
use crate::{failure::QuickAccessError, person::Member, runtime::Caller, session::Session};

/// What Insight knows of a device.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct OnlineStatus {
    /// Its MAC address as the server writes it.
    pub mac_address: Option<String>,
    /// Its IP address.
    pub ip: Option<String>,
    /// Whether it is on the network; nothing when the server does not say.
    pub is_online: Option<bool>,
    /// Who uses it.
    pub user: Option<String>,
    /// What kind of device it is.
    pub device_category: Option<String>,
    /// Of which family.
    pub device_family: Option<String>,
    /// Which one.
    pub device_name: Option<String>,
    /// Its roles.
    pub roles: Vec<String>,
    /// When this was learned, in the server's words.
    pub updated_at: Option<String>,
    /// Everything else.
    pub other: Vec<Member>,
}

impl fmt::Debug for OnlineStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnlineStatus")
            .field("is_online", &self.is_online)
            .finish_non_exhaustive()
    }
}

impl From<quickaccess::OnlineStatus> for OnlineStatus {
    fn from(row: quickaccess::OnlineStatus) -> Self {
        Self {
            mac_address: row.mac,
            ip: row.ip,
            is_online: row.is_online,
            user: row.user,
            device_category: row.device_category,
            device_family: row.device_family,
            device_name: row.device_name,
            roles: row.roles,
            updated_at: row.updated_at,
            other: Member::of(&row.other),
        }
    }
}

#[uniffi::export]
impl Session {
    /// What Insight knows of the device with this MAC address, in any notation.
    ///
    /// # Errors
    /// `not_found` when Insight has never seen it; `invalid_input` when it is no MAC address; else
    /// as `send`.
    pub async fn online_status(
        &self,
        mac_address: String,
    ) -> Result<OnlineStatus, QuickAccessError> {
        let mac = mac(&mac_address)?;
        let call = move |core: QuickAccess| async move { core.insight().by_mac(mac).await };
        Ok(self.call(Caller::Needed, call).await?.into())
    }
}
