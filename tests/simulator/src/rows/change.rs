//! Creating and changing rows: what a client may say, what the server adds, and what is refused.

use serde_json::{Map, Value, json};

use super::{
    Look, Row, RowKind, Rows,
    member::{Form, Member, Needed},
    table::Id,
    usual::complete,
};

/// Who changes a row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum By<'a> {
    /// A client of the product's API, as this user with this operator profile.
    Client { name: &'a str, profile: &'a str },
    /// The server itself, or a test in its place, which may set what is the server's own, too.
    Server,
}

/// What is wrong with a body, by member: `validation_messages`. No source says which shape a real
/// server gives to which fault, and live answers had texts, lists and maps \[L\], so here a missing
/// member is told as a map, one in the wrong form as a list, and a double as a text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Messages(Map<String, Value>);

impl Messages {
    pub(crate) fn missing(&mut self, name: &str) {
        self.0.insert(
            name.into(),
            json!({ "isEmpty": "A value is required here" }),
        );
    }

    pub(crate) fn wrong(&mut self, name: &str, what: impl Into<String>) {
        self.0.insert(name.into(), json!([what.into()]));
    }

    pub(crate) fn taken(&mut self, name: &str, value: &str) {
        let message = format!("There is one with {value:?} already");
        self.0.insert(name.into(), message.into());
    }

    pub(crate) fn none(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn into_value(self) -> Value {
        self.0.into()
    }

    /// The first of them in one line.
    pub(crate) fn first(&self) -> String {
        let Some((name, message)) = self.0.iter().next() else {
            return String::new();
        };
        let text = match message {
            Value::Array(list) => list.first().and_then(Value::as_str),
            Value::Object(map) => map.values().next().and_then(Value::as_str),
            message => message.as_str(),
        };
        format!("{name}: {}", text.unwrap_or_default())
    }
}

impl Rows {
    /// Adds a row, and gives it as it is then.
    pub(crate) fn create(
        &mut self,
        kind: RowKind,
        body: &Row,
        look: Look,
        by: By<'_>,
    ) -> Result<Row, Messages> {
        let row = read(kind, body, by)?;
        require(kind, &row, by)?;
        let id = Id::of(&row).filter(|_| matches!(by, By::Server));
        self.check_double(kind, &row, None, look)?;
        if let Some(id) = &id
            && self.table(kind).row(look, id).is_some()
        {
            let mut messages = Messages::default();
            messages.taken("id", &id.to_string());
            return Err(messages);
        }
        let row = complete(kind, signed(kind, row, by), look);
        let table = self.table_mut(kind);
        let id = match id {
            Some(id) => {
                table.put(look, &id, row);
                id
            }
            None => table.add(look, row),
        };
        Ok(table.row(look, &id).unwrap_or_default())
    }

    /// Changes the members that are named, or with `replace` all of them, and gives the row as it
    /// is then; none if there is no such row.
    pub(crate) fn change(
        &mut self,
        kind: RowKind,
        id: &Id,
        body: &Row,
        replace: bool,
        look: Look,
        by: By<'_>,
    ) -> Result<Option<Row>, Messages> {
        let Some(mut row) = self.table(kind).row(look, id) else {
            return Ok(None);
        };
        let given = read(kind, body, by)?;
        if replace {
            require(kind, &given, by)?;
            row.retain(|name, _| {
                let member = kind.member(name);
                member.is_some_and(|member| member.needed == Needed::ByServer)
            });
        }
        let named: Vec<String> = given.keys().cloned().collect();
        for (name, value) in given {
            match value {
                Value::Null if matches!(by, By::Server) => row.shift_remove(&name),
                value => row.insert(name, value),
            };
        }
        if !replace {
            require_kept(kind, &row)?;
        }
        self.check_double(kind, &row, Some(id), look)?;
        follow(kind, &mut row, &named);
        self.table_mut(kind)
            .put(look, id, complete(kind, row, look));
        Ok(self.table(kind).row(look, id))
    }

    fn check_double(
        &self,
        kind: RowKind,
        row: &Row,
        own: Option<&Id>,
        look: Look,
    ) -> Result<(), Messages> {
        let Some(name) = kind.key() else {
            return Ok(());
        };
        let key = row.get(name).and_then(Value::as_str).unwrap_or_default();
        let other = self.table(kind).find(look, key);
        if other.is_none() || other.as_ref() == own {
            return Ok(());
        }
        let mut messages = Messages::default();
        messages.taken(name, key);
        Err(messages)
    }
}

/// The members of a body that are of use, each in its own form. What is the server's own is left
/// out for clients, which send back what they were given; so is what nobody knows.
pub(crate) fn read(kind: RowKind, body: &Row, by: By<'_>) -> Result<Row, Messages> {
    let is_server = matches!(by, By::Server);
    let mut messages = Messages::default();
    let mut row = Row::new();
    for (name, value) in body {
        let Some(member) = kind.member(name) else {
            if kind.takes_custom_members() && !name.starts_with('_') {
                row.insert(name.clone(), value.clone());
            } else if is_server {
                messages.wrong(name, "is no member of such a row");
            }
            continue;
        };
        if member.needed == Needed::ByServer && !is_server {
            continue;
        }
        match member.form.read(value) {
            Ok(value) => {
                row.insert(name.clone(), value);
            }
            Err(message) => messages.wrong(name, message),
        }
    }
    match messages.none() {
        true => Ok(row),
        false => Err(messages),
    }
}

/// What must be there when a row is made.
fn require(kind: RowKind, row: &Row, by: By<'_>) -> Result<(), Messages> {
    let needed = |member: &&Member| match by {
        By::Client { .. } => member.needed == Needed::Yes,
        By::Server => kind.key() == Some(member.name),
    };
    missing(row, kind.members().iter().filter(needed))
}

/// What a change can't take away.
fn require_kept(kind: RowKind, row: &Row) -> Result<(), Messages> {
    let kept = |member: &&Member| member.needed == Needed::Yes && member.form != Form::Secret;
    missing(row, kind.members().iter().filter(kept))
}

fn missing<'a>(row: &Row, members: impl Iterator<Item = &'a Member>) -> Result<(), Messages> {
    let mut messages = Messages::default();
    for member in members {
        if matches!(row.get(member.name), None | Some(Value::Null)) || row[member.name] == "" {
            messages.missing(member.name);
        }
    }
    match messages.none() {
        true => Ok(()),
        false => Err(messages),
    }
}

/// Whoever makes an account answers for it, unless the body names somebody \[I\].
fn signed(kind: RowKind, mut row: Row, by: By<'_>) -> Row {
    if let By::Client { name, profile } = by
        && kind.takes_custom_members()
    {
        for (member, value) in [("sponsor_name", name), ("sponsor_profile", profile)] {
            row.entry(member).or_insert_with(|| value.into());
        }
    }
    row
}

/// What changes with the members that were named. What is taken away here is made anew when the
/// row is completed.
fn follow(kind: RowKind, row: &mut Row, named: &[String]) {
    let is_named = |name: &str| named.iter().any(|one| one == name);
    let stale: &[&str] = match kind {
        RowKind::Endpoint if is_named("mac_address") => &["randomized_mac", "updated_at"],
        RowKind::Endpoint => &["updated_at"],
        RowKind::Guest | RowKind::Device if is_named("role_id") => &["role_name"],
        RowKind::Session => &["updated_at"],
        _ => &[],
    };
    for name in stale.iter().filter(|name| !is_named(name)) {
        row.shift_remove(*name);
    }
    if kind == RowKind::Device
        && let Some(mac) = row.get("mac").cloned()
    {
        row.insert("username".into(), mac);
    }
    if kind == RowKind::Session && is_named("acctstoptime") && !is_named("state") {
        row.shift_remove("state");
        row.shift_remove("acctsessiontime");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::RowSettings;

    const CLIENT: By<'_> = By::Client {
        name: "qa",
        profile: "Help Desk",
    };

    fn rows() -> (Rows, Look) {
        let settings = serde_json::from_value::<RowSettings>(json!({
            "endpoints": { "generate": 3 }, "guests": { "generate": 3 },
            "devices": { "generate": 3 }, "sessions": { "generate": 3 },
        }));
        let rows = Rows::new(&settings.unwrap(), None, 1_793_000_400);
        let look = rows.look(1_793_000_500);
        (rows, look)
    }

    fn body(json: Value) -> Row {
        json.as_object().unwrap().clone()
    }

    #[test]
    fn a_created_row_has_every_member_and_no_secret() {
        let (mut rows, look) = rows();
        let secret = "never to be seen";
        let bodies = [
            (
                RowKind::Endpoint,
                json!({ "mac_address": "AC-00-00-00-00-01", "status": "Known", "id": 77 }),
            ),
            (
                RowKind::Guest,
                json!({ "username": "ada", "password": secret, "role_id": 3, "badge": "7" }),
            ),
            (
                RowKind::Device,
                json!({ "mac": "ac0000000001", "role_id": "9" }),
            ),
        ];
        for (kind, given) in bodies {
            let row = rows.create(kind, &body(given), look, CLIENT).unwrap();
            assert_eq!(row["id"], 4, "{kind:?}");
            for member in kind.members() {
                let shown = member.form != Form::Secret;
                assert_eq!(row.contains_key(member.name), shown, "{}", member.name);
            }
            assert!(!Value::from(row).to_string().contains(secret));
        }
        let guest = rows
            .table(RowKind::Guest)
            .row(look, &Id::Number(4))
            .unwrap();
        assert_eq!(guest["sponsor_name"], "qa");
        assert_eq!(guest["role_name"], "[Employee]");
        assert_eq!(guest["badge"], "7");
        assert_eq!(guest["current_state"], "active");
        assert_eq!(guest["create_time"], "2026-10-26T07:41:40Z");
        let device = rows
            .table(RowKind::Device)
            .row(look, &Id::Number(4))
            .unwrap();
        assert_eq!(
            (&device["username"], &device["role_name"]),
            (&json!("ac0000000001"), &json!("Role 9"))
        );
    }

    #[test]
    fn what_is_wrong_is_told_in_three_shapes() {
        let (mut rows, look) = rows();
        let mut refused = |given| {
            let messages = rows.create(RowKind::Endpoint, &body(given), look, CLIENT);
            messages.unwrap_err().into_value()
        };
        assert_eq!(
            refused(json!({ "status": "Known" })),
            json!({ "mac_address": { "isEmpty": "A value is required here" } })
        );
        assert_eq!(
            refused(json!({ "mac_address": "x", "status": "Odd" })),
            json!({
                "mac_address": ["must be a MAC address, such as 00-00-5e-00-53-01"],
                "status": ["must be one of Known, Unknown, Disabled"],
            })
        );
        let (rows, look) = self::rows();
        let taken = rows
            .table(RowKind::Endpoint)
            .row(look, &Id::Number(2))
            .unwrap();
        let mac = taken["mac_address"].clone();
        assert_eq!(
            refused(json!({ "mac_address": mac, "status": "Known" })),
            json!({ "mac_address": format!("There is one with {mac} already") })
        );
    }

    #[test]
    fn a_change_keeps_the_rest_and_a_replacement_does_not() {
        let (mut rows, look) = rows();
        let id = Id::Number(1);
        let mut change = |given, replace| {
            let given = body(given);
            rows.change(RowKind::Guest, &id, &given, replace, look, CLIENT)
        };
        let before = change(json!({}), false).unwrap().unwrap();
        let changed = change(
            json!({ "notes": "x", "expire_time": null, "id": 9, "_links": {}, "create_time": 5 }),
            false,
        );
        let changed = changed.unwrap().unwrap();
        assert_eq!(changed["notes"], "x");
        assert_eq!(changed["expire_time"], Value::Null);
        for kept in [
            "id",
            "username",
            "visitor_name",
            "create_time",
            "sponsor_name",
        ] {
            assert_eq!(changed[kept], before[kept], "{kept}");
        }
        let replaced = json!({ "username": "new", "password": "p", "role_id": 1 });
        let replaced = change(replaced, true).unwrap().unwrap();
        assert_eq!(
            (&replaced["notes"], &replaced["visitor_name"]),
            (&json!(""), &json!(""))
        );
        assert_eq!(replaced["role_name"], "[Contractor]");
        assert_eq!(replaced["create_time"], before["create_time"]);
        assert!(change(json!({ "notes": "x" }), true).is_err());
        assert!(change(json!({ "username": "" }), false).is_err());
        let nobody = Id::Number(99);
        let none = rows.change(RowKind::Guest, &nobody, &Row::new(), false, look, CLIENT);
        assert_eq!(none.unwrap(), None);
    }

    #[test]
    fn a_test_may_set_what_is_the_servers_own_and_misspells_nothing() {
        let (mut rows, look) = rows();
        let session = json!({ "username": "ada", "mac_address": "ac0000000001", "id": "S1" });
        let row = rows.create(RowKind::Session, &body(session), look, By::Server);
        let row = row.unwrap();
        assert_eq!(
            (&row["id"], &row["state"]),
            (&json!("S1"), &json!("active"))
        );
        let id = Id::Text("S1".into());
        let over = body(json!({ "acctstoptime": look.now, "framedipaddress": "192.0.2.9" }));
        let row = rows.change(RowKind::Session, &id, &over, false, look, By::Server);
        assert_eq!(row.unwrap().unwrap()["state"], "closed");
        let wrong = body(json!({ "user_name": "ada" }));
        let refused = rows.create(RowKind::Session, &wrong, look, By::Server);
        assert_eq!(
            refused.unwrap_err().first(),
            "user_name: is no member of such a row"
        );
    }
}
