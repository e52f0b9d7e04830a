//! What a change is compared with: the commit it left its base at.

use facts::CommitId;

use super::{
    object::commit_id,
    open::{OpenError, Source, revision},
};

/// Why there is nothing to compare with.
#[derive(Debug, thiserror::Error)]
pub enum BaseError {
    /// The base names nothing.
    #[error("failed to find the base `{revision}`: {why}")]
    NoSuchBase {
        /// As given.
        revision: String,
        /// What went wrong.
        why: String,
        /// Whether history is cut off in this clone.
        shallow: bool,
    },
    /// The base and where history ends have no commit in common, as far as this clone knows.
    #[error("`{revision}` and HEAD have no common ancestor{}", if *shallow { " in this shallow clone" } else { "" })]
    NoCommonAncestor {
        /// As given.
        revision: String,
        /// Whether history is cut off in this clone.
        shallow: bool,
        /// Whether HEAD is a merge whose first parent is here: then that is a base, too.
        merge: bool,
    },
}

impl BaseError {
    /// What to do about it; can be pasted where it is a command.
    pub fn hint(&self) -> String {
        match self {
            Self::NoSuchBase { shallow: false, revision, .. } => {
                let branch = revision.strip_prefix("origin/").unwrap_or(revision);
                if is_branch_name(branch) {
                    format!("git fetch origin {branch}")
                } else {
                    "name a branch or a commit, as --diff origin/main; git log --oneline -5 shows recent commits".into()
                }
            }
            Self::NoSuchBase { shallow: true, .. } | Self::NoCommonAncestor { shallow: true, merge: false, .. } => {
                "git fetch --unshallow origin (in CI: fetch-depth: 0 on GitHub, GIT_DEPTH: 0 on GitLab); for a pull request's merge commit two commits are enough: fetch-depth: 2, and --diff HEAD^".into()
            }
            Self::NoCommonAncestor { shallow: true, merge: true, .. } => {
                "HEAD is a merge whose first parent is here: --diff HEAD^; else fetch-depth: 0 (git fetch --unshallow origin)".into()
            }
            Self::NoCommonAncestor { shallow: false, .. } => {
                "name a branch or commit this one was made from, as --diff origin/main".into()
            }
        }
    }
}

/// Whether a branch may be called that, and no commit is: such a name can be fetched.
fn is_branch_name(name: &str) -> bool {
    let hexadecimal = name.len() >= 7 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parts =
        ["HEAD", "@"].contains(&name) || name.starts_with('-') || name.contains("..") || name.contains("@{");
    let odd = |c: char| c.is_whitespace() || c.is_control() || "~^:?*[\\'\"`$;&|<>()!".contains(c);
    !name.is_empty() && !hexadecimal && !parts && !name.contains(odd)
}

/// The best common ancestor of `base` and where history ends.
pub fn merge_base(source: &Source, base: &str) -> Result<CommitId, BaseError> {
    let mut repository = source.repository.to_thread_local();
    repository.object_cache_size_if_unset(4 << 20);
    let shallow = source.shallow;
    let base_id = revision(&repository, base).map_err(|error| BaseError::NoSuchBase {
        revision: base.to_owned(),
        why: match error {
            OpenError::NoSuchRevision { why, .. } => why,
            other => other.to_string(),
        },
        shallow,
    })?;
    if let Ok(Some(common)) = repository.merge_base(base_id, source.head) {
        return Ok(commit_id(&common.detach()));
    }
    let parents = repository.find_commit(source.head).map(|commit| commit.parent_ids().collect::<Vec<_>>());
    let merge = parents.is_ok_and(|parents| {
        parents.len() > 1 && parents.first().is_some_and(|parent| repository.has_object(parent.detach()))
    });
    Err(BaseError::NoCommonAncestor { revision: base.to_owned(), shallow, merge })
}
