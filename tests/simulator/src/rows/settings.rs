//! Which rows a server starts with: the scenario's member `rows`.

use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::{Row, RowKind, load, table::Id};
use crate::ScenarioError;

/// The most rows of one kind that are made.
const MOST: u32 = 1_000_000;

/// Which rows a server starts with. Unless set otherwise that are 5,000 endpoints, 3,000 guests,
/// 1,000 devices and 20,000 sessions, which are made when they are looked at; where rows of
/// one's own are given, just these.
///
/// ```
/// use quickaccess_simulator::{RowKind, RowSettings, Scenario, Simulator};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mut scenario = Scenario::default();
/// scenario.rows = RowSettings::default()
///     .with_csv(RowKind::Guest, "username,enabled\nada,true\nbob,false\n")?
///     .generate(RowKind::Session, 100_000)?;
/// let server = Simulator::new(scenario);
/// assert_eq!(server.row_count(RowKind::Guest), 2);
/// assert_eq!(server.row_count(RowKind::Session), 100_000);
///
/// let misspelt = RowSettings::default().with_csv(RowKind::Endpoint, "mac\n00005e005301\n");
/// assert_eq!(
///     misspelt.unwrap_err().to_string(),
///     "the scenario can't be used: rows.endpoints: line 2: mac: is no member of such a row",
/// );
/// # Ok::<(), quickaccess_simulator::ScenarioError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<RowKind, Raw>", into = "BTreeMap<RowKind, Raw>")]
pub struct RowSettings {
    tables: [TableSettings; 4],
}

#[derive(Clone, Debug, Default, PartialEq)]
struct TableSettings {
    generate: Option<u32>,
    /// Checked, each by itself and all together.
    rows: Arc<Vec<Row>>,
    /// A file that was not read yet.
    file: Option<PathBuf>,
}

/// The settings of one kind as they stand in a scenario.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    generate: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rows: Option<Vec<Row>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<PathBuf>,
}

impl RowSettings {
    /// Makes so many rows of a kind, up to a million; own rows of this kind come on top. An own
    /// row with the key of a made one takes that one's place.
    pub fn generate(self, kind: RowKind, number: u32) -> Result<Self, ScenarioError> {
        self.changed(kind, |table| {
            table.generate = Some(number);
            Ok(())
        })
    }

    /// Adds rows of one's own. What a row does not say is as the server would have it.
    pub fn with_rows(self, kind: RowKind, rows: Vec<Row>) -> Result<Self, ScenarioError> {
        self.changed(kind, |table| {
            table.bring(load::from_rows(kind, rows)?);
            Ok(())
        })
    }

    /// Adds rows of one's own in CSV: a line with the members' names, then a row a line.
    pub fn with_csv(self, kind: RowKind, csv: &str) -> Result<Self, ScenarioError> {
        self.changed(kind, |table| {
            table.bring(load::from_csv(kind, csv)?);
            Ok(())
        })
    }

    /// Whether nothing was set.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Reads the files that are named, by paths from this folder.
    pub(crate) fn read_files(mut self, folder: &Path) -> Result<Self, ScenarioError> {
        for kind in RowKind::ALL {
            let Some(file) = self.tables[kind as usize].file.take() else {
                continue;
            };
            let fault = |what: String| fault(kind, format!("{}: {what}", file.display()));
            let text = std::fs::read_to_string(folder.join(&file))
                .map_err(|error| fault(format!("can't be read: {error}")))?;
            let rows = match file.extension().and_then(|extension| extension.to_str()) {
                Some("json") => load::from_json(kind, &text),
                Some("csv") => load::from_csv(kind, &text),
                _ => Err("its name must end in .json or .csv".into()),
            };
            let table = &mut self.tables[kind as usize];
            table.bring(rows.map_err(fault)?);
            table.check(kind).map_err(fault)?;
        }
        Ok(self)
    }

    /// Files are read with the scenario's own file, and by nobody else.
    pub(crate) fn check(&self) -> Result<(), ScenarioError> {
        let unread = RowKind::ALL
            .into_iter()
            .find(|kind| self.tables[*kind as usize].file.is_some());
        match unread {
            Some(kind) => Err(fault(
                kind,
                "only a scenario that is itself read from a file can name a file",
            )),
            None => Ok(()),
        }
    }

    /// How many rows of a kind are made.
    pub(crate) fn generated(&self, kind: RowKind) -> u32 {
        let generate = self.tables[kind as usize].generate;
        generate.unwrap_or(kind.usual_number())
    }

    /// The rows of one's own.
    pub(crate) fn own(&self, kind: RowKind) -> &[Row] {
        &self.tables[kind as usize].rows
    }

    fn changed(
        mut self,
        kind: RowKind,
        change: impl FnOnce(&mut TableSettings) -> Result<(), String>,
    ) -> Result<Self, ScenarioError> {
        let table = &mut self.tables[kind as usize];
        change(table)
            .and_then(|()| table.check(kind))
            .map_err(|what| fault(kind, what))?;
        Ok(self)
    }
}

impl TableSettings {
    /// Adds rows; whoever brings rows gets no made ones unless asked for.
    fn bring(&mut self, rows: Vec<Row>) {
        self.generate.get_or_insert(0);
        Arc::make_mut(&mut self.rows).extend(rows);
    }

    /// What can be wrong with rows that are right one by one.
    fn check(&self, kind: RowKind) -> Result<(), String> {
        let made = self.generate.unwrap_or(0);
        if made > MOST {
            return Err(format!("generate: {made} is more than {MOST}"));
        }
        let mut keys = HashSet::new();
        let mut ids = HashSet::new();
        for (i, row) in self.rows.iter().enumerate() {
            let place = format!("rows[{i}]{}", load::named(kind, row));
            if let Some(key) = kind.key()
                && !keys.insert(row.get(key))
            {
                return Err(format!("{place}: its {key} is there twice"));
            }
            if !row.contains_key("id") {
                continue;
            }
            match Id::of(row) {
                None | Some(Id::Number(0)) => return Err(format!("{place}: its id can't be")),
                Some(Id::Number(id)) if id <= u64::from(made) => {
                    return Err(format!("{place}: the made rows have the ids up to {made}"));
                }
                Some(id) if !ids.insert(id.clone()) => {
                    return Err(format!("{place}: the id {id} is there twice"));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}

impl TryFrom<BTreeMap<RowKind, Raw>> for RowSettings {
    type Error = String;

    fn try_from(raw: BTreeMap<RowKind, Raw>) -> Result<Self, String> {
        let mut settings = Self::default();
        for (kind, raw) in raw {
            let table = &mut settings.tables[kind as usize];
            table.generate = raw.generate;
            table.file = raw.file;
            let brought = match raw.rows {
                Some(rows) => load::from_rows(kind, rows)
                    .map(|rows| table.bring(rows))
                    .map_err(|error| format!("rows{error}")),
                None => Ok(()),
            };
            brought
                .and_then(|()| table.check(kind))
                .map_err(|what| format!("rows.{}.{what}", kind.name()))?;
        }
        Ok(settings)
    }
}

impl From<RowSettings> for BTreeMap<RowKind, Raw> {
    fn from(settings: RowSettings) -> Self {
        let tables = RowKind::ALL.into_iter().zip(settings.tables);
        tables
            .filter(|(_, table)| *table != TableSettings::default())
            .map(|(kind, table)| {
                let raw = Raw {
                    generate: table.generate,
                    rows: (!table.rows.is_empty()).then(|| Arc::unwrap_or_clone(table.rows)),
                    file: table.file,
                };
                (kind, raw)
            })
            .collect()
    }
}

fn fault(kind: RowKind, what: impl std::fmt::Display) -> ScenarioError {
    crate::scenario::fault(&format!("rows.{}", kind.name()), what)
}
