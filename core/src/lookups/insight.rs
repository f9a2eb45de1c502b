//! Insight: whether a device is on the network right now.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{MacAddress, members::Members, path::segment};
use crate::{error::Error, quickaccess::QuickAccess};

/// What Insight knows of a device \[V\].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Map<String, Value>")]
#[non_exhaustive]
pub struct OnlineStatus {
    /// Its MAC address as the server writes it.
    pub mac: Option<String>,
    /// Its IP address.
    pub ip: Option<String>,
    /// Whether it is on the network; `None` when the server does not say.
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
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl From<Map<String, Value>> for OnlineStatus {
    fn from(row: Map<String, Value>) -> Self {
        let mut row = Members::of(row);
        Self {
            mac: row.text("mac"),
            ip: row.text("ip"),
            is_online: row.flag("is_online"),
            user: row.text("user"),
            device_category: row.text("device_category"),
            device_family: row.text("device_family"),
            device_name: row.text("device_name"),
            roles: row.texts("roles"),
            updated_at: row.text("updated_at"),
            other: row.other(),
        }
    }
}

/// Asks Insight; made by [`QuickAccess::insight`].
#[derive(Clone, Copy, Debug)]
pub struct Insight<'a> {
    pub(super) session: &'a QuickAccess,
}

impl Insight<'_> {
    /// What is known of the device with this MAC address.
    ///
    /// # Errors
    /// `not_found` when Insight has never seen it; else as
    /// [`RequestBuilder::send`](crate::RequestBuilder::send).
    pub async fn by_mac(self, mac: MacAddress) -> Result<OnlineStatus, Error> {
        let mac = segment("MAC address", &mac.to_string())?;
        let path = format!("insight/endpoint/mac/{mac}");
        self.session.request(Method::GET, &path).send().await
    }
}
