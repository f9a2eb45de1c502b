//! `quickaccess find`.

use quickaccess::{
    Endpoint, Filter, Guest, ListQuery, MacAddress, NetworkSession, QuickAccess, Rows, Sort,
};

use crate::{
    args::{Find, What},
    exit::Failure,
    listing::{self, Row},
    session::Session,
};

pub(crate) async fn run(session: &Session, find: &Find) -> Result<(), Failure> {
    match find.what {
        What::Endpoint => {
            listing::show(session, find.all, |quickaccess| {
                Ok(endpoints(quickaccess, find))
            })
            .await
        }
        What::Guest => {
            listing::show(session, find.all, |quickaccess| {
                Ok(guests(quickaccess, find))
            })
            .await
        }
        What::Session => {
            listing::show(session, find.all, |quickaccess| {
                Ok(sessions(quickaccess, find))
            })
            .await
        }
    }
}

/// The newest first, so many a page.
fn query(find: &Find, filter: Filter) -> ListQuery {
    let rows = if find.all { 1_000 } else { find.limit };
    let query = ListQuery::new().filter(filter).limit(rows).count();
    query.sort(Sort::descending("id"))
}

fn text(find: &Find) -> Option<&str> {
    find.text
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

/// One of these members has the text somewhere.
fn somewhere(members: &[&str], text: Option<&str>) -> Filter {
    let Some(text) = text else {
        return Filter::all();
    };
    Filter::any_of(members.iter().map(|member| Filter::contains(member, text)))
}

fn mac(find: &Find) -> Option<MacAddress> {
    MacAddress::parse(text(find)?).ok()
}

fn endpoints(quickaccess: &QuickAccess, find: &Find) -> Rows<Endpoint> {
    let filter = match mac(find) {
        Some(mac) => Filter::one_of("mac_address", mac.notations()),
        None => somewhere(&["mac_address", "description"], text(find)),
    };
    quickaccess.endpoints().list(query(find, filter))
}

fn guests(quickaccess: &QuickAccess, find: &Find) -> Rows<Guest> {
    let filter = match mac(find) {
        Some(mac) => Filter::one_of("mac", mac.notations()),
        None => somewhere(&["username", "visitor_name", "email"], text(find)),
    };
    quickaccess.guests().list(query(find, filter))
}

fn sessions(quickaccess: &QuickAccess, find: &Find) -> Rows<NetworkSession> {
    let going_on = Filter::exists("acctstoptime", false);
    let filter = match (mac(find), text(find)) {
        (Some(mac), _) => going_on.and(Filter::one_of("mac_address", mac.notations())),
        (None, Some(user)) => going_on.and(Filter::eq("username", user)),
        (None, None) => going_on,
    };
    quickaccess.network_sessions().list(query(find, filter))
}

fn or_none(text: &Option<String>) -> String {
    text.clone().unwrap_or_default()
}

impl Row for Endpoint {
    const NAME: &str = "endpoints";
    const HEADINGS: &[&str] = &["MAC address", "Status", "Description", "Changed"];

    fn cells(&self) -> Vec<String> {
        let mac = self
            .mac()
            .map_or_else(|| self.mac_address.clone(), |mac| mac.to_string());
        vec![
            mac,
            self.status.to_string(),
            or_none(&self.description),
            or_none(&self.updated_at),
        ]
    }
}

impl Row for Guest {
    const NAME: &str = "guests";
    const HEADINGS: &[&str] = &["User name", "Name", "State", "Until"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.username.clone(),
            or_none(&self.visitor_name),
            self.current_state.to_string(),
            or_none(&self.expire_time),
        ]
    }
}

impl Row for NetworkSession {
    const NAME: &str = "sessions";
    const HEADINGS: &[&str] = &["User", "MAC address", "IP address", "Since", "Where"];

    fn cells(&self) -> Vec<String> {
        let place = self.ap_name.as_ref().or(self.nas_name.as_ref());
        vec![
            or_none(&self.username),
            self.mac()
                .map_or_else(|| or_none(&self.mac_address), |mac| mac.to_string()),
            or_none(&self.framedipaddress),
            or_none(&self.acctstarttime),
            or_none(&place.cloned()),
        ]
    }
}
