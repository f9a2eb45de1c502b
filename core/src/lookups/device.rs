//! Devices: accounts that are made for things which sign in with their MAC address.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{AccountState, MacAddress, members::Members, path::segment};
use crate::{
    error::Error,
    lists::{ListQuery, Rows},
    quickaccess::QuickAccess,
};

/// A device account \[V\].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
#[non_exhaustive]
pub struct Device {
    /// Its number.
    pub id: u64,
    /// Its MAC address as the server writes it; [`Self::mac_address`] reads it.
    pub mac: String,
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
    /// Until when it may be used, in the server's words; `None` for ever.
    pub expire_time: Option<String>,
    /// Who answers for it.
    pub sponsor_name: Option<String>,
    /// The name to show.
    pub visitor_name: Option<String>,
    /// A note.
    pub notes: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Device {
    /// Its MAC address; `None` if the server's text is none.
    pub fn mac_address(&self) -> Option<MacAddress> {
        MacAddress::parse(&self.mac).ok()
    }
}

impl TryFrom<Map<String, Value>> for Device {
    type Error = &'static str;

    fn try_from(row: Map<String, Value>) -> Result<Self, Self::Error> {
        let mut row = Members::of(row);
        Ok(Self {
            id: row.number("id").ok_or("a device without an id")?,
            mac: row.text("mac").unwrap_or_default(),
            username: row.text("username"),
            enabled: row.flag("enabled"),
            current_state: row.text("current_state").unwrap_or_default().into(),
            role_id: row.number("role_id"),
            role_name: row.text("role_name"),
            start_time: row.text("start_time"),
            expire_time: row.text("expire_time"),
            sponsor_name: row.text("sponsor_name"),
            visitor_name: row.text("visitor_name"),
            notes: row.text("notes"),
            other: row.other(),
        })
    }
}

/// Looks devices up; made by [`QuickAccess::devices`]. Needs the privileges `mac` and
/// `guest_users` together \[O\].
#[derive(Clone, Copy, Debug)]
pub struct Devices<'a> {
    pub(super) session: &'a QuickAccess,
}

impl<'a> Devices<'a> {
    /// One by its number.
    ///
    /// # Errors
    /// `not_found`; else as [`RequestBuilder::send`](crate::RequestBuilder::send).
    pub async fn by_id(self, id: u64) -> Result<Device, Error> {
        let path = format!("device/{id}");
        self.session.request(Method::GET, &path).send().await
    }

    /// One by its MAC address.
    ///
    /// # Errors
    /// As [`Self::by_id`].
    pub async fn by_mac(self, mac: MacAddress) -> Result<Device, Error> {
        let mac = segment("MAC address", &mac.to_string())?;
        let path = format!("device/mac/{mac}");
        self.session.request(Method::GET, &path).send().await
    }

    /// The devices that a query means, row by row.
    pub fn list(self, query: ListQuery) -> Rows<Device> {
        self.session
            .request(Method::GET, "device")
            .pages(query)
            .rows()
    }
}
