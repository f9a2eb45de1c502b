//! How far a fact about ClearPass can be trusted.

/// Where a fact is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Vendor,
    Observed,
    Library,
    Clients,
    Inference,
    Unknown,
    Simulator,
}

impl Source {
    pub(crate) const ALL: [Self; 7] = [
        Self::Vendor,
        Self::Observed,
        Self::Library,
        Self::Clients,
        Self::Inference,
        Self::Unknown,
        Self::Simulator,
    ];

    /// The tag in plain words.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Vendor => "vendor",
            Self::Observed => "seen live",
            Self::Library => "upstream library",
            Self::Clients => "published clients",
            Self::Inference => "inferred",
            Self::Unknown => "not known",
            Self::Simulator => "this simulator",
        }
    }

    /// What the word means.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Vendor => "HPE Aruba's own documents, guides and code say so.",
            Self::Observed => "Somebody saw it on a live ClearPass and says so.",
            Self::Library => {
                "Read in the source of the libraries that ClearPass' API seems to be built on. It holds as far as ClearPass kept their ways."
            }
            Self::Clients => "Published programs that talk to ClearPass send or expect it.",
            Self::Inference => "Concluded from the others, seen by nobody.",
            Self::Unknown => "Found nowhere. The simulator had to choose, or has a switch.",
            Self::Simulator => "A choice or a wording of this simulator.",
        }
    }
}
