//! Guests: accounts that are made for visitors.

use std::{sync::Arc, time::SystemTime};

use quickaccess::{Error, QuickAccess, Secret};

use super::{
    prints_its_id,
    rows::{Rows, rows},
    seconds, words,
};
use crate::{
    failure::QuickAccessError,
    lists::ListQuery,
    person::Member,
    runtime::Caller,
    session::{Session, text},
};

/// A guest account.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug)]
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
    /// Until when it may be used, in the server's words; nothing for ever.
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
    pub mac_address: Option<String>,
    /// A note.
    pub notes: Option<String>,
    /// Everything else, fields of an administrator's own included.
    pub other: Vec<Member>,
}

prints_its_id!(Guest);

words! {
    /// Whether a guest or a device may use the network.
    AccountState {
        /// It may.
        Active,
        /// Somebody has switched it off.
        Disabled,
        /// Its time is over.
        Expired,
        /// Its time has not come yet, or its sponsor has not agreed yet.
        Pending,
    }
}

/// A guest account to be made. The password is given beside it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct NewGuest {
    /// The name to sign in with.
    pub username: String,
    /// The number of the role.
    pub role_id: u64,
    /// The guest's full name.
    #[uniffi(default = None)]
    pub visitor_name: Option<String>,
    /// The guest's company.
    #[uniffi(default = None)]
    pub visitor_company: Option<String>,
    /// The guest's telephone number, where a receipt by SMS goes.
    #[uniffi(default = None)]
    pub visitor_phone: Option<String>,
    /// The guest's address, where a receipt by mail goes.
    #[uniffi(default = None)]
    pub email: Option<String>,
    /// From when the account may be used.
    #[uniffi(default = None)]
    pub start_time: Option<SystemTime>,
    /// Until when the account may be used.
    #[uniffi(default = None)]
    pub expire_time: Option<SystemTime>,
    /// A note.
    #[uniffi(default = None)]
    pub notes: Option<String>,
    /// Fields of an administrator's own, as text.
    #[uniffi(default = [])]
    pub other: Vec<Member>,
}

/// How a receipt is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum ReceiptBy {
    /// To the guest's telephone number.
    Sms,
    /// To the guest's address.
    Email,
}

impl From<quickaccess::Guest> for Guest {
    fn from(row: quickaccess::Guest) -> Self {
        Self {
            id: row.id,
            username: row.username,
            enabled: row.enabled,
            current_state: row.current_state.into(),
            role_id: row.role_id,
            role_name: row.role_name,
            start_time: row.start_time,
            expire_time: row.expire_time,
            sponsor_name: row.sponsor_name,
            email: row.email,
            visitor_name: row.visitor_name,
            visitor_company: row.visitor_company,
            visitor_phone: row.visitor_phone,
            mac_address: row.mac,
            notes: row.notes,
            other: Member::of(&row.other),
        }
    }
}

impl NewGuest {
    fn with(self, password: Secret) -> Result<quickaccess::NewGuest, Error> {
        let mut guest = quickaccess::NewGuest::new(self.username, password, self.role_id);
        for Member { name, value } in self.other {
            guest = guest.member(&name, value);
        }
        for (name, value) in [
            ("visitor_name", self.visitor_name),
            ("visitor_company", self.visitor_company),
            ("visitor_phone", self.visitor_phone),
            ("email", self.email),
            ("notes", self.notes),
        ] {
            if let Some(value) = value {
                guest = guest.member(name, value);
            }
        }
        if let Some(time) = self.start_time {
            guest = guest.start_time(seconds(time)?);
        }
        if let Some(time) = self.expire_time {
            guest = guest.expire_time(seconds(time)?);
        }
        Ok(guest)
    }
}

/// Looks guests up and changes them. Needs the privilege `guest_users`.
#[derive(Debug, uniffi::Object)]
pub struct Guests {
    pub(super) session: Arc<Session>,
}

#[uniffi::export]
impl Guests {
    /// One by its number.
    ///
    /// # Errors
    /// `not_found`; else as `Session.send`.
    pub async fn by_id(&self, id: u64) -> Result<Guest, QuickAccessError> {
        let call = move |core: QuickAccess| async move { core.guests().by_id(id).await };
        Ok(self.session.call(Caller::Needed, call).await?.into())
    }

    /// One by its user name.
    ///
    /// # Errors
    /// As `by_id`.
    pub async fn by_name(&self, username: String) -> Result<Guest, QuickAccessError> {
        let call = |core: QuickAccess| async move { core.guests().by_name(&username).await };
        Ok(self.session.call(Caller::Needed, call).await?.into())
    }

    /// Makes an account, and gives what the server has made of it. The password is given as UTF-8
    /// bytes, which the caller can wipe.
    ///
    /// # Errors
    /// `validation_failed` names the fields; else as `Session.send`. When the error says that the
    /// server may have acted, look the name up before another try.
    pub async fn create(
        &self,
        guest: NewGuest,
        password: Vec<u8>,
    ) -> Result<Guest, QuickAccessError> {
        let guest = guest.with(text(password, "guest's password")?)?;
        let call = |core: QuickAccess| async move { core.guests().create(&guest).await };
        Ok(self.session.call(Caller::Optional, call).await?.into())
    }

    /// Lets the account be used until then.
    ///
    /// # Errors
    /// As `by_id`; `validation_failed`.
    pub async fn extend(&self, id: u64, until: SystemTime) -> Result<Guest, QuickAccessError> {
        let until = seconds(until)?;
        let call = move |core: QuickAccess| async move { core.guests().extend(id, until).await };
        Ok(self.session.call(Caller::Optional, call).await?.into())
    }

    /// Switches the account off, and ends its sessions if wanted.
    ///
    /// # Errors
    /// As `by_id`.
    #[uniffi::method(default(end_sessions = false))]
    pub async fn disable(&self, id: u64, end_sessions: bool) -> Result<Guest, QuickAccessError> {
        let call =
            move |core: QuickAccess| async move { core.guests().disable(id, end_sessions).await };
        Ok(self.session.call(Caller::Optional, call).await?.into())
    }

    /// Switches the account on again.
    ///
    /// # Errors
    /// As `by_id`.
    pub async fn enable(&self, id: u64) -> Result<Guest, QuickAccessError> {
        let call = move |core: QuickAccess| async move { core.guests().enable(id).await };
        Ok(self.session.call(Caller::Optional, call).await?.into())
    }

    /// Sends the account's receipt to the guest.
    ///
    /// # Errors
    /// `action_failed` with the server's reason, for instance when there is no address; else as
    /// `by_id`.
    pub async fn send_receipt(&self, id: u64, by: ReceiptBy) -> Result<(), QuickAccessError> {
        let by = match by {
            ReceiptBy::Sms => quickaccess::ReceiptBy::Sms,
            ReceiptBy::Email => quickaccess::ReceiptBy::Email,
        };
        let call = move |core: QuickAccess| async move { core.guests().send_receipt(id, by).await };
        self.session.call(Caller::Optional, call).await
    }

    /// The guests that a query means.
    ///
    /// # Errors
    /// `invalid_input` for a query that cannot be sent.
    pub fn list(&self, query: ListQuery) -> Result<Arc<GuestRows>, QuickAccessError> {
        let rows = self.session.core().guests().list(query.try_into()?);
        Ok(Arc::new(GuestRows(Rows::new(&self.session, rows))))
    }
}

rows! {
    /// Guests, page by page.
    GuestRows of Guest
}
