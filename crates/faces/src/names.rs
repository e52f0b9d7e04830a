//! Names of subjects, safe to show.

use measures::Subject;

use crate::{Report, plain::plain};

/// A subject by its name; a pair as `a ~ b`.
pub(crate) fn subject(report: &Report<'_>, subject: &Subject) -> String {
    let module = |id: &facts::ModuleId| plain(&report.structure.modules[id.index()].name);
    let team = |id: &facts::TeamId| plain(&report.structure.teams[id.index()].name);
    match subject {
        Subject::System => "the system".to_owned(),
        Subject::Module(id) => module(id),
        Subject::Team(id) => team(id),
        Subject::TeamPair(a, b) => {
            format!("{} ~ {}", plain(&report.lens.called(*a)), plain(&report.lens.called(*b)))
        }
        Subject::ModulePair(a, b) => format!("{} ~ {}", module(a), module(b)),
        Subject::File(id) => file(report, *id),
    }
}

/// A file's latest path.
pub(crate) fn file(report: &Report<'_>, id: facts::FileId) -> String {
    plain(&report.facts.paths.text(report.facts.files.path[id.index()]))
}
