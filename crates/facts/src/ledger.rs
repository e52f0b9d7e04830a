//! The ledger: what was filtered, skipped or unknown, with the reason.

/// Why something does not count, by kind. The kind is stable; the sentence beside it is for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Omitted {
    /// Changes by bots alone.
    BotChanges,
    /// Changes over the bulk limit.
    BulkChanges,
    /// Commits named in `.git-blame-ignore-revs`.
    IgnoredRevisions,
    /// Merge commits that stand for no change of their own in this unit.
    MergeCommits,
    /// Changes that touch no file.
    EmptyChanges,
    /// Changes outside `--since` / `--until`.
    OutsideRange,
    /// Changes whose date cannot be true.
    ImplausibleDates,
    /// Commits at the boundary of a shallow clone.
    ShallowBoundary,
    /// Blobs that are not in the object store.
    MissingBlobs,
    /// Trees or commits that are not in the object store.
    MissingTrees,
    /// Rename pairs not compared for the budget.
    RenamesOverBudget,
    /// Objects that could not be decoded.
    UnreadableObjects,
    /// Lines of an ownership file that could not be understood.
    OwnershipLines,
    /// Ownership files that were found but not used.
    OwnershipFiles,
    /// Mistakes in a manifest.
    Manifest,
    /// Build files that could not be understood.
    BuildFiles,
    /// Paths without a module.
    PathsWithoutModule,
    /// Changes that touch no module.
    ChangesWithoutModule,
    /// Owners written as a person who cannot be found among those who made changes.
    OwnersNotFound,
    /// Touched paths without an owner.
    UnownedPaths,
    /// Modules with too little change to measure.
    QuietModules,
    /// People with too few changes to place in a team.
    OccasionalPeople,
    /// Changes that share no ticket with another.
    WithoutTicket,
    /// What a forge told that could not be used.
    ReviewEvents,
    /// Files passed on between people whose teams are not known.
    UnknownTeams,
    /// Touches of files that change for reasons of form.
    MechanicalTouches,
    /// The fact cache could not be used or written.
    Cache,
    /// Anything else; the sentence says what.
    Other,
}

impl Omitted {
    /// The stable name, as in JSON `ledger[].what`.
    pub fn name(self) -> &'static str {
        match self {
            Self::BotChanges => "bot-changes",
            Self::BulkChanges => "bulk-changes",
            Self::IgnoredRevisions => "ignored-revisions",
            Self::MergeCommits => "merge-commits",
            Self::EmptyChanges => "empty-changes",
            Self::OutsideRange => "outside-range",
            Self::ImplausibleDates => "implausible-dates",
            Self::ShallowBoundary => "shallow-boundary",
            Self::MissingBlobs => "missing-blobs",
            Self::MissingTrees => "missing-trees",
            Self::RenamesOverBudget => "renames-over-budget",
            Self::UnreadableObjects => "unreadable-objects",
            Self::OwnershipLines => "ownership-lines",
            Self::OwnershipFiles => "ownership-files",
            Self::Manifest => "manifest",
            Self::BuildFiles => "build-files",
            Self::PathsWithoutModule => "paths-without-module",
            Self::ChangesWithoutModule => "changes-without-module",
            Self::OwnersNotFound => "owners-not-found",
            Self::UnownedPaths => "unowned-paths",
            Self::QuietModules => "quiet-modules",
            Self::OccasionalPeople => "occasional-people",
            Self::WithoutTicket => "without-ticket",
            Self::ReviewEvents => "review-events",
            Self::UnknownTeams => "unknown-teams",
            Self::MechanicalTouches => "mechanical-touches",
            Self::Cache => "cache",
            Self::Other => "other",
        }
    }

    /// The kind of a stable name; `None` when no version of unsnarl wrote it.
    pub fn from_name(name: &str) -> Option<Self> {
        const ALL: [Omitted; 28] = [
            Omitted::BotChanges,
            Omitted::BulkChanges,
            Omitted::IgnoredRevisions,
            Omitted::MergeCommits,
            Omitted::EmptyChanges,
            Omitted::OutsideRange,
            Omitted::ImplausibleDates,
            Omitted::ShallowBoundary,
            Omitted::MissingBlobs,
            Omitted::MissingTrees,
            Omitted::RenamesOverBudget,
            Omitted::UnreadableObjects,
            Omitted::OwnershipLines,
            Omitted::OwnershipFiles,
            Omitted::Manifest,
            Omitted::BuildFiles,
            Omitted::PathsWithoutModule,
            Omitted::ChangesWithoutModule,
            Omitted::OwnersNotFound,
            Omitted::UnownedPaths,
            Omitted::QuietModules,
            Omitted::OccasionalPeople,
            Omitted::WithoutTicket,
            Omitted::ReviewEvents,
            Omitted::UnknownTeams,
            Omitted::MechanicalTouches,
            Omitted::Cache,
            Omitted::Other,
        ];
        ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Omission {
    /// The kind.
    pub what: Omitted,
    /// How many of them; the sentence names the thing counted.
    pub count: u64,
    /// One sentence: what it means for the numbers and, where there is one, the way out.
    pub why: String,
}

impl Omission {
    /// A line of the ledger.
    pub fn new(what: Omitted, count: u64, why: impl Into<String>) -> Self {
        Self { what, count, why: why.into() }
    }
}
