//! Writing ownership out in a dialect, so that reading it back gives the same owner for every path.
//!
//! What a path needs is known for every file of the tree; a dialect finds the fewest rules it can say that with.
//! [`emit`] reads its own output back and compares, path by path: what a dialect cannot say is told, never lost.

mod backstage;
mod codeowners;
mod gerrit;
mod kubernetes;
mod outline;

pub(crate) use codeowners::{github_escape, gitlab_escape};

use std::collections::{BTreeMap, BTreeSet};

use facts::Manifest;

use super::{Decision, Dialect, Layers};
use crate::tree::{Overlaid, Tree};

/// What one path needs: any of the owners of each claim.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Need {
    pub(crate) claims: Vec<NeededClaim>,
}

/// One claim of a [`Need`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NeededClaim {
    pub(crate) section: Option<String>,
    pub(crate) required: bool,
    pub(crate) approvals: u32,
    /// In the dialect's own words, sorted.
    pub(crate) owners: Vec<String>,
}

/// A dialect's files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Emitted {
    /// Content by path; an empty content means that the file goes away.
    pub files: BTreeMap<String, String>,
    /// What the dialect cannot say, each with paths it concerns.
    pub unsaid: Vec<(String, Vec<String>)>,
    /// Paths whose owner was read back and is the same.
    pub checked: u64,
}

/// Says who owns each path of `tree` in a dialect, at `place` where the dialect has one file.
pub fn emit(
    dialect: Dialect,
    place: Option<&str>,
    tree: &dyn Tree,
    layers: &Layers,
    manifest: &Manifest,
) -> Emitted {
    let names = Names { dialect: dialect.name, manifest, layers };
    let ours: BTreeSet<Vec<u8>> = places_of(dialect, tree);
    let mut emitted = Emitted::default();
    let mut unsaid: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut needs: Vec<(&[u8], Need)> = Vec::new();
    // One file that is written anew stays and keeps its owner; of many some go away.
    let stays = matches!(dialect.name, "github" | "gitlab");
    for path in tree.paths().iter().filter(|path| stays || !ours.contains(*path)) {
        let need = layers
            .decide(path)
            .map_or_else(|| Ok(Need::default()), |(at, decision)| names.need(at, &decision));
        match need {
            Ok(need) => needs.push((path, need)),
            Err(why) => {
                unsaid.entry(why).or_default().push(String::from_utf8_lossy(path).into_owned());
                needs.push((path, Need::default()));
            }
        }
    }
    let place = place
        .map(str::to_owned)
        .or_else(|| ours.iter().next().map(|path| String::from_utf8_lossy(path).into_owned()));
    emitted.files = match dialect.name {
        "github" => codeowners::github(&needs, place.as_deref().unwrap_or(".github/CODEOWNERS")),
        "gitlab" => codeowners::gitlab(&needs, place.as_deref().unwrap_or(".gitlab/CODEOWNERS")),
        "kubernetes" => kubernetes::emit(&needs, &names, &ours),
        "gerrit" => gerrit::emit(&needs),
        _ => backstage::emit(&needs),
    };
    for old in &ours {
        let path = String::from_utf8_lossy(old).into_owned();
        let new = emitted.files.entry(path.clone()).or_default();
        let stays = dialect.name == "kubernetes"
            && tree.read(old).is_ok_and(|content| kubernetes::says_so_already(&content, new));
        if stays {
            emitted.files.remove(&path);
        }
    }
    check(dialect, tree, &needs, &mut emitted, &mut unsaid);
    emitted.unsaid = unsaid.into_iter().collect();
    emitted
}

/// Files of the dialect that are there now.
fn places_of(dialect: Dialect, tree: &dyn Tree) -> BTreeSet<Vec<u8>> {
    let found = (dialect.find)(tree);
    let mut places: BTreeSet<Vec<u8>> = found.places.into_iter().collect();
    if dialect.name == "kubernetes" && !places.is_empty() && crate::tree::holds(tree, b"OWNERS_ALIASES") {
        places.insert(b"OWNERS_ALIASES".to_vec());
    }
    places
}

/// Reads what was written and compares.
fn check(
    dialect: Dialect,
    tree: &dyn Tree,
    needs: &[(&[u8], Need)],
    emitted: &mut Emitted,
    unsaid: &mut BTreeMap<String, Vec<String>>,
) {
    let contents =
        emitted.files.iter().map(|(path, content)| (path.clone().into_bytes(), content.clone().into_bytes()));
    let written = Overlaid::new(tree, contents.collect());
    let manifest = Manifest::default();
    let back = Layers::read(&written, &manifest, Some(dialect));
    let names = Names { dialect: dialect.name, manifest: &manifest, layers: &back };
    for (path, need) in needs {
        let read =
            back.decide(path).map_or_else(|| Ok(Need::default()), |(at, decision)| names.need(at, &decision));
        if read.as_ref() == Ok(need) {
            emitted.checked += 1;
        } else {
            let why = format!("{} cannot say who owns these as it is declared", dialect.title);
            unsaid.entry(why).or_default().push(String::from_utf8_lossy(path).into_owned());
        }
    }
}

/// Owners in a dialect's own words.
pub(crate) struct Names<'a> {
    dialect: &'a str,
    manifest: &'a Manifest,
    layers: &'a Layers,
}

impl Names<'_> {
    fn need(&self, at: usize, decision: &Decision) -> Result<Need, String> {
        let layer = &self.layers.layers[at];
        let rules = layer.resolver.rules();
        let mut claims = Vec::new();
        for claim in decision.claims.iter().filter(|claim| !claim.owners.is_empty()) {
            let only_gitlab_has_these = self.dialect == "gitlab" && layer.dialect.name == "gitlab";
            if !claim.required && !only_gitlab_has_these {
                continue;
            }
            let mut owners: Vec<String> = rules
                .names_of(&claim.owners)
                .into_iter()
                .map(|name| self.owner(name))
                .collect::<Result<Vec<_>, _>>()?
                .concat();
            owners.sort();
            owners.dedup();
            let section = rules.rules[claim.rule as usize].section.clone().filter(|_| only_gitlab_has_these);
            let approvals = if only_gitlab_has_these { claim.approvals } else { 1 };
            claims.push(NeededClaim { section, required: claim.required, approvals, owners });
        }
        claims.sort();
        if claims.len() > 1 && self.dialect != "gitlab" {
            return Err("paths that several sections must agree to: only GitLab can say that".to_owned());
        }
        Ok(Need { claims })
    }

    /// One owner in the dialect's words; several where it can only list a team's members.
    fn owner(&self, name: &str) -> Result<Vec<String>, String> {
        let team = self
            .manifest
            .teams
            .iter()
            .find(|team| team.id == name || team.handles.iter().any(|handle| handle == name));
        let mut candidates: Vec<&str> = vec![name];
        candidates.extend(team.iter().flat_map(|team| team.handles.iter().map(String::as_str)));
        let members: Vec<String> = match team {
            Some(team) => team.members.iter().map(|member| member.person.clone()).collect(),
            None => self.members(name).to_vec(),
        };
        let email = |text: &str| -> Option<String> {
            let text = text
                .split_once('<')
                .and_then(|(_, rest)| rest.split_once('>'))
                .map_or(text, |(address, _)| address);
            let (local, host) = text.split_once('@')?;
            (!local.is_empty() && host.contains('.') && !text.contains(char::is_whitespace))
                .then(|| text.to_owned())
        };
        let account = |text: &str| {
            let login = text.strip_prefix('@').unwrap_or(text);
            let fits =
                !login.is_empty() && login.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
            fits.then(|| login.to_owned())
        };
        let accounts = |members: &[String]| -> Option<Vec<String>> {
            let all: Option<Vec<String>> = members.iter().map(|member| account(member)).collect();
            all.filter(|all| !all.is_empty())
        };
        // OWNERS name accounts without `@`, and aliases for several of them.
        let bare =
            self.layers.layers.iter().any(|layer| layer.dialect.name == "kubernetes") && team.is_none();
        let found = match self.dialect {
            "github" | "gitlab" if bare => {
                let logins = if members.is_empty() {
                    account(name).map(|login| vec![login])
                } else {
                    accounts(&members)
                };
                logins.map(|logins| logins.iter().map(|login| format!("@{login}")).collect())
            }
            "github" | "gitlab" => {
                let handle =
                    candidates.iter().find(|one| one.starts_with('@') && !one.contains(char::is_whitespace));
                handle
                    .map(|handle| vec![(*handle).to_owned()])
                    .or_else(|| email(name).map(|email| vec![email]))
            }
            "kubernetes" => {
                let is_team = team.is_some() || name.contains('/') || !members.is_empty();
                let short = |text: &str| {
                    account(text.rsplit('/').next().unwrap_or_default())
                        .map(|login| vec![login.to_lowercase()])
                };
                // A team is an alias, and an alias must have members.
                if is_team { accounts(&members).and_then(|_| short(name)) } else { short(name) }
            }
            "gerrit" if name == "*" => Some(vec!["*".to_owned()]),
            "gerrit" => email(name).map(|email| vec![email]),
            _ => {
                let reference = |text: &str| {
                    if team.is_none() && text.starts_with('@') && !text.contains('/') {
                        return Some(format!("user:default/{}", account(text)?.to_lowercase()));
                    }
                    let text = text.strip_prefix('@').unwrap_or(text);
                    if text.contains(':') {
                        return Some(text.to_lowercase());
                    }
                    let text = text.rsplit('/').next().unwrap_or_default().to_lowercase();
                    let fits = !text.is_empty()
                        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
                    fits.then(|| format!("group:default/{text}"))
                };
                reference(name).map(|reference| vec![reference])
            }
        };
        // Where the dialect has no word for a team, its members have one each or nothing can be said.
        let listed = || {
            let word = |member: &String| match self.dialect {
                "github" | "gitlab" if member.starts_with('@') => {
                    account(member).map(|login| format!("@{login}"))
                }
                "github" | "gitlab" | "gerrit" => email(member),
                _ => None,
            };
            let words: Option<Vec<String>> = members.iter().map(word).collect();
            words.filter(|words| !words.is_empty())
        };
        found.or_else(listed).ok_or_else(|| {
            let wants = match self.dialect {
                "github" => "an @user, @org/team or e-mail address",
                "gitlab" => "an @user, @group or e-mail address",
                "gerrit" => "an e-mail address, or members with one",
                "kubernetes" => "an account, or members with accounts",
                _ => "a name of letters, digits and -_.",
            };
            format!(
                "owner `{name}` has no name {} knows: {wants} (a [[team]] in unsnarl.toml gives it one)",
                self.dialect
            )
        })
    }

    /// Members of a name that stands for several.
    fn members(&self, name: &str) -> &[String] {
        let groups = self.layers.layers.iter().filter_map(|layer| layer.resolver.rules().groups.get(name));
        groups.map(Vec::as_slice).next().unwrap_or_default()
    }

    /// Members of a team by the dialect's word for it, as accounts.
    fn accounts_of(&self, word: &str) -> Vec<String> {
        let same = |name: &str| self.owner(name).is_ok_and(|words| words == [word]);
        let team = self.manifest.teams.iter().find(|team| same(&team.id));
        let members: Vec<String> = match team {
            Some(team) => team.members.iter().map(|member| member.person.clone()).collect(),
            None => {
                let mut names =
                    self.layers.layers.iter().flat_map(|layer| layer.resolver.rules().groups.keys());
                names.find(|name| same(name)).map_or(Vec::new(), |name| self.members(name).to_vec())
            }
        };
        let accounts = members.iter().map(|member| member.strip_prefix('@').unwrap_or(member).to_lowercase());
        accounts
            .filter(|account| account.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)))
            .collect()
    }
}
