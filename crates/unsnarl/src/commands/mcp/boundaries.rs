//! The tool `boundaries`.

use faces::agent::{
    Answer,
    boundaries::{Document, Pair},
};
use measures::{Boundary, BoundaryKind};
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;
use verdicts::allows;

use super::{
    desk::{Desk, Refusal, modules, notes},
    tool::{Tool, arguments, gives, takes},
};

pub(super) const TOOL: Tool = Tool {
    name: "boundaries",
    title: "What modules are to each other",
    description: "Pairs of modules with a dependency or that change together: of which kind (hidden, leaky, stable, mechanical), how often they change together against chance, which names which, and whether the manifest lets one depend on the other. Ask before adding a dependency between modules, or to see what a change to a module may drag along. Pairs that are not listed are independent.",
    takes: takes::<Question>,
    gives: Some(gives::<Document<'static>>),
    ask,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Question {
    /// Boundaries of this module alone, by its name as `owners` gives it.
    module: Option<String>,
    /// Boundaries of the module this file lies in, or of those below this directory; relative to the repository's root.
    path: Option<String>,
    /// Boundaries of this kind alone.
    kind: Option<Kind>,
}

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// They change together, and no code says why.
    Hidden,
    /// One depends on the other, and they change together.
    Leaky,
    /// One depends on the other, and they change apart: what good looks like.
    Stable,
    /// They change together through lock files, generated code or version bumps.
    Mechanical,
    /// They change together, and whether one depends on the other cannot be told.
    Unknown,
}

impl Kind {
    fn measured(self) -> BoundaryKind {
        match self {
            Self::Hidden => BoundaryKind::Hidden,
            Self::Leaky => BoundaryKind::Leaky,
            Self::Stable => BoundaryKind::Stable,
            Self::Mechanical => BoundaryKind::Mechanical,
            Self::Unknown => BoundaryKind::Unknown,
        }
    }
}

fn ask(desk: &mut Desk, given: JsonObject) -> Result<Answer, Refusal> {
    let question: Question = arguments(given)?;
    let kind = question.kind.map(Kind::measured);
    desk.resident.report(|known, report| {
        let about = modules(known, question.module.as_deref(), question.path.as_ref())?;
        let meant = |one: &&Boundary| {
            kind.is_none_or(|kind| one.kind == kind)
                && about.as_ref().is_none_or(|about| about.contains(&one.a) || about.contains(&one.b))
        };
        let pair = |boundary| pair(known, report, boundary);
        let pairs = report.picture.boundary_list.iter().filter(meant).map(pair).collect();
        Ok(faces::agent::boundaries::answer(report, pairs, &notes(known)))
    })?
}

fn pair<'r>(known: &crate::picture::Known, report: &faces::Report<'r>, boundary: &'r Boundary) -> Pair<'r> {
    let name = |id: facts::ModuleId| report.structure.modules[id.index()].name.as_str();
    let (a, b) = (name(boundary.a), name(boundary.b));
    let manifest = &known.declared.manifest;
    let ends = (boundary.a, boundary.b);
    Pair {
        boundary,
        coupling: report.picture.couplings.iter().find(|one| (one.a, one.b) == ends),
        a_may_use_b: allows(manifest, a, b),
        b_may_use_a: allows(manifest, b, a),
    }
}
