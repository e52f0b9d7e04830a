//! Measures of dependencies on a design small enough to be worked by hand.
//!
//! ```text
//!   a: a1 ──▶ a2        a1 names b1, b1 and a2 name each other: a cycle of two over a and b
//!            ▲│         b2 names c1 in its types alone; c1 names a1 as a test; c2 stands alone
//!   b: b1 ───┘▼  b2
//!   c: c1  c2
//! ```

use facts::{
    Basis, Change, ChangeId, CommitId, Facts, FileId, Lens, Module, ModuleId, Structure, Touch, TouchKind,
    dependencies::{Dependencies, Dependency, DependencyKind, FileGraph, ReadFile, Snapshot, Target},
    lens::Range,
    structure::Source,
    time,
};
use measures::{
    BoundaryKind, Coupling, CouplingKind, Estimate, FilePair, Measurement, Names, Parameters, Subject,
    boundaries, causes, measure,
};
use rustc_hash::FxHashMap;

const FILES: [(&str, u32); 6] =
    [("a/a1.rs", 0), ("a/a2.rs", 0), ("b/b1.rs", 1), ("b/b2.rs", 1), ("c/c1.rs", 2), ("c/c2.rs", 2)];
const EDGES: [(u32, u32, DependencyKind); 7] = [
    (0, 1, DependencyKind::Runtime),
    (0, 2, DependencyKind::Runtime),
    (1, 2, DependencyKind::Runtime),
    (2, 1, DependencyKind::Runtime),
    (3, 4, DependencyKind::TypeOnly),
    (4, 0, DependencyKind::Test),
    (5, 4, DependencyKind::Contains),
];

fn facts() -> Facts {
    let mut facts = Facts::default();
    for (path, _) in FILES {
        let path = facts.paths.intern(path.as_bytes());
        let file = facts.files.push(path, ChangeId(0));
        facts.files.language[file.index()] = Some("Rust");
    }
    let edges = EDGES.iter().map(|&(from, to, kind)| Dependency {
        from: FileId(from),
        to: Target::File(FileId(to)),
        kind,
        line: 1,
        specifier: String::new(),
        language: "rust",
    });
    let files = (0..6).map(|file| ReadFile { file: FileId(file), language: "rust", test: false });
    facts.dependencies =
        Some(Dependencies { edges: edges.collect(), files: files.collect(), ..Dependencies::default() });
    facts
}

fn structure() -> Structure {
    let source = Source { basis: Basis::Declared, from: "test".into() };
    let module = |name: &str| Module { name: name.into(), source: source.clone() };
    Structure {
        modules: vec![module("a"), module("b"), module("c")],
        module_of_file: FILES.iter().map(|&(_, module)| Some(ModuleId(module))).collect(),
        ..Structure::default()
    }
}

fn quantity(measurement: &Measurement, name: &str) -> Option<f64> {
    measurement.quantities.iter().find(|one| one.name == name)?.value
}

fn of_module(measurement: &Measurement, module: u32) -> Estimate {
    let subject = Subject::Module(ModuleId(module));
    measurement.parts.iter().find(|part| part.subject == subject).expect("the module has a part").estimate
}

#[test]
fn the_drawing() {
    let (facts, structure) = (facts(), structure());
    let lens = Lens::new(&facts, &structure, structure.ownership(), Range::default());
    let picture = measure(&lens, None, &lens, Parameters::default());

    // Reached from a1: itself, a2, b1; from a2 and b1 each other; from b2: c1; c1 and c2 themselves.
    assert_eq!(picture.propagation_cost.whole.value, Some((3 + 2 + 2 + 2 + 1 + 1) as f64 / 36.0));
    assert_eq!(quantity(&picture.propagation_cost, "core_files"), Some(2.0));
    assert_eq!(quantity(&picture.propagation_cost, "dependencies"), Some(5.0), "no test, no containment");

    assert_eq!((picture.cycles.whole.count, picture.cycles.whole.of), (2.0, 6));
    let [cycle] = picture.cycle_list.as_slice() else { panic!("{:?}", picture.cycle_list) };
    assert_eq!(cycle.files, [FileId(1), FileId(2)]);
    assert_eq!(cycle.modules, [ModuleId(0), ModuleId(1)]);
    assert_eq!(cycle.witness.len(), 2);

    // a needs b, b needs a and c.
    assert_eq!(picture.fan_out.whole.value, Some(1.0));
    assert_eq!(quantity(&picture.fan_out, "mutual_pairs"), Some(1.0));
    assert_eq!(of_module(&picture.fan_out, 1).count, 2.0);
    // Named from outside: a2 of a's two, b1 of b's, c1 of c's.
    assert_eq!((picture.interface_breadth.whole.count, picture.interface_breadth.whole.of), (3.0, 6));
    assert_eq!(of_module(&picture.interface_breadth, 0).value, Some(0.5));
}

#[test]
fn without_code_nothing_is_told() {
    let (mut facts, structure) = (facts(), structure());
    facts.dependencies = None;
    let lens = Lens::new(&facts, &structure, structure.ownership(), Range::default());
    let picture = measure(&lens, None, &lens, Parameters::default());
    for one in [
        &picture.boundaries,
        &picture.fan_out,
        &picture.interface_breadth,
        &picture.propagation_cost,
        &picture.cycles,
    ] {
        assert_eq!((one.whole.value, one.notes.len()), (None, 1), "{}", one.name);
    }
    assert!(picture.cycle_list.is_empty() && picture.boundary_list.is_empty());
}

/// What is not read would pass for files that depend on nothing.
#[test]
fn of_code_that_is_mostly_unread_nothing_is_told() {
    let (mut facts, structure) = (facts(), structure());
    for (read, told) in [(3, true), (2, false)] {
        facts.dependencies.as_mut().expect("code was read").files.retain(|one| one.file.0 < read);
        let lens = Lens::new(&facts, &structure, structure.ownership(), Range::default());
        let picture = measure(&lens, None, &lens, Parameters::default());
        for one in [&picture.fan_out, &picture.propagation_cost, &picture.cycles, &picture.interface_breadth]
        {
            assert_eq!(
                (one.whole.value.is_some(), one.notes.is_empty()),
                (told, told),
                "{} {read}",
                one.name
            );
        }
        assert_eq!(picture.boundaries.notes.is_empty(), told);
    }
}

/// A pair is counted together through what people write, and so is what explains it.
#[test]
fn what_explains_a_pair_is_among_what_it_shares() {
    let (mut facts, mut structure) = (facts(), structure());
    let path = facts.paths.intern(b"a/package.json");
    let form = facts.files.push(path, ChangeId(0));
    structure.module_of_file.push(Some(ModuleId(0)));
    let edges = &mut facts.dependencies.as_mut().expect("code was read").edges;
    edges.push(Dependency { from: form, to: Target::File(FileId(2)), ..edges[0].clone() });
    for (number, files) in [[FileId(0), FileId(2)], [form, FileId(2)]].into_iter().enumerate() {
        let change = ChangeId::from_index(number);
        let commit = CommitId::from_bytes(&[number as u8; 20]).expect("twenty bytes");
        facts.changes.push(Change { files: 2, ..Change::new(commit, number as i64) });
        for file in files {
            let path = facts.files.path[file.index()];
            facts.touches.push(Touch { change, file, path, kind: TouchKind::Modified, previous_path: None });
        }
    }
    facts.touches.index(2);
    let lens = Lens::new(&facts, &structure, structure.ownership(), Range { now: 100, ..Range::default() });
    let mut couplings = vec![coupling(0, 1)];
    boundaries::compute(&lens, &mut couplings, 1);
    assert_eq!(couplings[0].explained, 1);
}

#[test]
fn earlier_designs_are_points_of_a_series() {
    let (mut facts, structure) = (facts(), structure());
    let graph = FileGraph::new(vec![FileId(0), FileId(2)], vec![(0, 1), (1, 0)]);
    facts.snapshots = vec![Snapshot { at: time::midnight(2020, 1, 1), graph }];
    let lens = Lens::new(&facts, &structure, structure.ownership(), Range::default());
    let picture = measure(&lens, None, &lens, Parameters::default());
    let point = &picture.cycles.series[0];
    assert_eq!((point.period.label.as_str(), point.estimate.value), ("2019", Some(1.0)));
    assert_eq!(picture.fan_out.series[0].estimate.value, Some(1.0));
    assert_eq!(picture.propagation_cost.series[0].estimate.value, Some(1.0));
}

/// A pair that changed together.
fn coupling(a: u32, b: u32) -> Coupling {
    Coupling {
        a: ModuleId(a),
        b: ModuleId(b),
        shared: 20,
        a_changes: 30,
        b_changes: 30,
        n: 100,
        expected: 9.0,
        excess: 11.0,
        lift: Estimate::default(),
        p: 1e-5,
        q: 1e-4,
        windows: 4,
        windows_of: 4,
        recent_shared: 5,
        kind: CouplingKind::Unknown,
        a_names_b: Names::default(),
        b_names_a: Names::default(),
        explained: 0,
        causes: Vec::new(),
        file_pairs: vec![FilePair { a: FileId(1), b: FileId(5), shared: 20 }],
        changes: Vec::new(),
    }
}

#[test]
fn couplings_are_told_apart_by_what_names_what() {
    let (facts, structure) = (facts(), structure());
    let lens = Lens::new(&facts, &structure, structure.ownership(), Range::default());
    let mut couplings = vec![coupling(0, 1), coupling(0, 2)];
    let (measurement, list) = boundaries::compute(&lens, &mut couplings, 1);
    assert_eq!(couplings[0].kind, CouplingKind::Leaky);
    assert_eq!(couplings[0].a_names_b, Names { code: 2, tests: 0 });
    // c1 names a1 as a test: a dependency all the same.
    assert_eq!(
        (couplings[1].kind, couplings[1].b_names_a),
        (CouplingKind::Leaky, Names { code: 0, tests: 1 })
    );
    let kinds: Vec<BoundaryKind> = list.iter().map(|one| one.kind).collect();
    assert_eq!(
        kinds,
        [BoundaryKind::Leaky, BoundaryKind::Leaky, BoundaryKind::Stable],
        "b needs c and changes apart"
    );
    assert_eq!(quantity(&measurement, "independent"), Some(0.0));
}

#[test]
fn what_no_name_connects_is_hidden_unless_its_code_cannot_be_read() {
    let (mut facts, structure) = (facts(), structure());
    let dependencies = facts.dependencies.as_mut().expect("code was read");
    dependencies.edges.retain(|edge| edge.kind != DependencyKind::Test);
    let lens = Lens::new(&facts, &structure, structure.ownership(), Range::default());
    let mut couplings = vec![coupling(0, 2)];
    boundaries::compute(&lens, &mut couplings, 1);
    assert_eq!(couplings[0].kind, CouplingKind::Hidden);
    // b2 names c1, but a leads to b1 alone: no way from a to c, however long.
    boundaries::compute(&lens, &mut couplings, 9);
    assert_eq!(couplings[0].kind, CouplingKind::Hidden);

    let dependencies = facts.dependencies.as_mut().expect("code was read");
    dependencies.files.retain(|one| one.file.0 < 4);
    let lens = Lens::new(&facts, &structure, structure.ownership(), Range::default());
    boundaries::compute(&lens, &mut couplings, 1);
    assert_eq!(couplings[0].kind, CouplingKind::Unknown, "nothing of c was read");
}

#[test]
fn longer_ways_count_where_they_are_asked_for() {
    let (mut facts, structure) = (facts(), structure());
    let dependencies = facts.dependencies.as_mut().expect("code was read");
    dependencies.edges.retain(|edge| edge.kind != DependencyKind::Test);
    // a1 names b1, and now b1 names c1.
    dependencies.edges[3].to = Target::File(FileId(4));
    let lens = Lens::new(&facts, &structure, structure.ownership(), Range::default());
    for (via, kind) in [(1, CouplingKind::Hidden), (2, CouplingKind::Leaky)] {
        let mut couplings = vec![coupling(0, 2)];
        boundaries::compute(&lens, &mut couplings, via);
        assert_eq!(couplings[0].kind, kind, "via {via}");
    }
}

#[test]
fn causes_are_read_from_the_files_that_carry_a_pair() {
    let (facts, structure) = (facts(), structure());
    let lens = Lens::new(&facts, &structure, structure.ownership(), Range::default());
    let hidden = || vec![Coupling { kind: CouplingKind::Hidden, ..coupling(0, 2) }];
    let texts = |one: &str, other: &str| -> FxHashMap<FileId, String> {
        [(FileId(1), one.to_owned()), (FileId(5), other.to_owned())].into_iter().collect()
    };

    let mut couplings = hidden();
    let both = "fn parse() { let retry_limit_seconds = 3; }";
    causes::settle(&lens, &mut couplings, &texts(both, "const retry_limit_seconds: u32 = 3;"));
    let [cause] = couplings[0].causes.as_slice() else { panic!("{:?}", couplings[0].causes) };
    assert_eq!(
        (cause.kind.name(), cause.words.as_slice()),
        ("shared-text", &["retry_limit_seconds".to_owned()][..])
    );

    let mut couplings = hidden();
    let copied: String = (0..12).map(|line| format!("    statement_number({line});\n")).collect();
    causes::settle(&lens, &mut couplings, &texts(&copied, &format!("fn other() {{\n{copied}}}\n")));
    let [cause] = couplings[0].causes.as_slice() else { panic!("{:?}", couplings[0].causes) };
    assert_eq!((cause.kind.name(), cause.lines), ("copy", Some((12, 12))));

    let mut couplings = hidden();
    causes::settle(&lens, &mut couplings, &texts("nothing", "in common"));
    assert!(couplings[0].causes.is_empty());
}
