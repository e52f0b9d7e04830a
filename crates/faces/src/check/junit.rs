//! A check as JUnit XML, which Jenkins and most other CI systems read: a suite a rule, a case that passed for a contract
//! that held, a case that failed for each violation, a skipped one for each warning.
//!
//! The first suite passes always and says what was looked at, and how debt stands: a report without any case is an
//! error to most readers.

use facts::manifest::Level;
use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};
use verdicts::{
    check::{Outcome, State},
    rules::{Rule, RuleUse},
    tally::Tally,
};

use super::{Checked, other_side, place, summary, text};
use crate::plain::plain;

/// The report; characters XML has no place for are left out.
pub fn render(checked: &Checked<'_>) -> String {
    let check = checked.check;
    let mut report = Report::new("unsnarl check");
    report.add_test_suite(looked_at(checked));
    let held = check.uses.iter().map(|used| used.rule);
    let mut rules: Vec<&Rule> = held.chain(check.outcomes.iter().map(|one| one.violation.rule)).collect();
    rules.sort_by_key(|rule| rule.code);
    rules.dedup();
    for rule in rules {
        report.add_test_suite(suite(checked, rule));
    }
    let text = report.to_string().expect("writing XML into memory cannot fail");
    // The crate leaves out every character XML has no place for but these two (quick-junit 0.8).
    text.replace(['\u{fffe}', '\u{ffff}'], "")
}

fn looked_at(checked: &Checked<'_>) -> TestSuite {
    let delta = &checked.check.delta;
    let mut suite = TestSuite::new("unsnarl");
    let numbers = [
        ("debt.recorded", Some(delta.recorded)),
        ("debt.held", Some(delta.held)),
        ("debt.moved", Some(delta.moved)),
        ("debt.stale", Some(delta.stale)),
        ("debt.before", delta.before),
    ];
    for (name, number) in numbers {
        suite.add_properties(number.map(|number| Property::new(name, number.to_string())));
    }
    let mut case =
        TestCase::new(format!("looked at: {}", summary::looked_at(checked)), TestCaseStatus::success());
    case.set_classname("unsnarl");
    let mut lines = vec![summary::verdict(checked)];
    lines.extend(text::debt(delta).map(|debt| format!("debt: {debt}")));
    let languages = summary::languages(checked);
    if !languages.is_empty() {
        lines.push(format!("names: {}", languages.join(", ")));
    }
    lines.extend(
        checked.check.allowed.iter().map(|word| format!("not held, by [check] allow: {}", plain(word))),
    );
    lines.extend(checked.notes.iter().map(|note| format!("note: {}", plain(note))));
    case.set_system_out(lines.join("\n"));
    suite.add_test_case(case);
    suite
}

fn suite(checked: &Checked<'_>, rule: &'static Rule) -> TestSuite {
    let mut suite = TestSuite::new(format!("{} {}", rule.code, rule.name));
    let own: Vec<&Outcome> = checked.check.outcomes.iter().filter(|one| one.violation.rule == rule).collect();
    let tally = Tally::of(own.iter().copied());
    for (name, number) in
        [("recorded", tally.recorded + tally.moved), ("exempt", tally.exempt), ("before", tally.before)]
    {
        if number > 0 {
            suite.add_property(Property::new(name, number.to_string()));
        }
    }
    for used in checked.check.uses.iter().filter(|used| used.rule == rule) {
        if checked.check.tally_of(used).violations == 0 {
            suite.add_test_case(held(used));
        }
    }
    for one in own.into_iter().filter(|one| one.state == State::New) {
        suite.add_test_case(broken(checked, one));
    }
    suite
}

fn held(used: &RuleUse) -> TestCase {
    let name = used.contract.as_ref().map_or_else(|| used.rule.name.to_owned(), |contract| plain(contract));
    let mut case = TestCase::new(format!("{name}: {}", plain(&used.matched)), TestCaseStatus::success());
    case.set_classname(used.rule.code);
    case
}

fn broken(checked: &Checked<'_>, one: &Outcome) -> TestCase {
    let violation = &one.violation;
    let mut status = match violation.level {
        Level::Error => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Level::Warning => TestCaseStatus::skipped(),
    };
    status.set_type(violation.rule.code);
    status.set_message(plain(&violation.what));
    let places = violation.sites.iter().map(|site| match site.line {
        0 => format!("at: {}", plain(&site.path)),
        line => format!("at: {}:{line}", plain(&site.path)),
    });
    let mut lines: Vec<String> = places.collect();
    if violation.further_sites > 0 {
        lines.push(format!("at: {} more", facts::counts::grouped(violation.further_sites)));
    }
    lines.extend(other_side(violation).map(|owner| format!("owner: {owner}")));
    lines.extend(violation.because.as_ref().map(|because| format!("because: {}", plain(because))));
    lines.push(format!("help: {}", plain(&violation.way_out)));
    status.set_description(lines.join("\n"));
    let contract =
        violation.contract.as_ref().map_or(String::new(), |contract| format!("{}: ", plain(contract)));
    let to = if violation.to.is_empty() { String::new() } else { format!(" -> {}", plain(&violation.to)) };
    let mut case = TestCase::new(format!("{contract}{}{to}", plain(&violation.from)), status);
    case.set_classname(violation.rule.code);
    let place = place::first(checked, violation);
    case.extra.insert("file".into(), plain(&place.path).into());
    if place.line > 0 {
        case.extra.insert("line".into(), place.line.to_string().into());
    }
    case
}
