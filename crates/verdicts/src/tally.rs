//! How many violations are in which state: of a whole check, or of one rule.

use facts::manifest::Level;

use crate::{
    check::{Check, Outcome, State},
    rules::RuleUse,
};

/// Violations by what became of them; they add up to all there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// What fails the check.
    pub violations: u64,
    /// What is told and fails nothing.
    pub warnings: u64,
    /// What is recorded as debt, where it stands.
    pub recorded: u64,
    /// What is recorded as debt under another path.
    pub moved: u64,
    /// What an exemption excuses.
    pub exempt: u64,
    /// What was there before the change.
    pub before: u64,
}

impl Tally {
    /// Counts outcomes.
    pub fn of<'o>(outcomes: impl Iterator<Item = &'o Outcome>) -> Self {
        let mut tally = Self::default();
        for one in outcomes {
            let count = match (&one.state, one.violation.level) {
                (State::New, Level::Error) => &mut tally.violations,
                (State::New, Level::Warning) => &mut tally.warnings,
                (State::Recorded, _) => &mut tally.recorded,
                (State::Moved(_), _) => &mut tally.moved,
                (State::Exempt(_), _) => &mut tally.exempt,
                (State::Before, _) => &mut tally.before,
            };
            *count += 1;
        }
        tally
    }

    /// Everything that is broken, whatever became of it.
    pub fn all(&self) -> u64 {
        self.violations + self.warnings + self.recorded + self.moved + self.exempt + self.before
    }
}

impl Check {
    /// Whether nothing fails.
    pub fn holds(&self) -> bool {
        self.failures().next().is_none()
    }

    /// All violations by state.
    pub fn tally(&self) -> Tally {
        Tally::of(self.outcomes.iter())
    }

    /// Those of one rule, as one contract asks for it.
    pub fn tally_of(&self, used: &RuleUse) -> Tally {
        Tally::of(
            self.outcomes
                .iter()
                .filter(|one| one.violation.rule == used.rule && one.violation.contract == used.contract),
        )
    }
}
