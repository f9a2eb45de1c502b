//! Endpoints: what Policy Manager knows of devices on the network.

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

/// An endpoint.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct Endpoint {
    /// Its number.
    pub id: u64,
    /// Its MAC address as the server writes it.
    pub mac_address: String,
    /// The same like `00:00:5e:00:53:01`, if the server's text is one.
    pub mac: Option<String>,
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
    pub attributes: Vec<Member>,
    /// What the device was found to be: category, family, name, addresses.
    pub profile: Vec<Member>,
    /// Everything else.
    pub other: Vec<Member>,
}

prints_its_id!(Endpoint);

words! {
    /// Whether an endpoint is known, and let in.
    EndpointStatus {
        /// Somebody has said that it belongs here.
        Known,
        /// Nobody has said anything.
        Unknown,
        /// It is not let in.
        Disabled,
    }
}

impl From<EndpointStatus> for quickaccess::EndpointStatus {
    fn from(status: EndpointStatus) -> Self {
        match status {
            EndpointStatus::Known => Self::Known,
            EndpointStatus::Unknown => Self::Unknown,
            EndpointStatus::Disabled => Self::Disabled,
            EndpointStatus::Other { word } => word.into(),
        }
    }
}

impl From<quickaccess::Endpoint> for Endpoint {
    fn from(row: quickaccess::Endpoint) -> Self {
        Self {
            id: row.id,
            mac: mac_text(row.mac()),
            mac_address: row.mac_address,
            status: row.status.into(),
            description: row.description,
            randomized_mac: row.randomized_mac,
            added_at: row.added_at,
            updated_at: row.updated_at,
            attributes: Member::of(&row.attributes),
            profile: Member::of(&row.profile),
            other: Member::of(&row.other),
        }
    }
}

/// Looks endpoints up. Needs the privilege `cppm_endpoints`.
#[derive(Debug, uniffi::Object)]
pub struct Endpoints {
    pub(super) session: Arc<Session>,
}

#[uniffi::export]
impl Endpoints {
    /// One by its number.
    ///
    /// # Errors
    /// `not_found`; else as `Session.send`.
    pub async fn by_id(&self, id: u64) -> Result<Endpoint, QuickAccessError> {
        let call = move |core: QuickAccess| async move { core.endpoints().by_id(id).await };
        Ok(self.session.call(Caller::Needed, call).await?.into())
    }

    /// One by its MAC address, in any notation.
    ///
    /// # Errors
    /// As `by_id`; `invalid_input` when it is no MAC address.
    pub async fn by_mac(&self, mac_address: String) -> Result<Endpoint, QuickAccessError> {
        let mac = mac(&mac_address)?;
        let call = move |core: QuickAccess| async move { core.endpoints().by_mac(mac).await };
        Ok(self.session.call(Caller::Needed, call).await?.into())
    }

    /// Makes it known, unknown or disabled, and gives what the server has now.
    ///
    /// # Errors
    /// As `by_id`; `validation_failed` for a status that the server does not know.
    pub async fn set_status(
        &self,
        id: u64,
        status: EndpointStatus,
    ) -> Result<Endpoint, QuickAccessError> {
        let call = move |core: QuickAccess| async move {
            core.endpoints().set_status(id, status.into()).await
        };
        Ok(self.session.call(Caller::Optional, call).await?.into())
    }

    /// The endpoints that a query means.
    ///
    /// # Errors
    /// `invalid_input` for a query that cannot be sent.
    pub fn list(&self, query: ListQuery) -> Result<Arc<EndpointRows>, QuickAccessError> {
        let rows = self.session.core().endpoints().list(query.try_into()?);
        Ok(Arc::new(EndpointRows(Rows::new(&self.session, rows))))
    }
}

rows! {
    /// Endpoints, page by page.
    EndpointRows of Endpoint
}
