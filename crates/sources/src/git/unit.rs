//! Which unit fits a repository's own shape.
//!
//! A first-parent commit is the right change where the mainline is made of direct commits, squashed pull requests
//! or merged topic branches. It is the wrong one where merges bring whole repositories or release trains: then one
//! "change" would be a week of everybody's work.

use facts::{Unit, UnitChoice, counts::grouped};

use super::walk::Commit;

/// What the mainline looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    mainline: u64,
    merges: u64,
    /// Merges that bring another repository's or a long-lived branch's work: `Merge branch 'x' of <url>`,
    /// `Merge branch 'develop'`, `Merge tag`.
    integrations: u64,
}

impl Shape {
    pub(crate) fn of(mainline: &[Commit]) -> Self {
        let merges = mainline.iter().filter(|commit| commit.is_merge);
        Self {
            mainline: mainline.len() as u64,
            merges: merges.clone().count() as u64,
            integrations: merges.filter(|commit| is_integration(&commit.subject)).count() as u64,
        }
    }

    /// The shape that led to an earlier choice.
    pub(crate) fn of_choice(choice: &UnitChoice) -> Self {
        let [mainline, merges, integrations] = choice.shape;
        Self { mainline, merges, integrations }
    }

    /// The shape of two stretches of one mainline.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            mainline: self.mainline + other.mainline,
            merges: self.merges + other.merges,
            integrations: self.integrations + other.integrations,
        }
    }

    /// The three numbers, as facts keep them.
    pub(crate) fn numbers(self) -> [u64; 3] {
        [self.mainline, self.merges, self.integrations]
    }

    /// The unit, and in one sentence why.
    pub(crate) fn pick(self) -> UnitChoice {
        let Self { mainline, merges, integrations } = self;
        let [all, merged, integrating] = self.numbers().map(grouped);
        let (unit, why) = if merges == 0 {
            (Unit::Change, "history is linear, each commit is one change".to_owned())
        } else if integrations * 2 > merges && merges * 10 > mainline {
            let why = format!(
                "{integrating} of {merged} mainline merges bring a whole repository or long-lived branch"
            );
            (Unit::Commit, why)
        } else {
            let why = format!("{merged} of {all} mainline commits are merges, each stands for its branch");
            (Unit::Change, why)
        };
        UnitChoice { unit, picked: true, why, shape: self.numbers() }
    }
}

fn is_integration(subject: &str) -> bool {
    const LONG_LIVED: [&str; 8] =
        ["develop", "development", "dev", "main", "master", "next", "staging", "trunk"];
    if subject.starts_with("Merge tag ") {
        return true;
    }
    let Some(rest) = ["Merge branch '", "Merge remote-tracking branch '", "Merge remote branch '"]
        .iter()
        .find_map(|start| subject.strip_prefix(start))
    else {
        return false;
    };
    let Some((branch, rest)) = rest.split_once('\'') else { return false };
    let name = branch.rsplit('/').next().unwrap_or(branch);
    rest.starts_with(" of ") || LONG_LIVED.contains(&name) || branch.starts_with("release/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merges_of_repositories_are_integrations() {
        for subject in [
            "Merge branch 'master' of github.com:a/b",
            "Merge branch 'for-linus' of git://git.kernel.org/x",
            "Merge tag 'net-6.1' of git://git.kernel.org/x",
            "Merge branch 'develop'",
            "Merge remote-tracking branch 'origin/master' into topic",
        ] {
            assert!(is_integration(subject), "{subject}");
        }
        for subject in [
            "Merge pull request #1 from a/b",
            "Merge branch 'fix-x'",
            "Merge branch 'ab/topic' into next",
            "x",
        ] {
            assert!(!is_integration(subject), "{subject}");
        }
    }

    #[test]
    fn the_shape_decides() {
        let pick = |mainline, merges, integrations| Shape { mainline, merges, integrations }.pick().unit;
        assert_eq!(pick(100, 0, 0), Unit::Change);
        assert_eq!(pick(100, 90, 0), Unit::Change);
        assert_eq!(pick(100, 90, 80), Unit::Commit);
        assert_eq!(pick(100, 5, 5), Unit::Change, "a few pulls in a linear history change nothing");
    }
}
