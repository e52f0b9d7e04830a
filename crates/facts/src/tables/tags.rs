//! `tags`: what was released, as far as tags tell.

use super::CommitId;
use crate::{ChangeId, time::Seconds};

/// One tag that names a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its name without `refs/tags/`; untrusted text.
    pub name: String,
    /// The commit it names.
    pub commit: CommitId,
    /// When it was made: the tagger's date, else the commit's.
    pub at: Seconds,
    /// The last change it contains: this one and every earlier row are in it. `None` where it has no part in the
    /// mainline.
    pub contains: Option<ChangeId>,
    /// Whether its commit is one of the mainline; else it lies on a branch that left it.
    pub on_mainline: bool,
}
