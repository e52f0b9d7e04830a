//! Checks made by hand, one violation of each state among them.

use faces::check::{Checked, Scope};
use facts::{
    Manifest,
    manifest::{DeclaredModule, DeclaredRule, Exemption, Level, Place},
};
use verdicts::{
    check::{Check, Coverage, Delta, LanguageRead, Outcome, State},
    debt::Key,
    rules::{self, OwnedBy, RuleUse, Site, Violation},
};

/// Everything a check is shown from.
pub(crate) struct Case {
    pub(crate) check: Check,
    pub(crate) manifest: Manifest,
    pub(crate) scope: Scope,
    pub(crate) notes: Vec<String>,
    /// The line every place shows.
    pub(crate) line: String,
}

impl Case {
    /// Shows it by one of the faces.
    pub(crate) fn shown(&self, face: impl Fn(&Checked<'_>) -> String) -> String {
        let line = |_: &str, _: u32| Some(self.line.clone());
        face(&Checked {
            repository: "shop",
            check: &self.check,
            manifest: &self.manifest,
            scope: self.scope.clone(),
            line: &line,
            notes: &self.notes,
            version: "VERSION",
        })
    }
}

/// A violation of a built-in rule.
pub(crate) fn violation(code: &str, from: &str, to: &str) -> Violation {
    Violation {
        rule: rules::named(code).expect("the tests name rules that exist"),
        contract: None,
        level: Level::Error,
        from: from.to_owned(),
        to: to.to_owned(),
        from_module: Some(0),
        to_module: Some(1),
        sites: vec![Site { path: from.to_owned(), line: 3, specifier: "web.render".to_owned() }],
        what: format!("`billing` depends on `web` by {from}"),
        other_side: Some(OwnedBy { owners: vec!["@acme/web".to_owned()], by: ("CODEOWNERS".to_owned(), 4) }),
        because: Some("docs/decisions/0012-layers.md".to_owned()),
        way_out: "add \"web\" to its depends_on (unsnarl.toml:5)".to_owned(),
        further_sites: 0,
        chain: Vec::new(),
    }
}

fn manifest() -> Manifest {
    let module = |id: &str| DeclaredModule { id: id.to_owned(), ..DeclaredModule::default() };
    let place = |line| Place { file: "unsnarl.toml".to_owned(), line };
    Manifest {
        files: vec!["unsnarl.toml".to_owned()],
        modules: vec![module("billing"), module("web")],
        rules: vec![DeclaredRule {
            id: "no-ui".to_owned(),
            kind: "forbidden".to_owned(),
            place: place(20),
            ..DeclaredRule::default()
        }],
        exemptions: vec![Exemption {
            rule: "U101".to_owned(),
            from: "billing/old.py".to_owned(),
            to: "web".to_owned(),
            reason: "PDF rendering moves in Q2".to_owned(),
            owner: "payments".to_owned(),
            expires: 1_800_057_600,
            place: place(30),
        }],
        ..Manifest::default()
    }
}

fn used(code: &str, contract: Option<&str>) -> RuleUse {
    RuleUse {
        rule: rules::named(code).expect("the tests name rules that exist"),
        contract: contract.map(str::to_owned),
        matched: "2 modules, 5 dependencies".to_owned(),
        count: 5,
    }
}

/// A check against a base with one violation of each state, a way through files, and one without a place.
pub(crate) fn broken() -> Case {
    let new = |violation| Outcome { violation, state: State::New };
    let mut way = violation("U106", "billing/pdf.py", "web/render.py");
    way.contract = Some("no-ui".to_owned());
    way.chain =
        ["billing/pdf.py", "core/a.py", "web/render.py", "external:react"].map(str::to_owned).to_vec();
    way.sites.push(Site { path: "billing/pdf.py".to_owned(), line: 9, specifier: String::new() });
    let mut nowhere = violation("U107", "billing", "");
    nowhere.contract = Some("no-ui".to_owned());
    nowhere.sites.clear();
    nowhere.other_side = None;
    nowhere.because = None;
    let mut warning = violation("U109", "billing", "web");
    warning.level = Level::Warning;
    warning.chain = ["billing", "web", "billing"].map(str::to_owned).to_vec();
    let was = Key { rule: "U101".to_owned(), from: "lib/b.py".to_owned(), to: "web/b.py".to_owned() };
    let mut whole = violation("U201", "billing/a b,c%.py", "");
    whole.sites[0].line = 0;
    let outcomes = vec![
        new(violation("U101", "billing/pdf.py", "web/render.py")),
        new(way),
        new(nowhere),
        new(whole),
        new(warning),
        Outcome { violation: violation("U101", "billing/a.py", "web/a.py"), state: State::Recorded },
        Outcome { violation: violation("U101", "billing/b.py", "web/b.py"), state: State::Moved(was) },
        Outcome { violation: violation("U101", "billing/old.py", "web/c.py"), state: State::Exempt(0) },
        Outcome { violation: violation("U101", "billing/d.py", "web/d.py"), state: State::Before },
    ];
    let language = LanguageRead {
        language: "python".to_owned(),
        files: 9,
        not_whole: 1,
        resolved: 7,
        external: 2,
        unresolved: 1,
    };
    Case {
        check: Check {
            outcomes,
            uses: vec![
                used("U101", None),
                used("U105", Some("no-ui")),
                used("U106", Some("no-ui")),
                used("U109", None),
            ],
            coverage: Coverage {
                modules: 2,
                files: 12,
                files_in_modules: 11,
                read: 9,
                dependencies: 5,
                languages: vec![language],
            },
            delta: Delta { recorded: 3, held: 2, moved: 1, stale: 1, before: Some(4), change: Some((1, 2)) },
            allowed: vec!["U204".to_owned()],
            exemptions: vec![Some(1)],
        },
        manifest: manifest(),
        scope: Scope::Change { base: "origin/main".to_owned(), commit: "1a2b3c4d5e".to_owned(), files: 2 },
        notes: vec!["untracked files were not looked at: permission denied".to_owned()],
        line: "é𐐀 from web.render import pdf".to_owned(),
    }
}

/// A check of a whole tree that holds.
pub(crate) fn holds() -> Case {
    let mut case = broken();
    case.check.outcomes.retain(|one| one.state == State::Recorded);
    case.check.delta = Delta { recorded: 1, held: 1, ..Delta::default() };
    case.notes.clear();
    case.scope = Scope::Tree;
    case
}

/// A check that looked at nothing, as of an empty repository.
pub(crate) fn empty() -> Case {
    Case {
        check: Check::default(),
        manifest: Manifest::default(),
        scope: Scope::File("a.py".to_owned()),
        notes: Vec::new(),
        line: String::new(),
    }
}
