//! `unsnarl init`: a manifest from what the repository shows.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use clap::Args;
use faces::draft::{self, Draft, DraftModule, DraftOwner, DraftTeam};
use facts::{FileId, Lens, Manifest, ModuleId, Structure, TeamId, globs::Glob, structure::TeamKind, time};
use measures::{Method, ownership_clarity::Stewardship};
use sources::manifest::{self, ROOT_FILE};

use super::{plural, print, write};
use crate::{
    error::Error,
    observed::Observed,
    picture::{self, Known, Look},
};

/// Arguments of `unsnarl init`.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// A directory inside a git repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Add what an existing manifest leaves out, after what is written there
    #[arg(long)]
    merge: bool,
    /// Print the manifest and write nothing
    #[arg(long)]
    stdout: bool,
    #[command(flatten)]
    look: Look,
}

impl Init {
    pub(crate) fn run(self) -> Result<(), Error> {
        self.look.must_know_names()?;
        let known = picture::learn(&self.path, &self.look, Method::Decayed)?;
        let place = known.work_tree.as_ref().map(|root| root.join(ROOT_FILE));
        let existing = place.as_ref().and_then(|place| std::fs::read_to_string(place).ok());
        if existing.is_some() && !self.merge && !self.stdout {
            return Err(Error::Exists { path: place.unwrap_or_default() });
        }
        let proposal = propose(&known);
        let tree = Observed::read(&self.path, &self.look)?;
        let (text, told) = match existing.filter(|_| self.merge) {
            None => {
                let proposal = tree.observe(proposal, &Manifest::default());
                let told = told(&proposal);
                (draft::render(&proposal), told)
            }
            Some(text) => merge(&known, &tree, &text, proposal)?,
        };
        match place {
            Some(place) if !self.stdout => {
                write(&place, &text)?;
                anstream::eprintln!("wrote {}: {told}", place.display());
                anstream::eprintln!("next: read it, take out what should not be, commit it");
                anstream::eprintln!(
                    "      unsnarl check --accept records what is broken today, unsnarl check holds it from then on"
                );
                Ok(())
            }
            _ => print(&text),
        }
    }
}

/// What an existing manifest leaves out, put after it; its text stays as it is.
fn merge(known: &Known, tree: &Observed, text: &str, mut proposal: Draft) -> Result<(String, String), Error> {
    let manifest = &known.declared.manifest;
    if !manifest.files.iter().any(|file| file == ROOT_FILE) {
        return Err(Error::Manifest { what: "the manifest has mistakes; nothing was added".into() });
    }
    let globs: Vec<Glob> = manifest
        .modules
        .iter()
        .flat_map(|module| &module.paths)
        .filter_map(|(path, _)| Glob::new(path).ok())
        .collect();
    let ids: BTreeSet<&str> = manifest.modules.iter().map(|module| module.id.as_str()).collect();
    let free = |pattern: &String| {
        let Ok(glob) = Glob::new(pattern) else { return false };
        known
            .head
            .paths()
            .iter()
            .any(|path| glob.matches(path) && !globs.iter().any(|declared| declared.matches(path)))
    };
    proposal.modules.retain(|module| !ids.contains(module.id.as_str()) && module.paths.iter().any(free));
    let declared: BTreeSet<&str> = manifest
        .teams
        .iter()
        .flat_map(|team| team.handles.iter().map(String::as_str).chain([team.id.as_str()]))
        .collect();
    let needed: BTreeSet<&str> = proposal.modules.iter().filter_map(|module| owner_of(module)).collect();
    proposal.teams.retain(|team| {
        let names = team.handles.iter().map(String::as_str).chain([team.id.as_str()]);
        needed.contains(team.id.as_str()) && !names.into_iter().any(|name| declared.contains(name))
    });
    let proposal = tree.observe(proposal, manifest);
    let told = format!("added {}", told(&proposal));
    let added = format!("{}{}", draft::teams(&proposal.teams), draft::modules(&proposal.modules));
    let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
    let merged = format!("{text}{end}{added}");
    // A manifest that writes its tables as one list cannot be added to at the end.
    match manifest::format(&merged) {
        Ok(_) => Ok((merged, told)),
        Err(why) => Err(Error::Manifest {
            what: format!("nothing can be added after what is written ({why}); write modules as [[module]]"),
        }),
    }
}

fn told(draft: &Draft) -> String {
    format!("{}, {}", plural(draft.modules.len(), "module"), plural(draft.teams.len(), "team"))
}

fn owner_of(module: &DraftModule) -> Option<&str> {
    match &module.owner {
        Some(DraftOwner::Declared { owner, .. } | DraftOwner::Steward { owner, .. }) => Some(owner),
        None => None,
    }
}

fn propose(known: &Known) -> Draft {
    let structure = &known.structure;
    let lens = Lens::new(&known.facts, structure, &structure.inferred, known.range);
    let stewardship = Stewardship::new(&lens);
    let mut ids = Ids::default();
    let mut modules = Vec::new();
    let mut owners_differ = false;
    for module in structure.module_ids() {
        let files: Vec<FileId> = known
            .facts
            .files
            .ids()
            .filter(|&file| known.facts.files.alive(file) && structure.module(file) == Some(module))
            .collect();
        if files.is_empty() {
            continue;
        }
        let owner = declared_owner(structure, &files, &mut ids)
            .or_else(|| steward(known, module, &files, &stewardship, &mut ids));
        let one = &structure.modules[module.index()];
        let declared = known.declared.manifest.modules.iter().find(|declared| declared.id == one.name);
        let (id, paths) = match declared {
            Some(declared) => {
                (one.name.clone(), declared.paths.iter().map(|(path, _)| path.clone()).collect())
            }
            None => paths_of(known, module),
        };
        let declared_by = (one.source.basis == facts::Basis::Declared).then(|| one.source.from.clone());
        owners_differ |= owner.as_ref().is_some_and(|owner| differs(structure, &files, owner, &ids));
        modules.push(DraftModule {
            id,
            paths,
            declared_by,
            owner,
            files: files.len() as u64,
            depends_on: None,
        });
    }
    let teams = ids.teams(known);
    let head = known.facts.repository.head.map(|head| head.to_string()[..12].to_owned()).unwrap_or_default();
    let day = lens.span.map(|(_, until)| format!(" ({})", time::date(until))).unwrap_or_default();
    let source = known.declared.layers.layers.iter().find(|layer| layer.dialect.name != "manifest");
    Draft {
        system: known.facts.repository.name.clone(),
        read_at: format!("commit {head}{day}"),
        declared_in: source.map(|layer| layer.dialect.file.to_owned()),
        owners_differ,
        read_in_vain: 0,
        teams,
        modules,
    }
}

/// Whether some of a module's files are declared to belong to others than its owner.
fn differs(structure: &Structure, files: &[FileId], owner: &DraftOwner, ids: &Ids) -> bool {
    let (DraftOwner::Declared { owner, .. } | DraftOwner::Steward { owner, .. }) = owner;
    let Some(declared) = structure.declared.as_ref() else { return false };
    let sets = files.iter().filter_map(|file| declared.set_of_file[file.index()]);
    sets.into_iter().any(|set| {
        let owners = &declared.sets[set as usize];
        !owners.is_empty() && !owners.iter().any(|team| ids.by_team.get(team) == Some(owner))
    })
}

/// A module's id and patterns: its directory, or everything else.
fn paths_of(known: &Known, module: ModuleId) -> (String, Vec<String>) {
    let name = known.structure.modules[module.index()].name.as_str();
    if name == facts::structure::REST {
        ("root".to_owned(), vec!["**".to_owned()])
    } else {
        (name.to_owned(), vec![format!("{name}/**")])
    }
}

/// The owners most of a module's files are declared to have.
fn declared_owner(structure: &Structure, files: &[FileId], ids: &mut Ids) -> Option<DraftOwner> {
    let declared = structure.declared.as_ref()?;
    let mut counts: BTreeMap<Option<u32>, (u64, BTreeMap<u32, u64>)> = BTreeMap::new();
    for file in files {
        let set = declared.set_of_file[file.index()];
        let (files, rules) = counts.entry(set).or_default();
        *files += 1;
        if let Some(rule) = declared.rule_of_file[file.index()] {
            *rules.entry(rule).or_default() += 1;
        }
    }
    let (set, (owned, rules)) = counts
        .iter()
        .filter(|(set, _)| set.is_some())
        .max_by_key(|(set, (files, _))| (*files, std::cmp::Reverse(**set)))
        .map(|(set, count)| (set.unwrap_or_default(), count))?;
    // Where most files belong to nobody, nobody owns the module.
    if *owned * 2 < files.len() as u64 {
        return None;
    }
    let owners = &declared.sets[set as usize];
    let first = owners
        .iter()
        .copied()
        .find(|owner| structure.teams[owner.index()].kind == TeamKind::Team)
        .or(owners.first().copied())?;
    let rule = rules
        .iter()
        .max_by_key(|(rule, files)| (**files, std::cmp::Reverse(**rule)))
        .map(|(rule, _)| &declared.rules[*rule as usize]);
    let name = |team: &TeamId| structure.teams[team.index()].name.clone();
    let mut others: Vec<(String, u64)> = counts
        .iter()
        .filter(|(other, _)| **other != Some(set))
        .map(|(other, (files, _))| {
            let names = other
                .map(|set| declared.sets[set as usize].iter().map(name).collect::<Vec<_>>().join(" or "));
            (names.unwrap_or_default(), *files)
        })
        .collect();
    others.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Some(DraftOwner::Declared {
        owner: ids.of(structure, first),
        by: rule.map_or(String::new(), |rule| format!("{}:{}", rule.file, rule.line)),
        files: *owned,
        alternatives: owners.iter().filter(|owner| **owner != first).map(name).collect(),
        others,
    })
}

fn steward(
    known: &Known,
    module: ModuleId,
    files: &[FileId],
    stewardship: &Stewardship<'_>,
    ids: &mut Ids,
) -> Option<DraftOwner> {
    let [team] = known.structure.inferred.owners(*files.first()?) else { return None };
    let (work, changes) = stewardship.work(module);
    let share = work[team.index()];
    (changes > 0 && share > 0.0).then(|| DraftOwner::Steward {
        owner: ids.of(&known.structure, *team),
        share,
        changes,
    })
}

/// Teams that are named, with ids a person can type.
#[derive(Default)]
struct Ids {
    by_team: BTreeMap<TeamId, String>,
    taken: BTreeSet<String>,
}

impl Ids {
    fn of(&mut self, structure: &Structure, team: TeamId) -> String {
        if let Some(id) = self.by_team.get(&team) {
            return id.clone();
        }
        let one = &structure.teams[team.index()];
        let id = match one.kind {
            // A person owns under the name the ownership file gives.
            TeamKind::Person => one.name.clone(),
            TeamKind::Team => {
                let short =
                    one.name.trim_start_matches('@').rsplit(['/', ':']).next().unwrap_or_default().to_owned();
                if self.taken.contains(&short) { one.name.clone() } else { short }
            }
            TeamKind::Group => {
                let first = one.name.strip_prefix("group ").unwrap_or(&one.name);
                let first = first.split(" + ").next().unwrap_or(first);
                let stem: String = first.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
                let stem = stem.trim_matches('-').to_lowercase();
                let mut id = format!("{stem}-people");
                while self.taken.contains(&id) {
                    id.push('+');
                }
                id
            }
        };
        self.taken.insert(id.clone());
        self.by_team.insert(team, id.clone());
        id
    }

    fn teams(&self, known: &Known) -> Vec<DraftTeam> {
        let structure = &known.structure;
        let mut teams: Vec<DraftTeam> = self
            .by_team
            .iter()
            .filter(|(team, _)| structure.teams[team.index()].kind != TeamKind::Person)
            .map(|(&team, id)| {
                let one = &structure.teams[team.index()];
                let group = one.kind == TeamKind::Group;
                let declared = known.declared.manifest.teams.iter().find(|declared| declared.id == one.name);
                DraftTeam {
                    id: id.clone(),
                    handles: match declared {
                        Some(declared) => declared.handles.clone(),
                        None if !group && *id != one.name => vec![one.name.clone()],
                        None => Vec::new(),
                    },
                    members: match declared {
                        Some(declared) => {
                            declared.members.iter().map(|member| member.person.clone()).collect()
                        }
                        None if group => members(known, team),
                        None => listed(known, &one.name),
                    },
                    guess: group.then(|| {
                        "these people change the same parts of the code; find the name they go by".to_owned()
                    }),
                }
            })
            .collect();
        teams.sort_by(|a, b| a.id.cmp(&b.id));
        teams
    }
}

/// The members an ownership file gives a name that stands for several, written as accounts where they are.
fn listed(known: &Known, name: &str) -> Vec<String> {
    let layers = known.declared.layers.layers.iter();
    let mut groups =
        layers.filter_map(|layer| Some((layer.dialect.name, layer.resolver.rules().groups.get(name)?)));
    let Some((dialect, members)) = groups.next() else { return Vec::new() };
    let account =
        |member: &String| if dialect == "kubernetes" { format!("@{member}") } else { member.clone() };
    members.iter().map(account).collect()
}

/// A group's people, by name where that means one person, else by address; in alphabetical order.
fn members(known: &Known, team: TeamId) -> Vec<String> {
    let people = &known.facts.people;
    let mut uses: BTreeMap<String, u32> = BTreeMap::new();
    for person in people.ids() {
        *uses.entry(people.name[person.index()].to_lowercase()).or_default() += 1;
    }
    let mut names: Vec<String> = known
        .structure
        .memberships
        .iter()
        .filter(|one| one.team == team)
        .map(|one| {
            let name = &people.name[one.person.index()];
            let alone = uses.get(&name.to_lowercase()) == Some(&1) && !name.is_empty();
            let email = people.emails[one.person.index()].first();
            if alone { name.clone() } else { email.cloned().unwrap_or_else(|| name.clone()) }
        })
        .collect();
    names.sort_by_key(|name| name.to_lowercase());
    names
}
