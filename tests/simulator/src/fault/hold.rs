//! A gate at which requests wait until a test lets them go.

use std::{fmt, sync::Arc};

use tokio::sync::watch;

use super::{FaultId, HoldAt};

/// A gate that a test holds. Clones share it; dropping it changes nothing.
#[derive(Clone)]
pub struct Hold {
    id: FaultId,
    at: HoldAt,
    gate: Arc<watch::Sender<Gate>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Gate {
    reached: u32,
    released: bool,
}

impl Hold {
    pub(crate) fn new(id: FaultId, at: HoldAt) -> Self {
        Self {
            id,
            at,
            gate: Arc::new(watch::Sender::default()),
        }
    }

    /// The placed fault's id.
    pub fn id(&self) -> FaultId {
        self.id
    }

    /// Where requests wait.
    pub fn at(&self) -> HoldAt {
        self.at
    }

    /// Waits until a request has come to the gate.
    pub async fn reached(&self) {
        self.reached_by(1).await;
    }

    /// Waits until so many requests have come to the gate.
    pub async fn reached_by(&self, requests: u32) {
        let mut gate = self.gate.subscribe();
        let arrived = gate.wait_for(|gate| gate.reached >= requests).await;
        arrived.expect("this hold keeps the sender alive");
    }

    /// How many requests have come to the gate.
    pub fn reached_count(&self) -> u32 {
        self.gate.borrow().reached
    }

    /// Opens the gate for good, for those that wait and those that are still to come.
    pub fn release(&self) {
        self.gate.send_modify(|gate| gate.released = true);
    }

    /// Whether the gate is open.
    pub fn is_released(&self) -> bool {
        self.gate.borrow().released
    }

    /// A request comes to the gate and waits.
    pub(crate) async fn pass(&self) {
        let mut gate = self.gate.subscribe();
        self.gate.send_modify(|gate| gate.reached += 1);
        gate.wait_for(|gate| gate.released)
            .await
            .expect("this hold keeps the sender alive");
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hold")
            .field("id", &self.id)
            .field("at", &self.at)
            .field("gate", &*self.gate.borrow())
            .finish()
    }
}
