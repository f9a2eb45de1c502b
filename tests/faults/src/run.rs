//! Runs phones: each in a runtime of its own with a paused clock, several at a time on threads.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    thread,
};

use crate::{
    app::Client,
    chance::mix,
    fault_log,
    focus::Focus,
    life::Life,
    mutation::Mutation,
    oracle::{Finding, Happening, Row},
    plan::{self, Plan},
    world::World,
};

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How many months of phones.
    pub phone_months: u64,
    /// Everything is drawn from it.
    pub seed: u64,
    /// How many phones live at the same time.
    pub threads: usize,
    /// Which client they have.
    pub client: Client,
    /// A bug on purpose in the core.
    pub mutation: Option<Mutation>,
    /// A trouble that comes more often than in life.
    pub focus: Option<Focus>,
}

/// What became of one phone.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) tally: BTreeMap<Row, u64>,
    pub(crate) happened: BTreeMap<Happening, u64>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) hash: u64,
    pub(crate) events: u64,
    pub(crate) lines: Vec<String>,
}

/// What became of all phones of a run.
#[derive(Clone, Debug)]
pub struct Summary {
    pub(crate) phone_months: u64,
    pub(crate) tally: BTreeMap<Row, u64>,
    /// How often what happened.
    pub happened: BTreeMap<Happening, u64>,
    /// The first broken promises of each kind, each with its phone's number.
    pub findings: Vec<(usize, Finding)>,
    /// The same for two runs of one seed.
    pub hash: u64,
    /// How much happened.
    pub events: u64,
}

/// So many broken promises of one kind are kept with their words.
const MOST_TOLD: usize = 6;

impl Summary {
    /// Sign-outs that the person can understand.
    pub fn explained(&self) -> u64 {
        self.sum(Row::is_explained)
    }

    /// Sign-outs that nobody can understand, and broken promises.
    pub fn unexplained(&self) -> u64 {
        self.sum(|row| !row.is_explained())
    }

    fn sum(&self, counts: impl Fn(Row) -> bool) -> u64 {
        let rows = self.tally.iter().filter(|(row, _)| counts(**row));
        rows.map(|(_, count)| count).sum()
    }
}

/// Runs all phones; `progress` hears how many months are done.
pub fn run(settings: &Settings, mut progress: impl FnMut(u64)) -> Summary {
    let lives = plan::lives(settings.phone_months);
    let next = AtomicUsize::new(0);
    let (tell, told) = mpsc::channel();
    let mut summary = Summary {
        phone_months: settings.phone_months,
        tally: BTreeMap::new(),
        happened: BTreeMap::new(),
        findings: Vec::new(),
        hash: 0,
        events: 0,
    };
    let mut done = 0;
    thread::scope(|scope| {
        for _ in 0..settings.threads.max(1) {
            let (tell, next, lives) = (tell.clone(), &next, &lives);
            scope.spawn(move || {
                loop {
                    let phone = next.fetch_add(1, SeqCst);
                    let Some(life) = lives.get(phone) else { return };
                    let outcome = one(settings, phone as u64, *life, false);
                    // The receiver lives as long as this scope.
                    let _ = tell.send((phone, outcome));
                }
            });
        }
        drop(tell);
        for (phone, outcome) in told {
            done += lives[phone] / crate::time::MONTH;
            progress(done);
            summary.add(phone, outcome);
        }
    });
    summary
        .findings
        .sort_by_key(|(phone, finding)| (*phone, finding.at));
    let mut told = BTreeMap::new();
    summary.findings.retain(|(_, finding)| {
        let count: &mut usize = told.entry(finding.kind).or_default();
        *count += 1;
        *count <= MOST_TOLD
    });
    summary
}

impl Summary {
    fn add(&mut self, phone: usize, outcome: Outcome) {
        for (row, count) in outcome.tally {
            *self.tally.entry(row).or_default() += count;
        }
        for (happening, count) in outcome.happened {
            *self.happened.entry(happening).or_default() += count;
        }
        // Whichever phone ends first, the sum is the same.
        self.hash = self
            .hash
            .wrapping_add(mix(outcome.hash ^ mix(phone as u64)));
        self.events += outcome.events;
        let findings = outcome.findings.into_iter();
        self.findings
            .extend(findings.map(|finding| (phone, finding)));
    }
}

/// The story of one phone of a run, line by line.
pub fn tell(settings: &Settings, phone: u64) -> Vec<String> {
    let lives = plan::lives(settings.phone_months);
    let Some(life) = lives.get(phone as usize) else {
        return vec![format!("There are {} phones in this run.", lives.len())];
    };
    let outcome = one(settings, phone, *life, true);
    let findings = outcome.findings.iter().map(Finding::to_string);
    let mut lines = outcome.lines;
    lines.push(String::new());
    lines.extend(findings);
    for (row, count) in &outcome.tally {
        lines.push(format!("{count:>6}  {}", row.words()));
    }
    lines
}

/// One phone, from its first day to its last.
fn one(settings: &Settings, phone: u64, life: u64, readable: bool) -> Outcome {
    let plan = Plan::draw(plan::seed_of(settings.seed, phone), life, settings.focus);
    let folder = tempfile::Builder::new()
        .prefix("quickaccess-faults-")
        .tempdir_in(ram_disk())
        .expect("a folder can be made for a phone's data");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without I/O needs nothing of the system");
    let errors = fault_log::listen();
    let world = runtime.block_on(async {
        let silent = settings.client == Client::Naive;
        let world = Arc::new(World::new(plan, silent, readable));
        if readable {
            let words = world.plan.words();
            world.tell("phone", phone, || words);
        }
        let life = Life::new(
            world.clone(),
            settings.client,
            settings.mutation,
            folder.path(),
        );
        life.live().await;
        world
    });
    drop(runtime);
    let mut oracle = world.oracle();
    for text in errors.take() {
        oracle.fault(world.device.at(), &text);
    }
    let (tally, findings) = (oracle.tally().clone(), oracle.take_findings());
    let happened = oracle.happened().clone();
    drop(oracle);
    let story = world.story().take();
    Outcome {
        tally,
        happened,
        findings,
        hash: story.hash(),
        events: story.events(),
        lines: story.into_lines(),
    }
}

/// Where the data folders of the phones lie: in memory, if the system offers that.
fn ram_disk() -> PathBuf {
    let shared = PathBuf::from("/dev/shm");
    if shared.is_dir() {
        shared
    } else {
        std::env::temp_dir()
    }
}
