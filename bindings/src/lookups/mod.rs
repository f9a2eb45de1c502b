//! Typed look-ups: endpoints, guests, devices, sessions on the network, and what Insight knows.
//! Members that no field names are in `other`, and so is a member in another form than expected.
//!
//! Rows hold what people have typed in, so that they print their number alone.

mod device;
mod endpoint;
mod guest;
mod network_session;
mod online;
mod rows;

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use quickaccess::{Code, Error};

pub use self::{
    device::{Device, DeviceRows, Devices},
    endpoint::{Endpoint, EndpointRows, EndpointStatus, Endpoints},
    guest::{AccountState, Guest, GuestRows, Guests, NewGuest, ReceiptBy},
    network_session::{NetworkSession, NetworkSessionRows, NetworkSessionState, NetworkSessions},
    online::OnlineStatus,
};
use crate::{failure::QuickAccessError, session::Session};

#[uniffi::export]
impl Session {
    /// Endpoints: by number or MAC address, and their status.
    pub fn endpoints(self: Arc<Self>) -> Arc<Endpoints> {
        Arc::new(Endpoints { session: self })
    }

    /// Guests: by number or name; made, extended, switched off.
    pub fn guests(self: Arc<Self>) -> Arc<Guests> {
        Arc::new(Guests { session: self })
    }

    /// Devices: by number or MAC address.
    pub fn devices(self: Arc<Self>) -> Arc<Devices> {
        Arc::new(Devices { session: self })
    }

    /// Sessions on the network: the active ones of a user or a device, and ending them. They have
    /// nothing to do with this session.
    pub fn network_sessions(self: Arc<Self>) -> Arc<NetworkSessions> {
        Arc::new(NetworkSessions { session: self })
    }
}

/// The MAC address of a device.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct MacAddress {
    /// Such as `00:00:5e:00:53:01`.
    pub text: String,
    /// Twelve digits, as lists show it.
    pub bare: String,
    /// Whether the device has made it up, as phones do for each network.
    pub is_randomized: bool,
}

/// Reads a MAC address in any notation that people and devices use.
///
/// # Errors
/// `invalid_input` when it is none.
#[uniffi::export]
pub fn read_mac_address(text: String) -> Result<MacAddress, QuickAccessError> {
    let address = mac(&text)?;
    Ok(MacAddress {
        text: address.to_string(),
        bare: address.bare(),
        is_randomized: address.is_randomized(),
    })
}

fn mac(text: &str) -> Result<quickaccess::MacAddress, Error> {
    quickaccess::MacAddress::parse(text)
}

/// The notation of this library, if the server's text is an address.
fn mac_text(address: Option<quickaccess::MacAddress>) -> Option<String> {
    address.map(|address| address.to_string())
}

/// Seconds since 1970, as the server takes times.
fn seconds(time: SystemTime) -> Result<u64, Error> {
    let since = time.duration_since(UNIX_EPOCH).map_err(|_| {
        let text = "The time lies before 1970. Give the time that is meant.";
        Error::with_message(Code::InvalidInput, text)
    })?;
    Ok(since.as_secs())
}

/// Prints a row by its number alone.
macro_rules! prints_its_id {
    ($name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("id", &self.id)
                    .finish_non_exhaustive()
            }
        }
    };
}

/// Words of the server for a state, open to others.
macro_rules! words {
    (
        $(#[$doc:meta])*
        $name:ident { $($(#[$variant_doc:meta])* $variant:ident,)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A word that this version does not know.
            Other {
                /// The word.
                word: String,
            },
        }

        impl From<quickaccess::$name> for $name {
            fn from(word: quickaccess::$name) -> Self {
                match word {
                    $(quickaccess::$name::$variant => Self::$variant,)*
                    other => Self::Other {
                        word: other.as_str().to_owned(),
                    },
                }
            }
        }
    };
}

use {prints_its_id, words};
