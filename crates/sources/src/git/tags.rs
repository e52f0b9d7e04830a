//! Tags: what was released, and up to which change.
//!
//! ```text
//! mainline   A ── B ── C ── D ── E           v2 is on the mainline and contains A to D
//!                 \         v2               v1.1 is not, and contains A and B
//! release          x ── y
//!                       v1.1
//! ```
//!
//! A tag contains a change if its commit can be reached from the tag. Of the mainline that is everything up to one
//! change; that one is found by walking from the tag until the mainline is met. What was walked once is remembered, so
//! each commit of each release branch is read once, however many tags lie on it.

use facts::{ChangeId, Facts, Omission, Omitted, Tag, Unit, time::Seconds};
use gix::{ObjectId, objs::Find as _};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    object::{CommitHeader, commit_id, tag_header},
    open::Source,
    walk::View,
};

/// Tags of tags of tags: nobody needs more.
const DEEPEST: usize = 8;

/// The tags of a repository.
#[derive(Clone, Debug, Default)]
pub struct Tagged {
    /// In the order of time, then name.
    pub tags: Vec<Tag>,
    /// What could not be followed.
    pub ledger: Vec<Omission>,
}

/// Reads every tag below `refs/tags`, annotated or not, loose or packed, and which of the changes each contains.
pub fn read_tags(source: &Source, facts: &Facts) -> Tagged {
    let mut repository = source.repository.to_thread_local();
    repository.object_cache_size_if_unset(4 << 20);
    let mut reader = Reader { view: View::new(&repository), repository: &repository, buffer: Vec::new() };
    let mut names: Vec<(String, ObjectId)> = Vec::new();
    let mut lost = 0;
    let references = repository.references();
    for reference in references.iter().filter_map(|all| all.tags().ok()).flatten() {
        let named = reference.ok().and_then(|reference| {
            let name = String::from_utf8_lossy(reference.name().shorten()).into_owned();
            Some((name, reference.try_id()?.detach()))
        });
        match named {
            Some(named) => names.push(named),
            None => lost += 1,
        }
    }
    let mut reach = Reach::new(&mut reader, source.head, facts);
    let mut tags = Vec::with_capacity(names.len());
    for (name, id) in names {
        match reach.reader.peel(id) {
            Some((commit, at)) => tags.push(Tag {
                name,
                commit: commit_id(&commit),
                at,
                contains: reach.last_change(commit),
                on_mainline: reach.mainline.contains_key(&commit),
            }),
            None => lost += 1,
        }
    }
    tags.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.name.cmp(&b.name)));
    let why = "tags name no commit, or one that is missing or damaged";
    let ledger =
        if lost > 0 { vec![Omission::new(Omitted::UnreadableObjects, lost, why)] } else { Vec::new() };
    Tagged { tags, ledger }
}

/// Reads objects as far as tags need them.
struct Reader<'r> {
    repository: &'r gix::Repository,
    view: View,
    buffer: Vec<u8>,
}

impl Reader<'_> {
    /// The commit an object leads to, and when it was tagged: by the outermost tag that says so, else the commit's date.
    fn peel(&mut self, id: ObjectId) -> Option<(ObjectId, Seconds)> {
        let (mut id, mut tagged_at) = (id, None);
        for _ in 0..DEEPEST {
            let object = self.repository.objects.try_find(&id, &mut self.buffer).ok()??;
            match object.kind {
                gix::objs::Kind::Commit => {
                    let committed_at = CommitHeader::parse(object.data)?.committer.at;
                    return Some((id, tagged_at.unwrap_or(committed_at)));
                }
                gix::objs::Kind::Tag => {
                    let (named, at) = tag_header(object.data)?;
                    (id, tagged_at) = (named, tagged_at.or(at));
                }
                _ => return None,
            }
        }
        None
    }

    /// The parents of a commit; none where it is missing or damaged.
    fn parents(&mut self, id: ObjectId) -> Vec<ObjectId> {
        let named = match self.repository.objects.try_find(&id, &mut self.buffer) {
            Ok(Some(object)) => CommitHeader::parse(object.data).map(|header| header.parents),
            _ => None,
        };
        self.view.parents(id, named.unwrap_or_default())
    }
}

/// Up to which change history is contained in what.
struct Reach<'a, 'r> {
    reader: &'a mut Reader<'r>,
    /// The last change that each commit of the mainline contains.
    mainline: FxHashMap<ObjectId, Option<ChangeId>>,
    /// The same for commits that were walked beside it.
    beside: FxHashMap<ObjectId, Option<ChangeId>>,
}

impl<'a, 'r> Reach<'a, 'r> {
    fn new(reader: &'a mut Reader<'r>, head: ObjectId, facts: &Facts) -> Self {
        let rows: FxHashMap<ObjectId, ChangeId> = facts
            .changes
            .ids()
            .filter_map(|row| {
                let id = facts.changes.commit[row.index()];
                Some((ObjectId::try_from(id.as_bytes()).ok()?, row))
            })
            .collect();
        // Where each commit of the mainline is a change, the changes are the mainline.
        let mainline = if facts.unit.unit == Unit::Change {
            rows.into_iter().map(|(id, row)| (id, Some(row))).collect()
        } else {
            walk(reader, head, &rows)
        };
        Self { reader, mainline, beside: FxHashMap::default() }
    }

    fn known(&self, id: &ObjectId) -> Option<Option<ChangeId>> {
        self.mainline.get(id).or_else(|| self.beside.get(id)).copied()
    }

    /// The last change that a commit contains: depth first, each commit after its parents, with a stack of its own.
    fn last_change(&mut self, commit: ObjectId) -> Option<ChangeId> {
        let mut stack: Vec<(ObjectId, Vec<ObjectId>)> = Vec::new();
        let mut entered: FxHashSet<ObjectId> = FxHashSet::default();
        if self.known(&commit).is_none() {
            entered.insert(commit);
            stack.push((commit, self.reader.parents(commit)));
        }
        while let Some((id, parents)) = stack.last() {
            let open =
                parents.iter().find(|parent| self.known(parent).is_none() && !entered.contains(*parent));
            match open.copied() {
                Some(parent) => {
                    entered.insert(parent);
                    stack.push((parent, self.reader.parents(parent)));
                }
                None => {
                    let last = parents.iter().filter_map(|parent| self.known(parent).flatten()).max();
                    self.beside.insert(*id, last);
                    stack.pop();
                }
            }
        }
        self.known(&commit).flatten()
    }
}

/// The mainline, first parents only, where not each of its commits is a change.
fn walk(
    reader: &mut Reader<'_>,
    head: ObjectId,
    rows: &FxHashMap<ObjectId, ChangeId>,
) -> FxHashMap<ObjectId, Option<ChangeId>> {
    let mut chain = Vec::new();
    let mut seen = FxHashSet::default();
    let mut next = Some(head);
    while let Some(id) = next.filter(|id| seen.insert(*id)) {
        let parents = reader.parents(id);
        next = parents.first().copied();
        chain.push((id, parents));
    }
    let mut last = None;
    let mut out = FxHashMap::default();
    for (id, parents) in chain.into_iter().rev() {
        // A merge is no change of its own, but what it brought has arrived with it.
        let brought = parents.iter().skip(1).filter_map(|parent| rows.get(parent).copied());
        last = rows.get(&id).copied().into_iter().chain(brought).chain(last).max();
        out.insert(id, last);
    }
    out
}
