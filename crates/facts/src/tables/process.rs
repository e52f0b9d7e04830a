//! Process as it stood: what was written for changes to pass, version by version.

use crate::ChangeId;

/// What ownership files and manifests asked, from one change on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessVersion {
    /// The change that wrote it; it holds from the next one on.
    pub change: ChangeId,
    /// Rules of ownership files, and modules a manifest gives an owner.
    pub ownership_rules: u32,
    /// Distinct owners they name, as written.
    pub owners: u32,
    /// Rules of a manifest, on dependencies and on change.
    pub manifest_rules: u32,
}
