//! `unsnarl simulate`: what changes would take with other approvals, people, teams or load.

use std::path::{Path, PathBuf};

use clap::Args;
use facts::{Lens, TeamId};
use measures::{Method, lead_time::LeadTimes, review::Journeys};
use outlook::simulate::{Approval, Calibrated, MergeQueue, More, WhatIf, whatif::TooFewModules};
use sources::manifest;
use verdicts::trust::{self, Trust};

use super::{TextOrJson, plural, print};
use crate::{
    alternative::Alternative,
    change,
    error::Error,
    picture::{self, Known, Look},
};

/// More approvals than these, or parts of a team, are a slip of the finger.
const MOST: u32 = 20;
/// A week.
const LONGEST_MINUTES: f64 = 7.0 * 24.0 * 60.0;

/// Arguments of `unsnarl simulate`.
#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// A directory inside a git repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Every change needs so many more approvals, each of another team
    #[arg(long, value_name = "+N")]
    approvals: Option<String>,
    /// Every change needs so many more approvals of a team that answers for it already
    #[arg(long, value_name = "+N")]
    own_approvals: Option<String>,
    /// Every change passes one queue in the end; so many minutes a run, so many changes together
    #[arg(long, value_name = "MINUTES[xBATCH]")]
    merge_queue: Option<String>,
    /// A team becomes several, each with some of its modules and people
    #[arg(long, value_name = "TEAM=N")]
    split: Vec<String>,
    /// Two teams become one
    #[arg(long, value_name = "TEAM,TEAM")]
    merge: Vec<String>,
    /// More people in a team, or in each; +2, -1 or +10%
    #[arg(long, value_name = "[TEAM=]+N", allow_hyphen_values = true)]
    people: Vec<String>,
    /// So many changes for each that came
    #[arg(long, value_name = "xFACTOR")]
    load: Option<String>,
    /// Moves on the structure: a file of them, or an answer of unsnarl redesign --format json
    #[arg(long, value_name = "JSON")]
    with: Option<PathBuf>,
    /// Of an answer with proposals, this one; may be repeated [default: all]
    #[arg(long, value_name = "ID", requires = "with")]
    proposal: Vec<String>,
    /// Decides what is chance
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Say it even where it cannot be trusted
    #[arg(long)]
    anyway: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,
    #[command(flatten)]
    look: Look,
}

impl Simulate {
    pub(crate) fn run(self) -> Result<(), Error> {
        let known = picture::learn(&self.path, &self.look, Method::Decayed)?;
        let mut what_ifs = self.what_ifs(&known)?;
        let lens = change::lens_of(&known);
        let times = LeadTimes::new(&lens);
        let mut calibrated = Calibrated::new(&lens, &times, Journeys::new(&lens).as_ref(), self.seed);
        if let Some(file) = &self.with {
            let (sets, moves) = moved(&known, &self.look, file, &self.proposal)?;
            what_ifs.insert(0, WhatIf::Moves(moves));
            if let Ok(calibrated) = &mut calibrated {
                calibrated.model.other = sets;
            }
        }
        let judged = calibrated.as_ref().map(|one| {
            let waiting = one.check.waiting.as_ref().map(|waiting| waiting.distance);
            let all = &one.check.all;
            (one, Trust::of(all.distance, waiting, (all.seen.0, all.simulated.0)))
        });
        let told = judged.as_ref().ok().filter(|(_, trust)| self.anyway || *trust != Trust::Not);
        let asked = match told.filter(|_| !what_ifs.is_empty()) {
            Some((one, _)) => Some(one.ask(&what_ifs).map_err(|why| too_few(&known, why))?),
            None => None,
        };
        let standard = told.filter(|_| what_ifs.is_empty()).map(|(one, _)| one.standard());
        let simulated = faces::simulate::Simulated {
            repository: &known.facts.repository.name,
            times: &times,
            seed: self.seed,
            moved: judged.as_ref().is_ok_and(|(one, _)| trust::moved(one.check.by_repeating)),
            calibrated: judged.map_err(String::as_str),
            shown: match (&standard, &asked) {
                (Some(standard), _) => faces::simulate::Shown::Standard(standard),
                (None, Some(asked)) => faces::simulate::Shown::Asked(asked),
                (None, None) => faces::simulate::Shown::Nothing,
            },
        };
        print(&match self.format {
            TextOrJson::Text => faces::simulate::text(&simulated),
            TextOrJson::Json => faces::simulate::json(&simulated),
        })
    }

    /// Everything that was asked to be otherwise: teams first, their people before they are dealt out, then what is asked of them.
    fn what_ifs(&self, known: &Known) -> Result<Vec<WhatIf>, Error> {
        let mut all = Vec::new();
        for text in &self.merge {
            all.push(merge(known, text)?);
        }
        for text in &self.people {
            all.push(people(known, text)?);
        }
        for text in &self.split {
            all.push(split(known, text)?);
        }
        if let Some(text) = &self.approvals {
            all.push(WhatIf::Approvals(Approval::OfAnother, approvals("--approvals", text)?));
        }
        if let Some(text) = &self.own_approvals {
            all.push(WhatIf::Approvals(Approval::OfTheSame, approvals("--own-approvals", text)?));
        }
        if let Some(text) = &self.merge_queue {
            all.push(WhatIf::MergeQueue(merge_queue(text)?));
        }
        if let Some(text) = &self.load {
            all.push(WhatIf::Load(load(text)?));
        }
        Ok(all)
    }
}

/// Whom each change would need once moves are made, and how many moves they are.
fn moved(
    known: &Known,
    look: &Look,
    file: &Path,
    proposals: &[String],
) -> Result<(Vec<Vec<TeamId>>, u32), Error> {
    let alternative = Alternative::read(known, look, file, proposals)?;
    if alternative.moves.is_empty() {
        let why = "a simulation takes moves (.json); unsnarl replay lays any structure over history";
        return Err(wrong("--with", &file.display().to_string(), why));
    }
    let structure = &alternative.structure;
    let lens = Lens::new(&known.facts, structure, structure.ownership(), known.range);
    let sets = known.facts.changes.ids().map(|change| lens.teams_of(change).to_vec()).collect();
    Ok((sets, alternative.moves.len() as u32))
}

/// A value that cannot be understood.
fn wrong(option: &'static str, value: &str, why: impl Into<String>) -> Error {
    Error::Option { option, value: value.to_owned(), why: why.into() }
}

/// A team by its name as it is shown or as ownership files write it.
fn team(known: &Known, option: &'static str, value: &str, name: &str) -> Result<TeamId, Error> {
    let structure = &known.structure;
    let shown = |name: &str| name.strip_prefix("group ").unwrap_or(name).to_owned();
    let by_name = structure.teams.iter().position(|team| team.name == name || shown(&team.name) == name);
    let by_owner = structure.team_of_owner.get(name).copied();
    by_name.map(TeamId::from_index).or(by_owner).ok_or_else(|| {
        let people = |team: &&facts::structure::Team| team.kind != facts::structure::TeamKind::Person;
        let names: Vec<String> =
            structure.teams.iter().filter(people).map(|team| shown(&team.name)).collect();
        let near = manifest::suggest(name, names.iter().map(String::as_str));
        let why = match near {
            _ if names.is_empty() => "there are no teams here".to_owned(),
            Some(near) => format!("no team is called `{name}`; did you mean `{near}`?"),
            None => {
                let some: Vec<String> = names.iter().take(5).map(|name| format!("`{name}`")).collect();
                let more =
                    if names.len() > 5 { format!(" and {} more", names.len() - 5) } else { String::new() };
                format!("no team is called `{name}`; there are {}{more}", some.join(", "))
            }
        };
        wrong(option, value, why)
    })
}

fn merge(known: &Known, text: &str) -> Result<WhatIf, Error> {
    const OPTION: &str = "--merge";
    let Some((a, b)) = text.split_once(',') else {
        return Err(wrong(OPTION, text, "expected two teams with a comma between them"));
    };
    let (a, b) = (team(known, OPTION, text, a.trim())?, team(known, OPTION, text, b.trim())?);
    if a == b {
        return Err(wrong(OPTION, text, "both are the same team"));
    }
    Ok(WhatIf::Merge(a, b))
}

fn split(known: &Known, text: &str) -> Result<WhatIf, Error> {
    const OPTION: &str = "--split";
    let form = "expected a team and into how many it is split, as billing=2";
    let (name, number) = text.rsplit_once('=').ok_or_else(|| wrong(OPTION, text, form))?;
    let parts: u32 = number.trim().parse().map_err(|_| wrong(OPTION, text, form))?;
    if !(2..=MOST).contains(&parts) {
        return Err(wrong(OPTION, text, format!("a team is split into 2 to {MOST}")));
    }
    Ok(WhatIf::Split(team(known, OPTION, text, name.trim())?, parts))
}

fn people(known: &Known, text: &str) -> Result<WhatIf, Error> {
    const OPTION: &str = "--people";
    let form = "expected how many more or fewer, as billing=+2, billing=-1 or +10%";
    let (name, number) = match text.rsplit_once('=') {
        Some((name, number)) => (Some(name.trim()), number.trim()),
        None => (None, text.trim()),
    };
    if !number.starts_with(['+', '-']) {
        return Err(wrong(OPTION, text, form));
    }
    let more = match number.strip_suffix('%') {
        Some(percent) => {
            let share = percent.trim().parse::<f64>().ok().filter(|own| (-99.0..=1_000.0).contains(own));
            More::Share(share.ok_or_else(|| wrong(OPTION, text, form))? / 100.0)
        }
        None => {
            let people = number.parse::<i32>().ok().filter(|own| (-10_000..=10_000).contains(own));
            More::People(people.ok_or_else(|| wrong(OPTION, text, form))?)
        }
    };
    let team = name.map(|name| team(known, OPTION, text, name)).transpose()?;
    Ok(WhatIf::People(team, more))
}

fn approvals(option: &'static str, text: &str) -> Result<u32, Error> {
    let number = text.trim().strip_prefix('+').unwrap_or(text.trim()).parse::<u32>();
    let fits = number.ok().filter(|number| (1..=MOST).contains(number));
    fits.ok_or_else(|| wrong(option, text, format!("expected how many more, +1 to +{MOST}")))
}

fn merge_queue(text: &str) -> Result<MergeQueue, Error> {
    let form =
        "expected minutes, and how many changes go together where that is more than one, as 30 or 30x5";
    let (minutes, batch) = text.split_once(['x', '×']).unwrap_or((text, "1"));
    let minutes = minutes.trim().parse::<f64>().ok().filter(|own| *own > 0.0 && *own <= LONGEST_MINUTES);
    let batch = batch.trim().parse::<u32>().ok().filter(|own| (1..=10_000).contains(own));
    match (minutes, batch) {
        (Some(minutes), Some(batch)) => Ok(MergeQueue { minutes, batch }),
        _ => Err(wrong("--merge-queue", text, form)),
    }
}

fn load(text: &str) -> Result<f64, Error> {
    let number = text.trim().trim_start_matches(['x', '×']).parse::<f64>();
    let fits = number.ok().filter(|factor| (0.1..=10.0).contains(factor));
    fits.ok_or_else(|| wrong("--load", text, "expected a factor, x0.1 to x10"))
}

fn too_few(known: &Known, TooFewModules { team, modules }: TooFewModules) -> Error {
    let name = known.structure.teams.get(team.index()).map_or("", |team| team.name.as_str());
    let modules = plural(modules, "module");
    wrong("--split", name, format!("changes touch {modules} of it, and parts have at least one each"))
}
