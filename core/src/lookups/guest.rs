//! Guests: accounts that are made for visitors.

use std::fmt;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{changed, members::Members, path::segment, time::rfc3339, words::words};
use crate::{
    error::{Code, Error},
    lists::{ListQuery, Rows},
    quickaccess::QuickAccess,
    secret::{Secret, SecretBytes},
};

/// A guest account \[V\].
///
/// Its debug print names its id alone: `other` may hold members of anybody's own.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
#[non_exhaustive]
pub struct Guest {
    /// Its number.
    pub id: u64,
    /// The name to sign in with.
    pub username: String,
    /// Whether the account may be used, as far as this switch goes.
    pub enabled: Option<bool>,
    /// What follows from the switch, the times and the sponsor.
    pub current_state: AccountState,
    /// The role's number.
    pub role_id: Option<u64>,
    /// The role's name.
    pub role_name: Option<String>,
    /// From when it may be used, in the server's words.
    pub start_time: Option<String>,
    /// Until when it may be used, in the server's words; `None` for ever.
    pub expire_time: Option<String>,
    /// Who answers for the guest.
    pub sponsor_name: Option<String>,
    /// The guest's address.
    pub email: Option<String>,
    /// The guest's full name.
    pub visitor_name: Option<String>,
    /// The guest's company.
    pub visitor_company: Option<String>,
    /// The guest's telephone number.
    pub visitor_phone: Option<String>,
    /// The MAC address of the guest's device, as the server writes it.
    pub mac: Option<String>,
    /// A note.
    pub notes: Option<String>,
    /// Everything else, fields of an administrator's own included.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

words! {
    /// Whether a guest or a device may use the network \[V\].
    AccountState {
        /// It may.
        Active = "active",
        /// Somebody has switched it off.
        Disabled = "disabled",
        /// Its time is over.
        Expired = "expired",
        /// Its time has not come yet, or its sponsor has not agreed yet.
        Pending = "pending",
    }
}

impl TryFrom<Map<String, Value>> for Guest {
    type Error = &'static str;

    fn try_from(row: Map<String, Value>) -> Result<Self, Self::Error> {
        let mut row = Members::of(row);
        Ok(Self {
            id: row.number("id").ok_or("a guest without an id")?,
            username: row.text("username").unwrap_or_default(),
            enabled: row.flag("enabled"),
            current_state: row.text("current_state").unwrap_or_default().into(),
            role_id: row.number("role_id"),
            role_name: row.text("role_name"),
            start_time: row.text("start_time"),
            expire_time: row.text("expire_time"),
            sponsor_name: row.text("sponsor_name"),
            email: row.text("email"),
            visitor_name: row.text("visitor_name"),
            visitor_company: row.text("visitor_company"),
            visitor_phone: row.text("visitor_phone"),
            mac: row.text("mac"),
            notes: row.text("notes"),
            other: row.other(),
        })
    }
}

impl fmt::Debug for Guest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guest")
            .field("id", &self.id)
            .field("current_state", &self.current_state)
            .finish_non_exhaustive()
    }
}

/// A guest account to be made.
#[derive(Clone, Debug)]
pub struct NewGuest {
    password: Secret,
    members: Map<String, Value>,
}

impl NewGuest {
    /// The name and password to sign in with, and the number of the role.
    pub fn new(username: impl Into<String>, password: impl Into<Secret>, role_id: u64) -> Self {
        let guest = Self {
            password: password.into(),
            members: Map::new(),
        };
        guest
            .member("username", username.into())
            .member("role_id", role_id)
    }

    /// Sets the guest's full name.
    #[must_use]
    pub fn visitor_name(self, name: impl Into<String>) -> Self {
        self.member("visitor_name", name.into())
    }

    /// Sets the guest's company.
    #[must_use]
    pub fn visitor_company(self, company: impl Into<String>) -> Self {
        self.member("visitor_company", company.into())
    }

    /// Sets the guest's telephone number, where a receipt by SMS goes.
    #[must_use]
    pub fn visitor_phone(self, number: impl Into<String>) -> Self {
        self.member("visitor_phone", number.into())
    }

    /// Sets the guest's address, where a receipt by mail goes.
    #[must_use]
    pub fn email(self, address: impl Into<String>) -> Self {
        self.member("email", address.into())
    }

    /// Says from when the account may be used, in seconds since 1970.
    #[must_use]
    pub fn start_time(self, seconds: u64) -> Self {
        self.member("start_time", rfc3339(seconds))
    }

    /// Says until when the account may be used, in seconds since 1970.
    #[must_use]
    pub fn expire_time(self, seconds: u64) -> Self {
        self.member("expire_time", rfc3339(seconds))
    }

    /// Sets a note.
    #[must_use]
    pub fn notes(self, notes: impl Into<String>) -> Self {
        self.member("notes", notes.into())
    }

    /// Sets any member, fields of an administrator's own included. The password is set by
    /// [`Self::new`] alone.
    #[must_use]
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        if name != "password" {
            self.members.insert(name.to_owned(), value.into());
        }
        self
    }

    /// The JSON. It is written into one block of memory that is large enough, so that no part of
    /// the password stays behind in a smaller one.
    fn body(&self) -> Result<SecretBytes, Error> {
        #[derive(Serialize)]
        struct Wire<'a> {
            #[serde(flatten)]
            members: &'a Map<String, Value>,
            password: &'a str,
        }
        let failed = |_| Error::new(Code::Internal);
        let rest = serde_json::to_string(&self.members).map_err(failed)?.len();
        let escaped = 6 * self.password.expose().len();
        let mut body = Vec::with_capacity(rest + escaped + 32);
        let wire = Wire {
            members: &self.members,
            password: self.password.expose(),
        };
        serde_json::to_writer(&mut body, &wire).map_err(failed)?;
        Ok(SecretBytes::new(body))
    }
}

/// How a receipt is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReceiptBy {
    /// To the guest's telephone number.
    Sms,
    /// To the guest's address.
    Email,
}

/// Looks guests up and changes them; made by [`QuickAccess::guests`]. Needs the privilege
/// `guest_users` \[O\].
#[derive(Clone, Copy, Debug)]
pub struct Guests<'a> {
    pub(super) session: &'a QuickAccess,
}

impl<'a> Guests<'a> {
    /// One by its number.
    ///
    /// # Errors
    /// `not_found`; else as [`RequestBuilder::send`](crate::RequestBuilder::send).
    pub async fn by_id(self, id: u64) -> Result<Guest, Error> {
        let path = format!("guest/{id}");
        self.session.request(Method::GET, &path).send().await
    }

    /// One by its user name.
    ///
    /// # Errors
    /// As [`Self::by_id`].
    pub async fn by_name(self, username: &str) -> Result<Guest, Error> {
        let name = segment("user name", username)?;
        let path = format!("guest/username/{name}");
        self.session.request(Method::GET, &path).send().await
    }

    /// Makes an account, and gives what the server has made of it.
    ///
    /// # Errors
    /// `validation_failed` names the fields, also for a user name that is taken \[C\]; else as
    /// [`RequestBuilder::send`](crate::RequestBuilder::send). When the error says that the server
    /// may have acted, look the name up before another try.
    pub async fn create(self, guest: &NewGuest) -> Result<Guest, Error> {
        let request = self.session.request(Method::POST, "guest");
        let request = request.json_bytes(guest.body()?);
        request.hiding(guest.password.clone()).send().await
    }

    /// Lets the account be used until then, in seconds since 1970.
    ///
    /// # Errors
    /// As [`Self::by_id`]; `validation_failed`.
    pub async fn extend(self, id: u64, until: u64) -> Result<Guest, Error> {
        self.change(id, false, &json!({ "expire_time": rfc3339(until) }))
            .await
    }

    /// Switches the account off, and ends its sessions if wanted (a change of authorization).
    ///
    /// # Errors
    /// As [`Self::by_id`].
    pub async fn disable(self, id: u64, end_sessions: bool) -> Result<Guest, Error> {
        self.change(id, end_sessions, &json!({ "enabled": false }))
            .await
    }

    /// Switches the account on again.
    ///
    /// # Errors
    /// As [`Self::by_id`].
    pub async fn enable(self, id: u64) -> Result<Guest, Error> {
        self.change(id, false, &json!({ "enabled": true })).await
    }

    /// Sends the account's receipt to the guest.
    ///
    /// # Errors
    /// `action_failed` with the server's reason, for instance when there is no address; else as
    /// [`Self::by_id`].
    pub async fn send_receipt(self, id: u64, by: ReceiptBy) -> Result<(), Error> {
        let way = match by {
            ReceiptBy::Sms => "sms",
            ReceiptBy::Email => "smtp",
        };
        let path = format!("guest/{id}/sendreceipt/{way}");
        let request = self.session.request(Method::POST, &path);
        request.json(&json!({ "confirm": true })).done().await
    }

    /// The guests that a query means, row by row.
    pub fn list(self, query: ListQuery) -> Rows<Guest> {
        self.session
            .request(Method::GET, "guest")
            .pages(query)
            .rows()
    }

    async fn change(self, id: u64, now: bool, body: &Value) -> Result<Guest, Error> {
        let path = format!("guest/{id}");
        let request = self.session.request(Method::PATCH, &path).json(body);
        let now = if now { "true" } else { "false" };
        let request = request.query("change_of_authorization", now);
        changed(request, || self.by_id(id)).await
    }
}
