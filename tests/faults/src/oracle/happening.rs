//! What happened to the phones of a run, so that a run without a broken promise can be seen to have
//! met what might have broken it.

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Happening {
    /// A process of the app was ended at any point.
    Killed,
    /// A process was stopped by the system.
    Stopped,
    /// The server carried out a refresh, and its answer was not heard.
    AnswerLost,
    /// The store refused a write.
    WriteRefused,
    /// The store was locked when it was read or written.
    Locked,
    /// Wall time was moved.
    ClockMoved,
    /// A refresh was under way while another process of the app was alive.
    Beside,
}

impl Happening {
    /// Every one, in the order of the report.
    pub const ALL: [Self; 7] = [
        Self::Killed,
        Self::Stopped,
        Self::AnswerLost,
        Self::WriteRefused,
        Self::Locked,
        Self::ClockMoved,
        Self::Beside,
    ];

    /// What it is.
    pub fn words(self) -> &'static str {
        match self {
            Self::Killed => "processes killed",
            Self::Stopped => "processes stopped",
            Self::AnswerLost => "refreshes carried out whose answer was lost",
            Self::WriteRefused => "writes that the store refused",
            Self::Locked => "calls of a locked store",
            Self::ClockMoved => "clocks moved",
            Self::Beside => "refreshes beside another process",
        }
    }
}
