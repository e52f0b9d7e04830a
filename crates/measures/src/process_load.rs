//! Process load: how much was written for changes to pass, and how that grew.
//!
//! A restructuring that removes coordination leaves fewer rules, or as many. One that moves it puts the need to talk into
//! rules, required owners and pipelines, where it costs as much and shows less. So the sorts are counted over time,
//! beside the approvals a change needs.

use std::collections::BTreeSet;

use facts::{Basis, ChangeId, Facts, Lens, PathId, TouchKind};

use crate::{
    Estimate, Evidence, Measurement, Part, Quantity, Subject, UnitOfValue, description::Description, over,
};

/// See the module.
pub const MEASURE: Description = Description {
    name: "process_load",
    question: "How much is written for changes to pass, and is it growing?",
    definition: "Rules of ownership files, rules of the manifest, and files that define a pipeline (GitHub workflows, GitLab CI, Jenkins, Azure, CircleCI, Buildkite, Travis, AppVeyor, Bitbucket, Drone, Cloud Build), added up, as they stood at the end of each period. Per sort the same. Beside it the distinct owners the rules name. What a change needs by them is `approvals`, with --structure then by the files of its time.",
    reads: &["changes", "touches", "ownership"],
    unit: "rules and pipeline files",
    source: "counts of what is declared; complexity that is moved rather than removed: Brooks 1986, \"No Silver Bullet\"",
    limits: "A count, not a cost: one rule may ask much and forty nothing, and sorts weigh differently. More code needs more rules. What a forge enforces (protected branches, required checks) and what is agreed in words is not in the repository. Pipelines by which other repositories are included are not seen.",
};

/// How much was written at one moment; rules are `None` where earlier versions were not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Rules of ownership files.
    pub ownership_rules: Option<u64>,
    /// Distinct owners they name.
    pub owners: Option<u64>,
    /// Rules of the manifest.
    pub manifest_rules: Option<u64>,
    /// Files that define a pipeline.
    pub workflow_files: u64,
}

/// A sort of what is written, and how much there is of it.
pub(crate) type Sort = (&'static str, fn(&Load) -> Option<u64>);

impl Load {
    /// Everything that is written; `None` where rules are not known.
    pub fn all(&self) -> Option<u64> {
        Some(self.ownership_rules? + self.manifest_rules? + self.workflow_files)
    }
}

/// How much was written after each change.
#[derive(Clone, Debug)]
pub struct Loads<'f> {
    facts: &'f Facts,
    /// Pipeline files from each change on that made them more or fewer.
    workflows: Vec<(ChangeId, u64)>,
}

impl<'f> Loads<'f> {
    /// Follows pipeline files through history, whether their changes count or not.
    pub fn new(facts: &'f Facts) -> Self {
        let is: Vec<bool> =
            (0..facts.paths.len()).map(|at| is_workflow(facts.paths.bytes(PathId::from_index(at)))).collect();
        let mut workflows = Vec::new();
        let mut there: BTreeSet<PathId> = BTreeSet::new();
        for change in facts.changes.ids() {
            let before = there.len();
            for at in facts.touches.of(change) {
                let path = facts.touches.path[at];
                if let Some(previous) = facts.touches.previous_path[at]
                    && facts.touches.kind[at] == TouchKind::Renamed
                {
                    there.remove(&previous);
                }
                if is[path.index()] {
                    if facts.touches.kind[at] == TouchKind::Deleted {
                        there.remove(&path);
                    } else {
                        there.insert(path);
                    }
                }
            }
            if there.len() != before {
                workflows.push((change, there.len() as u64));
            }
        }
        Self { facts, workflows }
    }

    /// How much was written once a change had reached the mainline.
    pub fn after(&self, change: ChangeId) -> Load {
        let at = self.workflows.partition_point(|(writer, _)| *writer <= change);
        let workflow_files = at.checked_sub(1).map_or(0, |at| self.workflows[at].1);
        let Some(versions) = &self.facts.process else {
            return Load { workflow_files, ..Load::default() };
        };
        let at = versions.partition_point(|version| version.change <= change);
        let version = at.checked_sub(1).map(|at| versions[at]);
        let count = |of: fn(&facts::ProcessVersion) -> u32| Some(version.as_ref().map_or(0, of).into());
        Load {
            ownership_rules: count(|version| version.ownership_rules),
            owners: count(|version| version.owners),
            manifest_rules: count(|version| version.manifest_rules),
            workflow_files,
        }
    }
}

/// Computes it through a lens.
pub fn compute(lens: &Lens<'_>) -> Measurement {
    let loads = Loads::new(lens.facts);
    let at = |changes: &[ChangeId]| {
        let load = changes.last().map(|&last| loads.after(last));
        let all = load.and_then(|load| load.all());
        let count = all.map_or(0.0, |all| all as f64);
        Estimate { value: all.map(|all| all as f64), interval: None, count, of: u64::from(all.is_some()) }
    };
    let last = lens.counted.last().map(|&last| loads.after(last)).unwrap_or_default();
    let known = lens.facts.process.is_some();
    let before = lens.counted.len().saturating_sub(lens.recent().len());
    let year_ago = before.checked_sub(1).map(|at| loads.after(lens.counted[at]));
    let number = |value: Option<u64>| value.map(|value| value as f64);
    Measurement {
        name: MEASURE.name,
        unit: UnitOfValue::Count,
        basis: if known { Basis::Declared } else { Basis::None },
        whole: at(&lens.counted),
        recent: None,
        series: if known { over::series(lens, at) } else { Vec::new() },
        parts: parts(&last, year_ago.as_ref()),
        quantities: vec![
            Quantity { name: "owners", value: number(last.owners) },
            Quantity { name: "workflow_files", value: Some(last.workflow_files as f64) },
            Quantity { name: "a_year_ago", value: number(year_ago.and_then(|load| load.all())) },
        ],
        notes: (!known)
            .then(|| "there are many versions of the ownership files; --structure then reads them".to_owned())
            .into_iter()
            .collect(),
        ledger: Vec::new(),
    }
}

/// The sorts, the most numerous first; nothing where they do not add up because rules are not known.
fn parts(last: &Load, year_ago: Option<&Load>) -> Vec<Part> {
    let sorts: [Sort; 3] = [
        ("ownership rules", |load| load.ownership_rules),
        ("manifest rules", |load| load.manifest_rules),
        ("workflow files", |load| Some(load.workflow_files)),
    ];
    let Some(all) = last.all().filter(|all| *all > 0) else { return Vec::new() };
    let mut parts: Vec<Part> = sorts
        .into_iter()
        .filter_map(|(sort, of)| {
            let count = of(last)? as f64;
            let before = year_ago.and_then(of).map(|count| count as f64);
            Some(Part {
                subject: Subject::System,
                estimate: Estimate { value: Some(count), interval: None, count, of: all },
                share: Some(count / all as f64),
                state: Some(sort),
                quantities: vec![Quantity { name: "a_year_ago", value: before }],
                evidence: Evidence::default(),
            })
        })
        .collect();
    parts.sort_by(|a, b| b.estimate.count.total_cmp(&a.estimate.count));
    parts
}

/// Whether a path defines a pipeline.
fn is_workflow(path: &[u8]) -> bool {
    let Ok(path) = std::str::from_utf8(path) else { return false };
    let name = path.rsplit('/').next().unwrap_or(path);
    let yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    let directories = [".github/workflows/", ".gitlab/ci/", ".circleci/", ".buildkite/", ".azure-pipelines/"];
    let root = [
        ".travis.yml",
        "appveyor.yml",
        ".appveyor.yml",
        "bitbucket-pipelines.yml",
        ".drone.yml",
        "cloudbuild.yaml",
        "cloudbuild.yml",
    ];
    name.starts_with("Jenkinsfile")
        || yaml && (name.starts_with("azure-pipelines") || name.starts_with(".gitlab-ci"))
        || yaml && directories.iter().any(|directory| path.starts_with(directory))
        || root.contains(&path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pipelines_are_known_by_their_paths() {
        for path in [
            ".github/workflows/ci.yml",
            ".gitlab-ci.yml",
            "web/.gitlab-ci.build.yaml",
            "Jenkinsfile",
            "ops/Jenkinsfile.release",
            "ci/azure-pipelines-nightly.yml",
            ".circleci/config.yml",
            ".buildkite/pipeline.yaml",
            ".travis.yml",
        ] {
            assert!(is_workflow(path.as_bytes()), "{path}");
        }
        for path in
            [".github/CODEOWNERS", ".github/workflows/README.md", "src/ci.yml", "docs/.travis.yml", "a\u{ff}"]
        {
            assert!(!is_workflow(path.as_bytes()), "{path}");
        }
    }
}
