//! The terminal: at most thirty lines of at most a hundred columns, worth reading at once.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use facts::{Basis, Omitted};
use measures::{CouplingKind, Measurement, Subject, UnitOfValue};

use crate::{
    Report, ledger, moving,
    numbers::{self, plural},
    plain::{cut, sentence, shortened, wrapped},
    redesign,
};

const COLUMNS: usize = 100;
/// Lines of the whole summary.
const LINES: usize = 30;
const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const ACCENT: Style = AnsiColor::Cyan.on_default();

/// The summary.
pub fn render(report: &Report<'_>) -> String {
    let mut out = Lines::default();
    if report.lens.counted.is_empty() {
        out.line(format!("{BOLD}{}{BOLD:#}", shortened(&report.facts.repository.name, 40)));
        counts(report, &mut out);
        nothing_counted(report, &mut out);
        return out.text;
    }
    answers(report, &mut out);
    counts(report, &mut out);
    signs(report, &mut out);
    let mut end = Lines::default();
    left_out(report, &mut end);
    let room = Room::share(LINES.saturating_sub(out.count() + end.count()), report);
    boundaries(report, room.boundaries, &mut out);
    couplings(report, room.couplings, &mut out);
    first(report, room.findings, &mut out);
    moves(report, room.moves, &mut out);
    out.text.push_str(&end.text);
    out.text
}

/// How many lines each list may have.
struct Room {
    boundaries: usize,
    couplings: usize,
    findings: usize,
    moves: usize,
}

impl Room {
    /// Shares out what is left of the summary: two lines for each list that has any, then one more to each in turn.
    fn share(lines: usize, report: &Report<'_>) -> Self {
        // A list has a blank line and a title; without couplings the title says why.
        const TITLE: usize = 2;
        let has = [
            report.do_first.map_or(0, |shown| shown.first().len()),
            report.picture.coordination.parts.len(),
            report.picture.couplings.len(),
            report.findings.len(),
        ];
        let most = [3, 5, 3, 3];
        let told = usize::from(has[2] == 0) + usize::from(has[0] == 0 && report.do_first.is_some());
        let titles = has.iter().filter(|count| **count > 0).count().max(1) + told;
        let mut left = lines.saturating_sub(titles * TITLE);
        let mut room = [0; 4];
        while let Some(at) = (0..4)
            .filter(|&at| room[at] < has[at].min(most[at]) && left > 0)
            .min_by_key(|&at| (room[at] >= 2, room[at]))
        {
            room[at] += 1;
            left -= 1;
        }
        Self { moves: room[0], boundaries: room[1], couplings: room[2], findings: room[3] }
    }
}

#[derive(Default)]
struct Lines {
    text: String,
}

impl Lines {
    fn line(&mut self, line: impl AsRef<str>) {
        self.text.push_str(line.as_ref());
        self.text.push('\n');
    }

    fn count(&self) -> usize {
        self.text.lines().count()
    }

    fn title(&mut self, title: &str, beside: &str) {
        let _ = writeln!(self.text, "\n{BOLD}{title}{BOLD:#}{DIM}{beside}{DIM:#}");
    }
}

/// Is it still moving, and what does one more team cost.
fn answers(report: &Report<'_>, out: &mut Lines) {
    let name = shortened(&report.facts.repository.name, 40);
    let room = COLUMNS - name.chars().count() - 1;
    out.line(format!("{BOLD}{name}{BOLD:#} {}", moving::still_moving(report, room)));
    out.line(moving::one_more_team(report, COLUMNS));
}

fn counts(report: &Report<'_>, out: &mut Lines) {
    let facts = report.facts;
    let years = report.lens.span.map_or(String::new(), |(since, until)| {
        format!("{} to {}", facts::time::date(since), facts::time::date(until))
    });
    let head = facts.repository.head.map_or(String::new(), |head| format!(" at {}", head.short()));
    let unit = format!("; unit {}: {}", facts.unit.unit.name(), facts.unit.why);
    out.line(format!(
        "{DIM}{}{DIM:#}",
        cut(format!("{years}{head}{unit}").trim_start_matches([';', ' ']), COLUMNS)
    ));
    let people = facts.people.kind.iter().filter(|kind| **kind == facts::PersonKind::Human).count() as u64;
    let all = facts.changes.len() as u64;
    let outside = ledger::lines(report)
        .iter()
        .filter(|line| line.what == Omitted::OutsideRange)
        .map(|line| line.count)
        .sum();
    let changes = match outside {
        0 => plural(all, "change"),
        outside => format!("{} of {}", numbers::count(all.saturating_sub(outside)), plural(all, "change")),
    };
    let line = |modules: &str| {
        format!(
            "{changes}, {}, {} · {modules} · {}",
            plural(facts.files.ids().filter(|file| facts.files.alive(*file)).count() as u64, "living file"),
            if people == 1 { "1 person".to_owned() } else { format!("{} people", numbers::count(people)) },
            teams_line(report),
        )
    };
    let whole = line(&modules_line(report));
    let short = || line(&plural(report.structure.modules.len() as u64, "module"));
    out.line(if whole.chars().count() > COLUMNS { cut(&short(), COLUMNS) } else { whole });
}

fn modules_line(report: &Report<'_>) -> String {
    let modules = &report.structure.modules;
    let count = |wanted: &dyn Fn(&facts::structure::Source) -> bool| {
        modules.iter().filter(|module| wanted(&module.source)).count()
    };
    let by_hand = |from: &str| from.ends_with("unsnarl.toml") || from.ends_with("module.toml");
    let declared = count(&|source| source.basis == Basis::Declared);
    let manifest = count(&|source| by_hand(&source.from));
    let origins = [
        (manifest, "unsnarl.toml"),
        (declared - manifest, "build files"),
        (modules.len() - declared, "directories"),
    ];
    let origins: Vec<(usize, &str)> = origins.into_iter().filter(|(number, _)| *number > 0).collect();
    let total = plural(modules.len() as u64, "module");
    match origins.as_slice() {
        [] => "no module".to_owned(),
        [(_, "directories")] => format!("{total} inferred from directories"),
        [(_, origin)] => format!("{total} from {origin}"),
        origins => {
            let parts: Vec<String> =
                origins.iter().map(|(number, origin)| format!("{number} from {origin}")).collect();
            format!("{total} ({})", parts.join(", "))
        }
    }
}

fn teams_line(report: &Report<'_>) -> String {
    let owning = report.structure.ownership();
    let mut teams: Vec<_> = owning.sets.iter().flatten().collect();
    teams.sort_unstable();
    teams.dedup();
    match owning.basis {
        Basis::Declared => plural(teams.len() as u64, "declared owner"),
        Basis::Inferred => format!("{} inferred", plural(teams.len() as u64, "group")),
        Basis::None => "no teams".to_owned(),
    }
}

fn nothing_counted(report: &Report<'_>, out: &mut Lines) {
    out.title("Nothing to measure", ": no change counts");
    for line in ledger::lines(report).iter().take(10) {
        out.line(shortened(&format!("  {} {}", numbers::count(line.count), line.why), COLUMNS));
    }
    if report.facts.changes.is_empty() {
        out.line("  There are no changes in this history.");
    }
}

fn signs(report: &Report<'_>, out: &mut Lines) {
    let picture = report.picture;
    out.title("How change moves", ": all years, the last one, and the trend over all");
    if picture.independence.whole.value.is_some() {
        sign(report, out, "independence", "need one team at most", &picture.independence);
        sign(report, out, "coordination", "further teams per change", &picture.coordination);
    } else {
        let why = picture.independence.notes.first().map_or("", String::as_str);
        out.line(cut(&format!("  independence       –  cannot be told: {why}"), COLUMNS));
    }
    if let Some(why) = &report.structure.declared_cannot_tell {
        out.line(format!(
            "  {DIM}{}{DIM:#}",
            sentence(&format!("declared ownership cannot tell: {why}"), COLUMNS - 2)
        ));
        if let Some(beside) =
            picture.independence_beside.as_ref().filter(|beside| beside.whole.value.is_some())
        {
            let approvals = picture
                .approvals
                .whole
                .value
                .map_or(String::new(), |mean| format!(", and a change would need {mean:.2} approvals"));
            let value = numbers::value(beside.unit, beside.whole.value);
            let interval = numbers::interval(beside.unit, beside.whole.interval);
            let interval = interval.map_or(String::new(), |interval| format!(" ({interval})"));
            out.line(format!("  {DIM}by it, independence would be {value}{interval}{approvals}{DIM:#}"));
        }
    }
    if report.structure.declared_cannot_tell.is_none() && picture.approvals.whole.value.is_some() {
        sign(report, out, "approvals", "needed per change, as declared", &picture.approvals);
        if let Some(today) = picture.approvals.quantities.iter().find(|one| one.name == "by_todays_files") {
            let today = numbers::value(picture.approvals.unit, today.value);
            out.line(format!("  {DIM}by the ownership files of their time; by today's, {today}{DIM:#}"));
        }
    }
    sign(report, out, "locality", "stay within one module", &picture.locality);
    design(report, out);
    knowledge(report, out);
    further_files(report, out);
}

fn sign(report: &Report<'_>, out: &mut Lines, name: &str, says: &str, measurement: &Measurement) {
    let value = numbers::value(measurement.unit, measurement.whole.value);
    let interval = numbers::interval(measurement.unit, measurement.whole.interval);
    let interval = interval.map_or(String::new(), |interval| format!(" ({interval})"));
    let recent = measurement.recent.filter(|recent| recent.value.is_some()).map_or(String::new(), |recent| {
        let now = numbers::value(measurement.unit, recent.value);
        let word = moving::word_of(report, name).map_or(String::new(), |word| format!(", {word}"));
        format!("; last year {now}{word}")
    });
    let values: Vec<Option<f64>> = measurement.series.iter().map(|point| point.estimate.value).collect();
    let says = format!("{says}{interval}{recent}");
    let room = COLUMNS.saturating_sub(27 + says.chars().count()).min(values.len());
    let line = match numbers::sparkline(&values[values.len() - room..]) {
        line if line.is_empty() => line,
        line => format!("  {DIM}{line}{DIM:#}"),
    };
    out.line(format!("  {ACCENT}{name:<13}{ACCENT:#} {value:>6}  {says}{line}"));
}

fn knowledge(report: &Report<'_>, out: &mut Lines) {
    let measurement = &report.picture.knowledge;
    let Some(value) = measurement.whole.value else { return };
    let range = measurement.whole.interval.filter(|(low, high)| low < high);
    let range = range.map_or(String::new(), |(low, high)| {
        format!(" ({}–{} by assumption)", numbers::number(low), numbers::number(high))
    });
    let quantity = |wanted: &str| {
        measurement.quantities.iter().find(|one| one.name == wanted).and_then(|one| one.value).unwrap_or(0.0)
            as u64
    };
    let (unknown, files) = (quantity("files_nobody_knows"), quantity("files"));
    let says = format!(
        "truck factor{range}; nobody active knows {} of {}",
        numbers::count(unknown),
        plural(files, "file")
    );
    let says = cut(&says, COLUMNS - 24);
    out.line(format!("  {ACCENT}{:<13}{ACCENT:#} {:>6}  {says}", "knowledge", numbers::number(value)));
}

/// How often `unsnarl impact` would have been right here.
fn further_files(report: &Report<'_>, out: &mut Lines) {
    let Some(hits) = report.hits else { return };
    let Some(first) = hits.precision_at_1.value else { return };
    let band = hits.precision_at_1.interval.filter(|(low, high)| low < high);
    let band = numbers::interval(UnitOfValue::Share, band).map_or(String::new(), |band| format!(" ({band})"));
    let says = format!(
        "of files it named first were needed{band}, on {}",
        plural(hits.questions as u64, "later change")
    );
    let says = cut(&says, COLUMNS - 24);
    out.line(format!("  {ACCENT}{:<13}{ACCENT:#} {:>6}  {says}", "impact", numbers::percent(first)));
}

fn boundaries(report: &Report<'_>, room: usize, out: &mut Lines) {
    let parts = &report.picture.coordination.parts;
    if parts.is_empty() || room == 0 {
        return;
    }
    out.title("Where the friction lies", friction_title(report));
    for part in parts.iter().take(room) {
        let Subject::TeamPair(a, b) = part.subject else { continue };
        let name = |id: facts::TeamId| {
            let name = report.lens.called(id);
            shortened(name.strip_prefix("group ").unwrap_or(&name), 37)
        };
        let changes =
            part.quantities.iter().find(|one| one.name == "changes").and_then(|one| one.value).unwrap_or(0.0);
        out.line(format!(
            "  {:>6}  {} ~ {} {DIM}{}{DIM:#}",
            part.share.map_or("–".to_owned(), numbers::percent),
            name(a),
            name(b),
            plural(changes as u64, "change")
        ));
    }
}

fn friction_title(report: &Report<'_>) -> &'static str {
    match report.lens.ownership.basis {
        Basis::Inferred => ": pairs of groups, named for what they change, by share of all coordination",
        _ => ": pairs of owners by their share of all coordination",
    }
}

fn couplings(report: &Report<'_>, room: usize, out: &mut Lines) {
    let all = &report.picture.couplings;
    if all.is_empty() {
        let why = report.picture.coupling.notes.first();
        out.title(
            "What changes together",
            &format!(": {}", why.map_or("no pair of modules beyond chance", String::as_str)),
        );
        return;
    }
    let of = |kind: CouplingKind| all.iter().filter(move |one| one.kind == kind);
    let kinds: Vec<String> =
        [CouplingKind::Hidden, CouplingKind::Leaky, CouplingKind::Unknown, CouplingKind::Mechanical]
            .into_iter()
            .filter(|&kind| of(kind).next().is_some())
            .map(|kind| format!("{} {}", numbers::count(of(kind).count() as u64), kind.name()))
            .collect();
    let pairs = if all.len() == 1 { "pair" } else { "pairs" };
    let title = "What changes together";
    let told = |pairs: &str| {
        format!(": {} {pairs} beyond chance, {}", numbers::count(all.len() as u64), kinds.join(", "))
    };
    let whole = told(&format!("{pairs} of modules"));
    let fits = title.chars().count() + whole.chars().count() <= COLUMNS;
    out.title(title, &if fits { whole } else { told(pairs) });
    if room == 0 {
        return;
    }
    // Hidden constraints first, for nothing else shows them; yet one line is left for what leaks most.
    let mut hidden: Vec<_> = of(CouplingKind::Hidden).collect();
    hidden.sort_by_key(|one| one.is_documentation());
    let first_hidden = hidden.iter().copied().take(room - 1);
    let others = all.iter().filter(|one| matches!(one.kind, CouplingKind::Leaky | CouplingKind::Unknown));
    let mut lines: Vec<_> = first_hidden.chain(others).take(room).collect();
    let spare = hidden.iter().copied().skip(room - 1).take(room - lines.len());
    lines.extend(spare);
    for coupling in lines {
        let name = |id: facts::ModuleId| shortened(&report.structure.modules[id.index()].name, 27);
        out.line(format!(
            "  {:<8} {:>5.1}×  {} ~ {} {DIM}{} shared, {} by chance{DIM:#}",
            coupling.kind.name(),
            coupling.lift.value.unwrap_or(0.0),
            name(coupling.a),
            name(coupling.b),
            numbers::count(coupling.shared),
            numbers::count(coupling.expected.round() as u64)
        ));
    }
}

/// What the code says of itself, in one line.
fn design(report: &Report<'_>, out: &mut Lines) {
    let picture = report.picture;
    let Some(fan_out) = picture.fan_out.whole.value else {
        let has_code = report.facts.files.ids().any(|file| report.facts.files.is_code(file));
        if let Some(why) = picture.fan_out.notes.first().filter(|_| has_code) {
            let line =
                format!("  {ACCENT}{:<13}{ACCENT:#} {:>6}  {}", "fan-out", "–", cut(why, COLUMNS - 25));
            out.line(line);
        }
        return;
    };
    let quantity = |of: &Measurement, name| {
        of.quantities.iter().find(|one| one.name == name).and_then(|one| one.value).unwrap_or(0.0)
    };
    let mut says = vec!["modules each needs".to_owned()];
    if let Some(reach) = picture.propagation_cost.whole.value {
        says.push(format!("a change can reach {} of files", numbers::percent(reach)));
    }
    says.push(match quantity(&picture.cycles, "cycles_over_modules") as u64 {
        0 => "no cycle over modules".to_owned(),
        over => format!("{} over modules", plural(over, "cycle")),
    });
    let values: Vec<Option<f64>> = picture.fan_out.series.iter().map(|point| point.estimate.value).collect();
    let says = says.join("; ");
    let room = COLUMNS.saturating_sub(27 + says.chars().count()).min(values.len());
    let line = match numbers::sparkline(&values[values.len() - room..]) {
        line if line.is_empty() => line,
        line => format!("  {DIM}{line}{DIM:#}"),
    };
    out.line(format!("  {ACCENT}{:<13}{ACCENT:#} {:>6}  {says}{line}", "fan-out", numbers::number(fan_out)));
}

fn first(report: &Report<'_>, room: usize, out: &mut Lines) {
    if report.findings.is_empty() || room == 0 {
        return;
    }
    out.title("What to look at first", ": unsnarl explain ID shows the evidence");
    for finding in report.findings.iter().take(room) {
        let id = format!("{:<18}", finding.id);
        out.line(format!(
            "  {ACCENT}{id}{ACCENT:#} {}",
            cut(&finding.title.replace("group ", ""), COLUMNS - 21)
        ));
    }
}

/// Few moves that would help, each with what a year it has not seen says; else why there are none.
fn moves(report: &Report<'_>, room: usize, out: &mut Lines) {
    let Some(shown) = report.do_first else { return };
    if shown.first().is_empty() {
        out.title("What to do first", &cut(&format!(": {}", redesign::nothing(&shown)), COLUMNS - 16));
        return;
    }
    let time = redesign::time_that_judges(&shown);
    let beside = format!(": saved per 100 changes of the last {time}, not seen before; unsnarl explain ID");
    out.title("What to do first", &beside);
    let brief: Vec<String> = shown.first().into_iter().map(redesign::brief).collect();
    let width = brief.iter().map(|brief| brief.chars().count()).max().unwrap_or(0);
    for (proposal, brief) in shown.first().iter().zip(&brief).take(room) {
        let told: Vec<String> = proposal.moves.iter().map(crate::moves::line).collect();
        let told = told.join("; ").replace("the module ", "");
        let saved = format!("{brief:>width$} {}s", redesign::parties(proposal.counted_in));
        let room = COLUMNS - 6 - saved.chars().count() - proposal.id.len();
        out.line(format!("  {ACCENT}{}{ACCENT:#}  {saved}  {}", proposal.id, cut(&told, room)));
    }
}

/// `owners-not-found` in words, of one or of more.
fn of_number(name: &str, count: u64) -> String {
    let mut words: Vec<&str> = name.split('-').collect();
    if count == 1
        && let Some(many) = words.iter_mut().find(|word| word.ends_with('s'))
    {
        *many = many.trim_end_matches('s');
    }
    words.join(" ")
}

fn left_out(report: &Report<'_>, out: &mut Lines) {
    let all = ledger::brief(report);
    if all.is_empty() {
        return;
    }
    // What is left out for several reasons is one number here.
    let mut counts: Vec<(&str, u64)> = Vec::new();
    for line in &all {
        let name = line.what.name();
        match counts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += line.count,
            None => counts.push((name, line.count)),
        }
    }
    let said: Vec<String> = counts
        .into_iter()
        .map(|(name, count)| format!("{} {}", numbers::count(count), of_number(name, count)))
        .collect();
    let text = format!("left out or unknown: {}; --html FILE says why", said.join(", "));
    let _ = writeln!(out.text, "\n{DIM}{}{DIM:#}", wrapped(&text, 0, 0, COLUMNS).trim_end());
}
