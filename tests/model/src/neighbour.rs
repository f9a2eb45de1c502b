//! A second process on the same store, with a machine and a driver of its own. It does all that the
//! first one does: for as long as it acts, the two change seats.

use quickaccess::session::{
    clock::elapsed,
    event::Event,
    model::{Epoch, Generation, Holder},
};

use crate::{
    action::Action,
    explorer::{Explorer, Log},
    time::{LEASE, NOW, SEND_WITHIN},
    trouble::Trouble,
    world::{Ask, Process, World},
};

impl World {
    /// The second process starts.
    pub(crate) fn neighbour_starts(&mut self, explorer: &Explorer) {
        let neighbour = Process::new(&explorer.bounds, self.vault.data.mode, 2);
        self.neighbour = Some(Box::new(neighbour));
        self.change_seats();
        let log = &mut Log(None);
        self.happen(explorer, Event::Open, log);
        self.act(explorer, Action::Store(Trouble::None), log);
        self.change_seats();
    }

    /// The second process does something.
    pub(crate) fn neighbour_acts(
        &mut self,
        explorer: &Explorer,
        action: Action,
        log: &mut Log<'_>,
    ) {
        self.change_seats();
        self.act(explorer, action, log);
        self.change_seats();
    }

    /// The other process becomes the one that acts.
    pub(crate) fn change_seats(&mut self) {
        if let Some(neighbour) = &mut self.neighbour {
            std::mem::swap(&mut self.process, neighbour);
        }
    }

    /// What the operating system tells of the process that wrote a journal.
    pub(crate) fn holder(&self, explorer: &Explorer, owner: u64) -> Holder {
        let mut living = self.processes().map(Process::owner);
        match explorer.bounds.tells {
            false => Holder::Unknown,
            true if living.any(|living| living == owner) => Holder::Runs,
            true => Holder::Gone,
        }
    }

    pub(crate) fn processes(&self) -> impl Iterator<Item = &Process> {
        let neighbour = self.neighbour.iter().map(|neighbour| &**neighbour);
        std::iter::once(&self.process).chain(neighbour)
    }

    /// Whether the neighbour has a refresh of this pair under way, and its lease is not over.
    pub(crate) fn neighbour_refreshes(&self, epoch: Epoch, generation: Generation) -> bool {
        let Some(neighbour) = &self.neighbour else {
            return false;
        };
        let mut requests = neighbour.requests.iter();
        requests.any(|request| {
            matches!(request.ask, Ask::Refresh { epoch: e, generation: g, leased: true, .. }
                if e == epoch && g == generation)
                && elapsed(request.sent, NOW) < LEASE - SEND_WITHIN
        })
    }

    /// Whether the journal in the store tells others that this process refreshes this pair.
    pub(crate) fn is_leased(&self, epoch: Epoch, generation: Generation) -> bool {
        let record = self.vault.record().filter(|record| record.epoch == epoch);
        let journal = record.and_then(|record| record.journal);
        journal.is_some_and(|journal| {
            journal.owner == self.process.owner() && journal.generation == generation
        })
    }
}

impl Process {
    /// By what number it goes in a journal.
    pub(crate) fn owner(&self) -> u64 {
        self.state.known.owner
    }

    /// The number of its place; the process that starts after a kill has the same.
    pub(crate) fn seat(&self) -> u64 {
        self.owner() % 2
    }
}
