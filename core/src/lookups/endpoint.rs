//! Endpoints: what Policy Manager knows of devices on the network.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{MacAddress, changed, members::Members, path::segment, words::words};
use crate::{
    error::Error,
    lists::{ListQuery, Rows},
    quickaccess::QuickAccess,
};

/// An endpoint \[V\].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
#[non_exhaustive]
pub struct Endpoint {
    /// Its number.
    pub id: u64,
    /// Its MAC address as the server writes it; [`Self::mac`] reads it.
    pub mac_address: String,
    /// Whether it is known, and let in.
    pub status: EndpointStatus,
    /// A note.
    pub description: Option<String>,
    /// Whether the device makes its MAC address up.
    pub randomized_mac: Option<bool>,
    /// When it was added, as a text for people: no time that a program could read for sure.
    pub added_at: Option<String>,
    /// When it was changed, as a text for people.
    pub updated_at: Option<String>,
    /// Attributes of an administrator's own.
    pub attributes: Map<String, Value>,
    /// What the device was found to be: category, family, name, addresses.
    pub profile: Map<String, Value>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

words! {
    /// Whether an endpoint is known, and let in \[V\].
    EndpointStatus {
        /// Somebody has said that it belongs here.
        Known = "Known",
        /// Nobody has said anything.
        Unknown = "Unknown",
        /// It is not let in.
        Disabled = "Disabled",
    }
}

impl Endpoint {
    /// Its MAC address; `None` if the server's text is none.
    pub fn mac(&self) -> Option<MacAddress> {
        MacAddress::parse(&self.mac_address).ok()
    }
}

impl TryFrom<Map<String, Value>> for Endpoint {
    type Error = &'static str;

    fn try_from(row: Map<String, Value>) -> Result<Self, Self::Error> {
        let mut row = Members::of(row);
        Ok(Self {
            id: row.number("id").ok_or("an endpoint without an id")?,
            mac_address: row.text("mac_address").unwrap_or_default(),
            status: row.text("status").unwrap_or_default().into(),
            description: row.text("description"),
            randomized_mac: row.flag("randomized_mac"),
            added_at: row.text("added_at"),
            updated_at: row.text("updated_at"),
            attributes: row.map("attributes"),
            profile: row.map("profile"),
            other: row.other(),
        })
    }
}

/// Looks endpoints up; made by [`QuickAccess::endpoints`]. Needs the privilege `cppm_endpoints`
/// \[O\].
#[derive(Clone, Copy, Debug)]
pub struct Endpoints<'a> {
    pub(super) session: &'a QuickAccess,
}

impl<'a> Endpoints<'a> {
    /// One by its number.
    ///
    /// # Errors
    /// `not_found`; else as [`RequestBuilder::send`](crate::RequestBuilder::send).
    pub async fn by_id(self, id: u64) -> Result<Endpoint, Error> {
        self.read(&format!("endpoint/{id}")).await
    }

    /// One by its MAC address.
    ///
    /// # Errors
    /// As [`Self::by_id`].
    pub async fn by_mac(self, mac: MacAddress) -> Result<Endpoint, Error> {
        let mac = segment("MAC address", &mac.to_string())?;
        self.read(&format!("endpoint/mac-address/{mac}")).await
    }

    /// Makes it known, unknown or disabled, and gives what the server has now.
    ///
    /// # Errors
    /// As [`Self::by_id`]; `validation_failed` for a status that the server does not know.
    pub async fn set_status(self, id: u64, status: EndpointStatus) -> Result<Endpoint, Error> {
        let path = format!("endpoint/{id}");
        let body = json!({ "status": status });
        let request = self.session.request(Method::PATCH, &path).json(&body);
        changed(request, || self.by_id(id)).await
    }

    /// The endpoints that a query means, row by row.
    pub fn list(self, query: ListQuery) -> Rows<Endpoint> {
        self.session
            .request(Method::GET, "endpoint")
            .pages(query)
            .rows()
    }

    async fn read(self, path: &str) -> Result<Endpoint, Error> {
        let request = self.session.request(Method::GET, path);
        request.query("profile_details", "true").send().await
    }
}
