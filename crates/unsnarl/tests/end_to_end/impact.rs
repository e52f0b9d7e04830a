//! `unsnarl impact`: what a change needs is told before it is made, and nothing is made up.

use std::fs;

use serde_json::Value;
use testkit::repo::{Commit, History, Repository, Sandbox, random::Random};

use crate::stage::{fitting, is_published, unsnarl};

const HOUR: i64 = 3_600;
const START: i64 = 1_700_000_000;

const MANIFEST: &str = "\
version = 1

[layers]
order = [\"domain\"]

[[team]]
id = \"payments\"
handles = [\"@shop/payments\"]
members = [{ person = \"ana@shop.example\" }, { person = \"ari@shop.example\" }]

[[team]]
id = \"web\"
members = [{ person = \"bo@shop.example\" }]

[[module]]
id = \"billing\"
paths = [\"billing/**\"]
owner = \"payments\"
layer = \"domain\"

[[module]]
id = \"web\"
paths = [\"web/**\"]
owner = \"web\"

[[rule]]
id = \"no-web-in-billing\"
type = \"forbidden\"
from = [\"layer:domain\"]
to = [\"web\"]
because = \"docs/decisions/0001.md\"
";

/// Four hundred changes: of the six parts of billing each with its test, of the six pages of web each alone; every page of web
/// names part 0 but page 5.
fn shop() -> History {
    let mut random = Random::new(5);
    let mut history = History::default();
    let mut first = Commit::new("begin")
        .by("Ana", "ana@shop.example")
        .at(START)
        .write("unsnarl.toml", MANIFEST)
        .write("docs/decisions/0001.md", "# Billing knows no page\n\nIt outlives them.\n")
        .write("logo.png", b"\x89PNG\0\x01");
    for at in 0..6 {
        first = first.write(format!("billing/part{at}.py"), "X = 0\n");
        first = first.write(format!("billing/test_part{at}.py"), "Y = 0\n");
        let names = if at == 5 { "" } else { "import billing.part0\n" };
        first = first.write(format!("web/page{at}.py"), names);
    }
    history.commit("main", first);
    for at in 1..=400 {
        let one = random.below(6);
        let commit = Commit::new(format!("change {at}")).at(START + at * HOUR);
        let commit = match random.below(3) {
            0 => commit.by("Bo", "bo@shop.example").write(format!("web/page{one}.py"), page(one, at)),
            turn => commit
                .by(["", "Ana", "Ari"][turn], ["", "ana@shop.example", "ari@shop.example"][turn])
                .write(format!("billing/part{one}.py"), format!("X = {at}\n"))
                .write(format!("billing/test_part{one}.py"), format!("Y = {at}\n")),
        };
        history.commit("main", commit);
    }
    history
}

fn page(one: usize, at: i64) -> String {
    let names = if one == 5 { "" } else { "import billing.part0\n" };
    format!("{names}Z = {at}\n")
}

/// One owner for everything, which the report says in words.
fn owned_by_one() -> History {
    let mut history = History::default();
    for at in 0..40 {
        let commit = Commit::new("change").at(START + at * HOUR).write("CODEOWNERS", "* @shop/everybody\n");
        history.commit("main", commit.write("a.py", format!("{at}\n")));
    }
    history
}

struct Shop {
    sandbox: Sandbox,
    repository: Repository,
}

impl Shop {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let repository = sandbox.repository("shop", &shop());
        repository.git(&["reset", "--hard", "-q", "main"]);
        Self { sandbox, repository }
    }

    fn text(&self, arguments: &[&str]) -> String {
        let whole = [&["impact"], arguments].concat();
        let text = unsnarl(&self.sandbox, self.repository.path(), &whole).answer();
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        text
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let whole = [&["impact", "--format", "json"], arguments].concat();
        let text = unsnarl(&self.sandbox, self.repository.path(), &whole).answer();
        fitting(&text, &faces::impact::schema())
    }

    fn refused(&self, arguments: &[&str]) -> String {
        unsnarl(&self.sandbox, self.repository.path(), &[&["impact"], arguments].concat()).refusal()
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let place = self.repository.path().join(path);
        fs::create_dir_all(place.parent().expect("a file lies somewhere")).expect("it can be made");
        fs::write(place, content).expect("it can be written");
    }
}

/// The values of one key, in a list.
fn each<'v>(list: &'v Value, key: &str) -> Vec<&'v str> {
    let list = list.as_array().expect("a list");
    list.iter().map(|one| one[key].as_str().unwrap_or("–")).collect()
}

#[test]
fn the_partner_the_team_and_the_people_are_told() {
    let shop = Shop::new();
    let found = shop.json(&["billing/part3.py"]);
    assert_eq!(found["schema"], "unsnarl.impact/1");
    assert_eq!(each(&found["teams"], "name"), ["payments"]);
    let team = &found["teams"][0];
    assert_eq!((&team["needed"], &team["basis"]), (&true.into(), &"declared".into()));
    assert!(team["rule"].as_str().is_some_and(|rule| rule.starts_with("unsnarl.toml:")), "{team}");
    assert_eq!(found["approvals"], 1);
    let first = &found["files"][0];
    assert_eq!(first["path"], "billing/test_part3.py", "{found}");
    assert!(first["probability"].as_f64() > Some(0.8), "{first}");
    assert_eq!(each(&found["tests"], "path")[0], "billing/test_part3.py");
    assert_eq!(found["nothing_more"], false);
    // The changes that are named did touch both.
    for change in first["because"].as_array().expect("a list") {
        let commit = change["commit"].as_str().expect("a commit");
        let files = shop.repository.text(&["show", "--name-only", "--format=", commit]);
        assert!(files.contains("billing/part3.py") && files.contains("billing/test_part3.py"), "{files}");
        assert!(change["subject"].as_str().is_some_and(|subject| subject.starts_with("change ")));
    }
    let people = &found["people"][0];
    assert_eq!(people["team"], "payments");
    let names: Vec<&str> =
        people["names"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert_eq!(names, ["Ana", "Ari"], "both of the team know it, in no other order");
    assert_eq!(each(&found["decisions"], "title"), ["Billing knows no page"]);
    assert_eq!(found["split"], Value::Null);
    assert!(found["hit_rate"]["first_right"].as_f64() > Some(0.8), "{found}");

    let text = shop.text(&["billing/part3.py"]);
    for told in [
        "Needs 1 team, 1 approval",
        "payments",
        "billing/test_part3.py",
        "Billing knows no page",
        "can answer of payments: Ana, Ari",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    let single = shop.sandbox.repository("single", &owned_by_one());
    for format in ["text", "json", "markdown"] {
        let asked = ["impact", "a.py", "--anonymous-teams", "--format", format];
        let hidden = unsnarl(&shop.sandbox, single.path(), &asked).answer();
        assert!(hidden.contains("team-1") && !hidden.contains("@shop"), "{hidden}");
    }
    let hidden = shop.text(&["billing/part3.py", "--anonymous-teams"]);
    assert!(!hidden.contains("payments") && !hidden.contains("Ana"), "{hidden}");
}

#[test]
fn the_same_bytes_whatever_the_threads_and_whether_anything_is_kept() {
    let shop = Shop::new();
    let ask = |more: &[&str]| {
        let whole = [&["impact", "--format", "json", "billing/part1.py", "web/page2.py"], more].concat();
        unsnarl(&shop.sandbox, shop.repository.path(), &whole).answer()
    };
    let fresh = ask(&["--no-cache", "--threads", "1"]);
    let kept = || -> Vec<String> {
        let place = fs::read_dir(shop.repository.git_directory().join("unsnarl")).expect("facts are kept");
        let names = place.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        names.filter(|name| name.starts_with("predictor-") || name.starts_with("ties-")).collect()
    };
    assert_eq!(fresh, ask(&["--threads", "4"]), "nothing kept yet");
    let first = kept();
    assert_eq!(first.len(), 2, "{first:?}");
    assert_eq!(fresh, ask(&[]), "kept");
    assert_eq!(kept(), first, "nothing was learned again");
}

#[test]
fn a_commit_is_judged_by_what_lay_before_it_and_a_complete_one_is_left_alone() {
    let shop = Shop::new();
    shop.write("billing/part2.py", "X = -1\n");
    shop.write("billing/test_part2.py", "Y = -1\n");
    shop.repository.git(&["commit", "-qam", "both at once"]);
    let before = shop.repository.text(&["rev-parse", "HEAD^"]);
    let found = shop.json(&["HEAD"]);
    assert_eq!(found["nothing_more"], true, "{found}");
    let history = found["history"].as_str().expect("a commit");
    assert!(before.starts_with(history), "{history} is the parent {before}");
    let asked = found["asked"].as_str().expect("it says what was asked");
    assert!(asked.contains("both at once"), "{asked}");
    assert_eq!(each(&found["touched"], "kind"), ["modified", "modified"]);
    assert!(shop.text(&["HEAD"]).contains("Nothing is said to be missing"), "{}", shop.text(&["HEAD"]));
    let named = shop.text(&["billing/part2.py", "billing/test_part2.py"]);
    assert!(!named.contains("Nothing is said"), "of paths nobody says that they are all: {named}");
    // A range is the same of more commits.
    let found = shop.json(&["HEAD~1..HEAD"]);
    assert_eq!(each(&found["touched"], "path"), ["billing/part2.py", "billing/test_part2.py"]);
    assert!(each(&found["people"], "team").contains(&"payments"));
}

#[test]
fn what_is_not_committed_is_a_change_too() {
    let shop = Shop::new();
    shop.repository.git(&["checkout", "-q", "-b", "feature"]);
    shop.write("billing/part4.py", "X = -1\n");
    shop.repository.git(&["commit", "-qam", "half of it"]);
    shop.write("web/page9.py", "import billing.part4\n");
    fs::rename(shop.repository.path().join("web/page0.py"), shop.repository.path().join("web/front.py"))
        .expect("it is there");
    fs::remove_file(shop.repository.path().join("logo.png")).expect("it is there");
    let found = shop.json(&["--diff", "main"]);
    let touched: Vec<(&str, &str)> =
        each(&found["touched"], "path").into_iter().zip(each(&found["touched"], "kind")).collect();
    let expected = [
        ("billing/part4.py", "modified"),
        ("logo.png", "deleted"),
        ("web/front.py", "renamed"),
        ("web/page9.py", "added"),
    ];
    assert_eq!(touched, expected);
    assert_eq!(
        each(&found["touched"], "module"),
        ["billing", "(root)", "web", "web"],
        "a new file is of its neighbours' module"
    );
    assert_eq!(found["files"][0]["path"], "billing/test_part4.py", "{found}");
    assert_eq!(each(&found["teams"], "name")[..2], ["web", "payments"], "{found}");
    assert_eq!(found["unowned"], 1, "nobody owns the logo");

    assert_eq!(shop.json(&["--staged"])["touched"], Value::Array(Vec::new()));
    assert!(shop.text(&["--staged"]).contains("nothing differs"), "an empty diff is an answer");
    shop.repository.git(&["add", "web/page9.py"]);
    assert_eq!(each(&shop.json(&["--staged"])["touched"], "path"), ["web/page9.py"]);
}

#[test]
fn a_change_of_two_teams_is_parted_where_nothing_holds_it_together() {
    let shop = Shop::new();
    let parted = shop.json(&["billing/part3.py", "web/page1.py"]);
    let parts = parted["split"].as_array().expect("it can be parted");
    let teams: Vec<&str> = parts.iter().filter_map(|part| part["team"].as_str()).collect();
    assert_eq!(teams, ["payments", "web"], "{parted}");
    // Page 1 names part 0, page 5 does not.
    let held = shop.json(&["billing/part0.py", "web/page1.py"]);
    assert_eq!(held["split"], Value::Null);
    let why = held["split_note"].as_str().expect("it says why");
    assert!(why.starts_with("web/page1.py names billing/part0.py"), "{why}");
    assert!(shop.json(&["billing/part0.py", "web/page5.py"])["split"].is_array());
    // A new file is asked what it names, too.
    shop.write("web/page9.py", "import billing.part4\n");
    let held = shop.json(&["web/page9.py", "billing/part4.py"]);
    assert!(held["split_note"].as_str().is_some_and(|why| why.contains("web/page9.py names")), "{held}");
    let kind = each(&held["touched"], "kind");
    assert_eq!(kind, ["named", "added"], "{held}");
}

/// Each new page came with a change of the part it names, which no past can say of a page that is not there yet.
#[test]
fn what_a_new_file_names_is_told() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    let mut first = Commit::new("begin").at(START);
    for at in 0..40 {
        first = first.write(format!("core/part{at}.py"), "X = 0\n");
    }
    history.commit("main", first);
    for at in 0..70 {
        let one = at % 39;
        let commit = Commit::new(format!("page {at}"))
            .at(START + (at + 1) * HOUR)
            .write(format!("web/page{at}.py"), format!("import core.part{one}\n"))
            .write(format!("core/part{one}.py"), format!("X = {at}\n"));
        history.commit("main", commit);
    }
    let repository = sandbox.repository("wired", &history);
    repository.git(&["reset", "--hard", "-q", "main"]);
    fs::write(repository.path().join("web/next.py"), "import core.part39\n").expect("it can be written");
    let text = unsnarl(&sandbox, repository.path(), &["impact", "web/next.py", "--format", "json"]).answer();
    let found: Value = serde_json::from_str(&text).expect("it is JSON");
    let first = &found["files"][0];
    assert_eq!(
        (&first["path"], &first["evidence"]),
        (&"core/part39.py".into(), &"a new file names it".into())
    );
    assert!(first["probability"].as_f64() > Some(0.9), "{text}");
    assert_eq!(first["because"], Value::Array(Vec::new()));
}

#[test]
fn what_cannot_be_asked_is_refused_with_a_way_out() {
    let shop = Shop::new();
    let refused = shop.refused(&["no-such-branch"]);
    assert!(refused.contains("neither a path of the last commit nor a revision"), "{refused}");
    assert!(shop.refused(&["--diff", "no-such-base"]).contains("no-such-base"));
    assert!(shop.refused(&["../elsewhere.py"]).contains("outside the repository"));
    assert!(shop.refused(&["/etc/passwd"]).contains("outside the repository"));
    assert!(shop.refused(&["no-such..HEAD"]).contains("`no-such` is no revision"));
    assert!(shop.refused(&["HEAD..HEAD~1"]).contains("HEAD~1..HEAD"));
    assert!(shop.refused(&["HEAD", "web/page1.py"]).contains("asked about alone"));
    shop.repository.git(&["branch", "billing"]);
    assert!(shop.text(&["billing"]).contains("is a revision, too"), "{}", shop.text(&["billing"]));
    let first = shop.repository.text(&["rev-list", "--max-parents=0", "HEAD"]);
    assert!(shop.refused(&[first.trim()]).contains("first commit"));
    assert!(shop.refused(&[""]).contains("no path is empty"));
    for word in ["web/*.py", "web/page1.py/x", ".git/config", "HEAD:web/page1.py"] {
        assert!(shop.refused(&[word]).contains("neither a path"), "{word}");
    }
    assert!(shop.refused(&["HEAD", "--as-of", "HEAD~1"]).contains("--as-of"));
    assert!(shop.text(&["2024-01-01.md"]).contains("taken for a new file"), "a day is no revision");

    let empty = shop.sandbox.repository("empty", &History::default());
    let refused = unsnarl(&shop.sandbox, empty.path(), &["impact", "a.py"]).refusal();
    assert!(refused.contains("no commits"), "{refused}");
}

#[test]
fn a_diff_of_ten_thousand_files_is_answered_and_nothing_is_predicted_of_it() {
    let shop = Shop::new();
    for at in 0..10_000 {
        shop.write(&format!("web/made/{}/{at}.txt", at % 100), b"\0\xff binary");
    }
    let found = shop.json(&["--diff", "HEAD"]);
    assert_eq!(found["touched"].as_array().map(Vec::len), Some(10_000));
    assert_eq!(each(&found["teams"], "name"), ["web"]);
    assert_eq!((&found["files"], &found["nothing_more"]), (&Value::Array(Vec::new()), &true.into()));
    assert!(found["notes"].to_string().contains("10000 files are no one change"), "{}", found["notes"]);
    assert!(shop.text(&["--diff", "HEAD"]).lines().count() < 30);
}

#[test]
fn few_changes_are_counted_and_said_to_be_few() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    for at in 0..12 {
        let commit = Commit::new("together").at(START + at * HOUR);
        history.commit("main", commit.write("a.py", format!("{at}\n")).write("b.py", format!("{at}\n")));
    }
    let repository = sandbox.repository("young", &history);
    let text = unsnarl(&sandbox, repository.path(), &["impact", "a.py", "--format", "json"]).answer();
    let found: Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(found["files"][0]["path"], "b.py");
    assert_eq!((&found["nothing_more"], &found["hit_rate"]), (&false.into(), &Value::Null));
    assert!(found["notes"].to_string().contains("too few changes to learn from"), "{text}");
}

#[test]
fn the_report_prints_the_hit_rate_that_impact_has() {
    let shop = Shop::new();
    let run = |arguments: &[&str]| unsnarl(&shop.sandbox, shop.repository.path(), arguments).answer();
    let report: Value = serde_json::from_str(&run(&["report", "--format", "json"])).expect("it is JSON");
    assert_eq!(report["hit_rate"], shop.json(&["billing/part3.py"])["hit_rate"]);
    assert_eq!(report["hit_rate"]["questions"], 50);
    let text = run(&["report", "--md", "report.md", "--html", "report.html"]);
    assert!(text.contains("named first were needed") && text.contains("50 later changes"), "{text}");
    for page in ["report.md", "report.html"] {
        let page = fs::read_to_string(shop.repository.path().join(page)).expect("it was written");
        assert!(page.contains("the first file named was right in"), "{page}");
    }
}

/// Names that would be markup, a mention, or escape sequences.
#[test]
fn names_of_strangers_are_only_names() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    let odd = "src/`x`|<img src=x onerror=alert(1)>@everyone\u{202e}.py";
    for at in 0..80 {
        let commit = Commit::new("[click](http://evil.example) @everyone \x1b[31m").at(START + at * HOUR);
        history.commit("main", commit.write(odd, format!("{at}\n")).write("src/b.py", format!("{at}\n")));
    }
    let repository = sandbox.repository("odd", &history);
    for format in ["text", "markdown"] {
        let shown =
            unsnarl(&sandbox, repository.path(), &["impact", "src/b.py", "--format", format]).answer();
        assert!(!shown.contains('\x1b') && !shown.contains('\u{202e}'), "{shown}");
        if format == "markdown" {
            assert!(
                !shown.contains("<img") && !shown.contains("](http") && !shown.contains("@everyone"),
                "{shown}"
            );
            assert_eq!(
                shown,
                unsnarl(&sandbox, repository.path(), &["impact", "src/b.py", "--format", format]).answer()
            );
        }
    }
}

#[test]
fn the_published_schema_is_that_of_the_program() {
    is_published("impact.schema.json", &faces::impact::schema());
}
