//! The pen: what each move changes in which file.

use std::collections::BTreeMap;

use facts::{
    FileId, Structure,
    manifest::DeclaredModule,
    moves::{Misfit, Move, Part, Parts},
};
use rustc_hash::FxHashMap;

use super::{
    Applied, Ground, Refused, Whole,
    back::{sets, told},
    codeowners, manifest, script,
};
use crate::{
    manifest::ROOT_FILE,
    ownership::Layers,
    structure,
    tree::{self, Overlaid},
};

/// Writes moves, one after another, and knows what they stand for so far.
pub(super) struct Pen<'a> {
    ground: &'a Ground<'a>,
    parts: Parts<'a>,
    living: Vec<(String, FileId)>,
    /// The structure that what is written so far stands for.
    structure: Structure,
    edited: BTreeMap<String, String>,
    script: Vec<script::Step>,
    unsaid: Vec<String>,
    /// Of the move that is written, from 1.
    pub(super) number: usize,
}

impl<'a> Pen<'a> {
    pub(super) fn new(ground: &'a Ground<'a>) -> Result<Self, Refused> {
        if ground.structure.declared.is_none() {
            let why = "nobody is declared to own anything here, so there is nobody to write down".to_owned();
            return Err(Refused { number: 0, why });
        }
        // What is written is what is declared, whether or not that tells who must talk to whom.
        let structure = Structure { declared_cannot_tell: None, ..ground.structure.clone() };
        let facts = ground.facts;
        let mut living: Vec<(String, FileId)> = facts
            .files
            .ids()
            .filter(|&file| facts.files.alive(file))
            .map(|file| (facts.paths.text(facts.files.path[file.index()]), file))
            .collect();
        living.sort();
        Ok(Self {
            ground,
            parts: Parts::new(facts),
            living,
            structure,
            edited: BTreeMap::new(),
            script: Vec::new(),
            unsaid: Vec::new(),
            number: 0,
        })
    }

    fn refuse<T>(&self, why: impl Into<String>) -> Result<T, Refused> {
        Err(Refused { number: self.number, why: why.into() })
    }

    fn cannot_say(&mut self, why: impl Into<String>) {
        self.unsaid.push(format!("move {}: {}", self.number, why.into()));
    }

    pub(super) fn write(&mut self, one: &Move) -> Result<(), Refused> {
        let next = self.after(one)?;
        match one {
            Move::Give { part, team } => self.give(part, team, next),
            Move::Share { part, team } => self.share(part, team, next),
            Move::Relocate { part, module } => self.relocate(part, module, next),
            Move::Split { part, name, team } => self.split(part, name, team.as_deref(), next),
            Move::Merge { module, into } => self.merge(module, into, next),
            Move::Interface { module, files } => self.interface(module, files),
        }
    }

    fn give(&mut self, part: &Part, team: &str, next: Structure) -> Result<(), Refused> {
        let owner = self.owner(team)?;
        if !self.manifest_owns() {
            let lines = [codeowners::Target {
                files: self.files(part)?,
                wholes: self.wholes(part)?,
                owners: vec![owner],
            }];
            return self.lines(&lines, next);
        }
        if let Part::Module(name) = part
            && let Some((file, _)) = self.declared(name)
        {
            self.structure = next;
            return self.edit(&file, |edit| edit.set_owner(name, &owner));
        }
        // A manifest gives owners to modules, so what is given becomes one.
        let name = match part {
            Part::Module(name) => name.clone(),
            Part::Directory(path) => self.free_name(path),
            Part::Files(paths) => {
                self.free_name(paths[0].rsplit_once('/').map_or("files", |(above, _)| above))
            }
        };
        let globs: Vec<String> = self.wholes(part)?.iter().map(Whole::glob).collect();
        self.structure = match part {
            Part::Module(_) => next,
            _ => self.after(&Move::Split {
                part: part.clone(),
                name: name.clone(),
                team: Some(team.to_owned()),
            })?,
        };
        self.edit(ROOT_FILE, |edit| edit.add_module(&name, &globs, Some(&owner)))
    }

    fn share(&mut self, part: &Part, team: &str, next: Structure) -> Result<(), Refused> {
        if self.manifest_owns() {
            self.cannot_say(format!("a manifest names one owner for a module; {team} is not added"));
            return Ok(());
        }
        let further = self.owner(team)?;
        let mut by_owners: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
        let layers = self.layers();
        for at in self.files(part)? {
            let Some((layer, decision)) = layers.decide(self.living[at].0.as_bytes()) else { continue };
            let rules = layers.layers[layer].resolver.rules();
            let claims: Vec<_> =
                decision.claims.iter().filter(|one| one.required && !one.owners.is_empty()).collect();
            let [claim] = claims.as_slice() else {
                if claims.is_empty() {
                    continue;
                }
                return self
                    .refuse("several sections must agree to a file of it; write the further owner by hand");
            };
            let mut owners: Vec<String> =
                rules.names_of(&claim.owners).iter().map(|name| (*name).to_owned()).collect();
            owners.push(further.clone());
            by_owners.entry(owners).or_default().push(at);
        }
        drop(layers);
        let targets: Vec<_> = by_owners
            .into_iter()
            .map(|(owners, files)| {
                let wholes = self.wholes_of(&files);
                codeowners::Target { files, wholes, owners }
            })
            .collect();
        self.lines(&targets, next)
    }

    fn relocate(&mut self, part: &Part, module: &str, next: Structure) -> Result<(), Refused> {
        let files = self.files(part)?;
        let steps = script::steps(part, module, &self.ground.declared.manifest, &self.living);
        if !self.has_manifest() {
            match steps {
                Ok(steps) => {
                    self.say_who_owns(&steps, &files, &next);
                    self.script.extend(steps);
                }
                Err(why) => self.cannot_say(why),
            }
            return Ok(());
        }
        let globs: Vec<String> = self.wholes(part)?.iter().map(Whole::glob).collect();
        self.put_into(module, &globs)?;
        if let Ok(steps) = steps {
            self.script.extend(steps);
        }
        self.settle(files, module, next)
    }

    fn split(&mut self, part: &Part, name: &str, team: Option<&str>, next: Structure) -> Result<(), Refused> {
        let files = self.files(part)?;
        let owner = team.map(|team| self.owner(team)).transpose()?;
        if self.has_manifest() {
            let globs: Vec<String> = self.wholes(part)?.iter().map(Whole::glob).collect();
            let named = match (&owner, self.manifest_owns()) {
                (_, false) => None,
                (Some(owner), true) => Some(owner.clone()),
                // What a module of its own inherits from nobody is written down.
                (None, true) => self.one_owner(&files)?,
            };
            self.edit(ROOT_FILE, |edit| edit.add_module(name, &globs, named.as_deref()))?;
        } else {
            self.cannot_say(format!("no manifest names modules, so that {name} is one is not written (unsnarl init writes a manifest)"));
        }
        match owner {
            Some(owner) if !self.manifest_owns() => {
                let wholes = self.wholes(part)?;
                let next = if self.has_manifest() {
                    next
                } else {
                    let team = team.unwrap_or_default().to_owned();
                    self.after(&Move::Give { part: part.clone(), team })?
                };
                self.lines(&[codeowners::Target { files, wholes, owners: vec![owner] }], next)
            }
            _ => {
                if self.has_manifest() {
                    self.structure = next;
                }
                Ok(())
            }
        }
    }

    fn merge(&mut self, module: &str, into: &str, next: Structure) -> Result<(), Refused> {
        let part = Part::Module(module.to_owned());
        let files = self.files(&part)?;
        if !self.has_manifest() {
            self.cannot_say(format!("no manifest names modules, so that {module} is a part of {into} is not written; who owns it is"));
            let modules = self.structure.module_of_file.clone();
            return self.settle(files, into, Structure { module_of_file: modules, ..next });
        }
        let own = self.declared(module);
        let globs: Vec<String> = match &own {
            Some((_, own)) => own.paths.iter().map(|(path, _)| path.clone()).collect(),
            None => self.wholes(&part)?.iter().map(Whole::glob).collect(),
        };
        self.put_into(into, &globs)?;
        if let Some((file, own)) = own {
            self.edit(&file, |edit| edit.remove(module))?;
            for file in self.ground.declared.manifest.files.clone() {
                self.edit(&file, |edit| edit.rename(module, into))?;
            }
            if !own.interface.is_empty() || own.layer.is_some() {
                self.cannot_say(format!(
                    "the interface and the layer of {module} are gone with it; see whether {into} wants them"
                ));
            }
        }
        self.settle(files, into, next)
    }

    fn interface(&mut self, module: &str, files: &[String]) -> Result<(), Refused> {
        if files.is_empty() {
            // An interface of no file would say that there is none.
            self.cannot_say(format!(
                "name the files others shall use of {module} under `interface` once they are written"
            ));
            return Ok(());
        }
        if !self.has_manifest() {
            self.cannot_say(format!(
                "no manifest is there to hold an interface of {module} (unsnarl init writes one)"
            ));
            return Ok(());
        }
        match self.declared(module) {
            Some((file, _)) => self.edit(&file, |edit| edit.set_interface(module, files)),
            None => {
                let globs: Vec<String> =
                    self.wholes(&Part::Module(module.to_owned()))?.iter().map(Whole::glob).collect();
                let owner = if self.manifest_owns() {
                    self.one_owner(&self.files(&Part::Module(module.to_owned()))?)?
                } else {
                    None
                };
                self.edit(ROOT_FILE, |edit| {
                    edit.add_module(module, &globs, owner.as_deref())?;
                    edit.set_interface(module, files)
                })
            }
        }
    }

    /// Patterns become a module's, which is declared where it was not.
    fn put_into(&mut self, module: &str, globs: &[String]) -> Result<(), Refused> {
        if let Some((file, _)) = self.declared(module) {
            return self.edit(&file, |edit| edit.add_paths(module, globs));
        }
        let part = Part::Module(module.to_owned());
        let own: Vec<String> = self.wholes(&part)?.iter().map(Whole::glob).collect();
        let owner = if self.manifest_owns() { self.one_owner(&self.files(&part)?)? } else { None };
        self.edit(ROOT_FILE, |edit| {
            edit.add_module(module, &[own.as_slice(), globs].concat(), owner.as_deref())
        })
    }

    /// Files get the owners of a module they now belong to, where a manifest does not say so by itself.
    fn settle(&mut self, files: Vec<usize>, module: &str, next: Structure) -> Result<(), Refused> {
        if self.manifest_owns() {
            self.structure = next;
            return Ok(());
        }
        let differs =
            |&at: &usize| sets(&next, self.living[at].1) != sets(&self.structure, self.living[at].1);
        let files: Vec<usize> = files.into_iter().filter(differs).collect();
        let Some(&first) = files.first() else {
            self.structure = next;
            return Ok(());
        };
        let wanted = sets(&next, self.living[first].1);
        // Somebody wrote these owners down already; the words are theirs.
        let layers = self.layers();
        let named = self.living.iter().find_map(|(path, file)| {
            if sets(&self.structure, *file) != wanted {
                return None;
            }
            let (layer, decision) = layers.decide(path.as_bytes())?;
            let rules = layers.layers[layer].resolver.rules();
            let mut claims = decision.claims.iter().filter(|one| one.required && !one.owners.is_empty());
            let claim = claims.next().filter(|_| claims.next().is_none())?;
            Some(rules.names_of(&claim.owners).iter().map(|name| (*name).to_owned()).collect::<Vec<String>>())
        });
        drop(layers);
        let Some(owners) = named else {
            return self.refuse(format!(
                "who owns {module} is not said by one line, so that it cannot be said of more"
            ));
        };
        let wholes = self.wholes_of(&files);
        self.lines(&[codeowners::Target { files, wholes, owners }], next)
    }

    /// Lines of an ownership file for these.
    fn lines(&mut self, targets: &[codeowners::Target], next: Structure) -> Result<(), Refused> {
        let layer = self.ground.declared.layers.layers.first();
        let Some((dialect, place)) =
            layer.and_then(|layer| Some((layer.dialect, layer.found.places.first()?.clone())))
        else {
            return self.refuse("no file here says who owns anything");
        };
        let place = String::from_utf8_lossy(&place).into_owned();
        if !matches!(dialect.name, "github" | "gitlab") {
            for target in targets {
                let paths: Vec<&str> =
                    target.wholes.iter().take(3).map(|whole| whole.path.as_str()).collect();
                self.cannot_say(format!(
                    "{} is not written; what it should say is that {} answers for {}",
                    dialect.title,
                    target.owners.join(" or "),
                    paths.join(", ")
                ));
            }
            return Ok(());
        }
        if self.ground.tree.is_link(place.as_bytes()) {
            return self.refuse(format!("`{place}` is a link, and links are not written over"));
        }
        let mut text = self.text(&place)?;
        let living = &self.living;
        // Of the files of later targets nothing is known yet.
        let mut later: Vec<usize> = targets.iter().flat_map(|target| target.files.iter().copied()).collect();
        later.sort_unstable();
        for (at, target) in targets.iter().enumerate() {
            let last = at + 1 == targets.len();
            let right = |text: &str| {
                let layers = self.layers_with(&place, text);
                living.iter().enumerate().all(|(at, (path, file))| {
                    (!last && later.binary_search(&at).is_ok() && !target.files.contains(&at))
                        || told(&layers, path, &next) == sets(&next, *file)
                })
            };
            let edit = codeowners::Edit { dialect: dialect.name, text: &text, target };
            let layers = self.layers_with(&place, &text);
            let Some(written) = edit.written(&layers, living, right) else {
                let what = target.wholes.first().map_or("it", |whole| whole.path.as_str());
                return self.refuse(format!(
                    "{} cannot say that {} alone answers for `{what}` without changing who answers for something else",
                    dialect.title,
                    target.owners.join(" or ")
                ));
            };
            text = written;
        }
        self.edited.insert(place, text);
        self.structure = next;
        Ok(())
    }

    fn edit(
        &mut self,
        file: &str,
        edit: impl FnOnce(&mut manifest::Edit) -> Result<(), String>,
    ) -> Result<(), Refused> {
        if self.ground.tree.is_link(file.as_bytes()) {
            return self.refuse(format!("`{file}` is a link, and links are not written over"));
        }
        let text = self.text(file)?;
        let written = manifest::Edit::of(&text, file).and_then(|mut open| {
            edit(&mut open)?;
            Ok(open.text())
        });
        match written {
            Ok(written) if written == text => Ok(()),
            Ok(written) => {
                self.edited.insert(file.to_owned(), written);
                Ok(())
            }
            Err(why) => self.refuse(format!("{file}: {why}")),
        }
    }

    fn text(&self, file: &str) -> Result<String, Refused> {
        if let Some(text) = self.edited.get(file) {
            return Ok(text.clone());
        }
        match tree::read_through_links(self.ground.tree, file.as_bytes()).map(String::from_utf8) {
            Ok(Ok(text)) => Ok(text),
            Ok(Err(_)) => self.refuse(format!("`{file}` is not UTF-8")),
            Err(why) => self.refuse(format!("`{file}`: {why}")),
        }
    }

    fn overlaid(&self, further: Option<(&str, &str)>) -> Overlaid<'a> {
        let edited = self.edited.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        let all =
            edited.chain(further).map(|(path, text)| (path.as_bytes().to_vec(), text.as_bytes().to_vec()));
        Overlaid::new(self.ground.tree, all.collect())
    }

    fn layers(&self) -> Layers {
        Layers::read(&self.overlaid(None), &self.ground.declared.manifest, self.ground.only)
    }

    fn layers_with(&self, place: &str, text: &str) -> Layers {
        Layers::read(&self.overlaid(Some((place, text))), &self.ground.declared.manifest, self.ground.only)
    }

    fn after(&self, one: &Move) -> Result<Structure, Refused> {
        let next = self.parts.apply(&self.structure, std::slice::from_ref(one));
        next.or_else(|misfit| self.refuse(unfit(&misfit)))
    }

    fn has_manifest(&self) -> bool {
        tree::holds(self.ground.tree, ROOT_FILE.as_bytes())
    }

    /// Whether the manifest is what is asked first.
    fn manifest_owns(&self) -> bool {
        self.ground.declared.layers.layers.first().is_some_and(|layer| layer.dialect.name == "manifest")
    }

    /// The file and the declaration of a module, as they stand now.
    fn declared(&self, name: &str) -> Option<(String, DeclaredModule)> {
        let read = crate::manifest::read(&self.overlaid(None)).manifest;
        let own = read.modules.into_iter().find(|module| module.id == name)?;
        Some((own.place.file.clone(), own))
    }

    /// Places of the living files of a part.
    fn files(&self, part: &Part) -> Result<Vec<usize>, Refused> {
        let ids = match self.parts.files(&self.structure, part) {
            Ok(ids) => ids,
            Err(misfit) => return self.refuse(unfit(&misfit)),
        };
        let files: Vec<usize> =
            (0..self.living.len()).filter(|&at| ids.binary_search(&self.living[at].1).is_ok()).collect();
        if files.is_empty() { self.refuse("nothing lies there any more") } else { Ok(files) }
    }

    fn wholes(&self, part: &Part) -> Result<Vec<Whole>, Refused> {
        Ok(match part {
            Part::Directory(path) => vec![Whole { path: path.clone(), is_directory: true }],
            _ => self.wholes_of(&self.files(part)?),
        })
    }

    /// The largest directories that hold nothing else, and the files beside them.
    fn wholes_of(&self, files: &[usize]) -> Vec<Whole> {
        fn above(path: &str) -> impl Iterator<Item = &str> {
            path.match_indices('/').map(|(at, _)| &path[..at])
        }
        let mut all: FxHashMap<&str, usize> = FxHashMap::default();
        self.living
            .iter()
            .flat_map(|(path, _)| above(path))
            .for_each(|one| *all.entry(one).or_default() += 1);
        let mut own: FxHashMap<&str, usize> = FxHashMap::default();
        let paths = || files.iter().map(|&at| self.living[at].0.as_str());
        paths().flat_map(above).for_each(|one| *own.entry(one).or_default() += 1);
        let mut out: Vec<Whole> = Vec::new();
        for path in paths() {
            let whole = above(path).find(|one| own[one] == all[one]);
            let whole = Whole { path: whole.unwrap_or(path).to_owned(), is_directory: whole.is_some() };
            if out.last() != Some(&whole) {
                out.push(whole);
            }
        }
        out
    }

    /// A module's name that nothing has yet: the directory's own, or its whole path.
    fn free_name(&self, path: &str) -> String {
        let taken = |name: &str| self.structure.modules.iter().any(|module| module.name == name);
        let short = path.rsplit('/').next().unwrap_or(path);
        [short.to_owned(), path.to_owned()]
            .into_iter()
            .chain((2..).map(|number| format!("{path}-{number}")))
            .find(|name| !taken(name))
            .expect("numbers do not end")
    }

    /// A team as the files here write it.
    fn owner(&self, team: &str) -> Result<String, Refused> {
        let manifest = &self.ground.declared.manifest;
        let own = manifest
            .teams
            .iter()
            .find(|one| one.id == team || one.handles.iter().any(|handle| handle == team));
        let word = match own {
            Some(own) if self.manifest_owns() => Some(own.id.as_str()),
            Some(own) => own.handles.iter().map(String::as_str).find(|handle| handle.starts_with('@')),
            None => Some(team).filter(|team| team.contains('@') && !team.contains(char::is_whitespace)),
        };
        match word {
            Some(word) => Ok(word.to_owned()),
            None => self.refuse(format!(
                "`{team}` has no name that could be written here (a [[team]] with handles in unsnarl.toml gives it one)"
            )),
        }
    }

    /// The one owner of some files as a manifest writes it; nobody where nobody owns them.
    fn one_owner(&self, files: &[usize]) -> Result<Option<String>, Refused> {
        let first = sets(&self.structure, self.living[files[0]].1);
        if files.iter().any(|&at| sets(&self.structure, self.living[at].1) != first) {
            return self.refuse("its files have several owners, and a module of a manifest has one");
        }
        match first.as_slice() {
            [] => Ok(None),
            [(owners, _)] if owners.len() == 1 => {
                self.owner(&self.structure.teams[owners[0].index()].name).map(Some)
            }
            _ => self.refuse("any one of several owners answers for it, and a module of a manifest has one"),
        }
    }

    /// Tells where code that moves would be another's than it should be.
    fn say_who_owns(&mut self, steps: &[script::Step], files: &[usize], next: &Structure) {
        let layers = self.layers();
        let wrong = files.iter().find_map(|&at| {
            let (path, file) = &self.living[at];
            let there = steps.iter().find_map(|step| step.leads(path))?;
            (told(&layers, &there, next) != sets(next, *file)).then_some(there)
        });
        if let Some(path) = wrong {
            self.cannot_say(format!(
                "once moved, `{path}` has other owners than the rest of its module; give it to them then"
            ));
        }
    }

    pub(super) fn finish(self) -> Result<Applied, Refused> {
        let tree = self.overlaid(None);
        let declared =
            structure::read_declared(&tree, self.ground.only, self.ground.declared.team_rows.clone());
        if let Some(mistake) = declared.mistakes.iter().find(|mistake| !mistake.warning) {
            let why = format!(
                "the manifest would have a mistake: {}:{}: {}",
                mistake.file, mistake.line, mistake.what
            );
            return Err(Refused { number: 0, why });
        }
        let back = structure::read_structure(self.ground.facts, &tree, &declared);
        let module = |structure: &Structure, file: FileId| {
            structure.module(file).map(|module| structure.modules[module.index()].name.clone())
        };
        let wrong = self.living.iter().find(|(path, file)| {
            told(&declared.layers, path, &self.structure) != sets(&self.structure, *file)
                || module(&back, *file) != module(&self.structure, *file)
        });
        if let Some((path, file)) = wrong {
            let why = format!(
                "read back, `{path}` is not what it should be: in {} instead of {}, or another's",
                module(&back, *file).unwrap_or_else(|| "no module".to_owned()),
                module(&self.structure, *file).unwrap_or_else(|| "no module".to_owned()),
            );
            return Err(Refused { number: 0, why });
        }
        let original = |path: &str| tree::read_through_links(self.ground.tree, path.as_bytes());
        let changed =
            self.edited.iter().filter(|(path, text)| original(path).ok().as_deref() != Some(text.as_bytes()));
        let files = changed.map(|(path, text)| (path.clone(), text.clone())).collect();
        let script = script::text(&self.script);
        Ok(Applied { files, script, unsaid: self.unsaid, checked: self.living.len() as u64 })
    }
}

fn unfit(misfit: &Misfit) -> String {
    match misfit {
        Misfit::Team(name) => format!("there is no team `{name}`"),
        Misfit::Module(name) => format!("there is no module `{name}` by then"),
        Misfit::Nothing(_) => "no file lies there".to_owned(),
        Misfit::Taken(name) => format!("there is a module `{name}` by then"),
        Misfit::Itself(name) => format!("`{name}` cannot become a part of itself"),
    }
}
