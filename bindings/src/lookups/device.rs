//! Devices: accounts that are made for things which sign in with their MAC address.

use std::sync::Arc;

use quickaccess::QuickAccess;

use super::{
    AccountState, mac, mac_text, prints_its_id,
    rows::{Rows, rows},
};
use crate::{
    failure::QuickAccessError, lists::ListQuery, person::Member, runtime::Caller, session::Session,
};

/// A device account.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct Device {
    /// Its number.
    pub id: u64,
    /// Its MAC address as the server writes it.
    pub mac_address: String,
    /// The same like `00:00:5e:00:53:01`, if the server's text is one.
    pub mac: Option<String>,
    /// The name that its sessions have.
    pub username: Option<String>,
    /// Whether the account may be used, as far as this switch goes.
    pub enabled: Option<bool>,
    /// What follows from the switch and the times.
    pub current_state: AccountState,
    /// The role's number.
    pub role_id: Option<u64>,
    /// The role's name.
    pub role_name: Option<String>,
    /// From when it may be used, in the server's words.
    pub start_time: Option<String>,
    /// Until when it may be used, in the server's words; nothing for ever.
    pub expire_time: Option<String>,
    /// Who answers for it.
    pub sponsor_name: Option<String>,
    /// The name to show.
    pub visitor_name: Option<String>,
    /// A note.
    pub notes: Option<String>,
    /// Everything else.
    pub other: Vec<Member>,
}

prints_its_id!(Device);

impl From<quickaccess::Device> for Device {
    fn from(row: quickaccess::Device) -> Self {
        Self {
            id: row.id,
            mac: mac_text(row.mac_address()),
            mac_address: row.mac,
            username: row.username,
            enabled: row.enabled,
            current_state: row.current_state.into(),
            role_id: row.role_id,
            role_name: row.role_name,
            start_time: row.start_time,
            expire_time: row.expire_time,
            sponsor_name: row.sponsor_name,
            visitor_name: row.visitor_name,
            notes: row.notes,
            other: Member::of(&row.other),
        }
    }
}

/// Looks devices up. Needs the privileges `mac` and `guest_users` together.
#[derive(Debug, uniffi::Object)]
pub struct Devices {
    pub(super) session: Arc<Session>,
}

#[uniffi::export]
impl Devices {
    /// One by its number.
    ///
    /// # Errors
    /// `not_found`; else as `Session.send`.
    pub async fn by_id(&self, id: u64) -> Result<Device, QuickAccessError> {
        let call = move |core: QuickAccess| async move { core.devices().by_id(id).await };
        Ok(self.session.call(Caller::Needed, call).await?.into())
    }

    /// One by its MAC address, in any notation.
    ///
    /// # Errors
    /// As `by_id`; `invalid_input` when it is no MAC address.
    pub async fn by_mac(&self, mac_address: String) -> Result<Device, QuickAccessError> {
        let mac = mac(&mac_address)?;
        let call = move |core: QuickAccess| async move { core.devices().by_mac(mac).await };
        Ok(self.session.call(Caller::Needed, call).await?.into())
    }

    /// The devices that a query means.
    ///
    /// # Errors
    /// `invalid_input` for a query that cannot be sent.
    pub fn list(&self, query: ListQuery) -> Result<Arc<DeviceRows>, QuickAccessError> {
        let rows = self.session.core().devices().list(query.try_into()?);
        Ok(Arc::new(DeviceRows(Rows::new(&self.session, rows))))
    }
}

rows! {
    /// Devices, page by page.
    DeviceRows of Device
}
