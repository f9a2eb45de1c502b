//! Typed look-ups: endpoints, guests, devices, sessions, and what Insight knows. Every type is open:
//! members that are not named here are in `other`, and a member in another form than expected is
//! left there too instead of failing the row.
//!
//! Local users are left out on purpose: their rows may carry password hashes \[V\], which no phone
//! should fetch.

mod device;
mod endpoint;
mod guest;
mod insight;
mod mac;
mod members;
mod network_session;
mod path;
mod time;
mod words;

use crate::{error::Error, quickaccess::QuickAccess, requests::RequestBuilder};

pub use self::{
    device::{Device, Devices},
    endpoint::{Endpoint, EndpointStatus, Endpoints},
    guest::{AccountState, Guest, Guests, NewGuest, ReceiptBy},
    insight::{Insight, OnlineStatus},
    mac::MacAddress,
    network_session::{NetworkSession, NetworkSessionState, NetworkSessions},
};
impl QuickAccess {
    /// Endpoints: by number or MAC address, and their status.
    pub fn endpoints(&self) -> Endpoints<'_> {
        Endpoints { session: self }
    }

    /// Guests: by number or name; made, extended, switched off.
    pub fn guests(&self) -> Guests<'_> {
        Guests { session: self }
    }

    /// Devices: by number or MAC address.
    pub fn devices(&self) -> Devices<'_> {
        Devices { session: self }
    }

    /// Sessions on the network: the active ones of a user or a device, and ending them.
    pub fn network_sessions(&self) -> NetworkSessions<'_> {
        NetworkSessions { session: self }
    }

    /// Whether a device is on the network right now.
    pub fn insight(&self) -> Insight<'_> {
        Insight { session: self }
    }
}

/// Sends a change. A server may answer with the row, or with nothing \[V\]; then the row is read.
async fn changed<T, Reading>(
    change: RequestBuilder<'_>,
    read: impl FnOnce() -> Reading,
) -> Result<T, Error>
where
    T: serde::de::DeserializeOwned,
    Reading: Future<Output = Result<T, Error>>,
{
    match change.send().await? {
        Some(row) => Ok(row),
        // The change is done, whatever becomes of this.
        None => read().await.map_err(|error| error.may_have_acted(true)),
    }
}
