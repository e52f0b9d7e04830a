//! What of a repository a forge would name: its address there, and the branches that were merged.

use facts::{ChangeId, CommitId, Facts};
use gix::ObjectId;
use rustc_hash::FxHashMap;

use super::{Source, object};

/// Remotes that name the repository itself rather than somebody's copy, the surest first.
const REMOTES: [&str; 2] = ["upstream", "origin"];

impl Source {
    /// What its remote calls it, `owner/name`; `None` without a remote, or with one in the file system.
    pub fn forge_name(&self) -> Option<String> {
        let repository = self.repository.to_thread_local();
        let configuration = repository.config_snapshot();
        let url = |remote: &str| Some(configuration.string(&format!("remote.{remote}.url"))?.to_string());
        name_in(&REMOTES.into_iter().find_map(url)?)
    }

    /// The last commits of merged branches, and the change each became.
    pub fn merged_tips(&self, facts: &Facts) -> FxHashMap<CommitId, ChangeId> {
        let repository = self.repository.to_thread_local();
        let tips = facts.changes.ids().flat_map(|change| {
            let merge = ObjectId::try_from(facts.changes.commit[change.index()].as_bytes()).ok();
            let commit = merge.and_then(|merge| repository.find_commit(merge).ok());
            let parents: Vec<ObjectId> = commit
                .map(|commit| commit.parent_ids().skip(1).map(gix::Id::detach).collect())
                .unwrap_or_default();
            parents.into_iter().map(move |parent| (object::commit_id(&parent), change))
        });
        tips.collect()
    }
}

/// `owner/name` in the address of a remote: `https://host/owner/name.git`, `git@host:owner/name`.
fn name_in(url: &str) -> Option<String> {
    let path = match url.split_once("://") {
        Some(("file", _)) => return None,
        Some((_, rest)) => rest.split_once('/')?.1,
        None => {
            let (host, path) = url.split_once(':')?;
            if host.contains('/') {
                return None;
            }
            path
        }
    };
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    (path.split('/').count() >= 2 && path.split('/').all(|part| !part.is_empty())).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remotes_name_repositories() {
        for (url, name) in [
            ("https://github.com/a/b.git", Some("a/b")),
            ("https://user:secret@gitlab.example/g/s/p", Some("g/s/p")),
            ("git@github.com:a/b.git", Some("a/b")),
            ("ssh://git@github.com/a/b/", Some("a/b")),
            ("file:///home/a/b", None),
            ("/home/a/b", None),
            ("../b", None),
            ("https://github.com/", None),
        ] {
            assert_eq!(name_in(url).as_deref(), name, "{url}");
        }
    }
}
