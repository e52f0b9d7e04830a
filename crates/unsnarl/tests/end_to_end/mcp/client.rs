//! The official SDK's client, by its transport for child processes.

use rmcp::{
    RoleClient, ServiceError, ServiceExt as _,
    model::{CallToolRequestParams, CallToolResult, ErrorCode, Tool},
    service::RunningService,
    transport::TokioChildProcess,
};
use serde_json::{Value, json};
use testkit::repo::{Commit, History, Repository, Sandbox};
use tokio::process::Command;

use super::{MANIFEST, shop, write};
use crate::stage::{program, unsnarl};

/// A client with its server.
struct Agent {
    service: RunningService<RoleClient, ()>,
}

impl Agent {
    async fn start(sandbox: &Sandbox, repository: &Repository) -> Self {
        let mut command = program(sandbox);
        command.arg("mcp").current_dir(repository.path());
        let transport = TokioChildProcess::new(Command::from(command)).expect("the program was compiled");
        Self { service: ().serve(transport).await.expect("the server introduces itself") }
    }

    async fn tools(&self) -> Vec<Tool> {
        self.service.list_all_tools().await.expect("tools are listed")
    }

    async fn call(&self, tool: &str, arguments: Value) -> Result<CallToolResult, ServiceError> {
        let arguments = arguments.as_object().expect("arguments are an object").clone();
        let call = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        self.service.call_tool(call).await
    }

    /// The words and the document of an answer.
    async fn answer(&self, tool: &str, arguments: Value) -> (String, Value) {
        let result = self.call(tool, arguments).await.expect("a known tool answers");
        assert_eq!(result.is_error, Some(false), "{result:?}");
        (text(&result), result.structured_content.expect("an answer has a document"))
    }

    /// What is said where there is no answer.
    async fn refusal(&self, tool: &str, arguments: Value) -> String {
        let result = self.call(tool, arguments).await.expect("a known tool answers");
        assert_eq!((result.is_error, &result.structured_content), (Some(true), &None), "{result:?}");
        text(&result)
    }

    async fn end(self) {
        self.service.cancel().await.expect("the server ends with its client");
    }
}

fn text(result: &CallToolResult) -> String {
    let [content] = result.content.as_slice() else { panic!("one text: {result:?}") };
    content.as_text().expect("it is text").text.clone()
}

/// Runs a test's questions; one thread, as the program itself has.
fn run(asked: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime needs nothing").block_on(asked);
}

fn pairs(document: &Value, rows: &str) -> Vec<(String, String)> {
    let rows = document[rows].as_array().expect("rows are a list");
    let name = |value: &Value| value.as_str().expect("modules have names").to_owned();
    let mut pairs: Vec<_> = rows.iter().map(|row| (name(&row["a"]), name(&row["b"]))).collect();
    pairs.sort();
    pairs
}

fn pair(a: &str, b: &str) -> (String, String) {
    (a.to_owned(), b.to_owned())
}

#[test]
fn tools_say_what_they_take_and_give() {
    let sandbox = Sandbox::new();
    let (repository, _) = shop(&sandbox);
    run(async {
        let agent = Agent::start(&sandbox, &repository).await;
        let server = agent.service.peer_info().expect("the server introduced itself");
        let instructions = server.instructions.clone().unwrap_or_default();
        assert_eq!(server.server_info.as_ref().map(|info| info.name.as_str()), Some("unsnarl"));
        let tools = agent.tools().await;
        let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_ref()).collect();
        assert_eq!(names, ["owners", "impact", "boundaries", "hidden_constraints", "check", "explain"]);
        for tool in &tools {
            assert!(instructions.contains(tool.name.as_ref()), "{}: {instructions}", tool.name);
            let about = tool.annotations.as_ref().expect("tools are annotated");
            assert_eq!((about.read_only_hint, about.open_world_hint), (Some(true), Some(false)));
            assert!(
                tool.description.as_ref().is_some_and(|text| text.contains("Ask") || text.contains("begin"))
            );
            let schemas = [Some(&tool.input_schema), tool.output_schema.as_ref()];
            for schema in schemas.into_iter().flatten() {
                let schema = Value::Object(schema.as_ref().clone());
                assert!(jsonschema::draft202012::meta::is_valid(&schema), "{}: {schema}", tool.name);
                assert_eq!(schema["type"], "object");
            }
        }
        agent.end().await;
    });
}

#[test]
fn every_tool_answers_as_its_command_does_and_by_its_schema() {
    let sandbox = Sandbox::new();
    let (repository, planted) = shop(&sandbox);
    write(&repository, "unsnarl.toml", MANIFEST);
    let command = |arguments: &[&str]| unsnarl(&sandbox, repository.path(), arguments);
    let json_of = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).expect("it is JSON");
    run(async {
        let agent = Agent::start(&sandbox, &repository).await;
        let tools = agent.tools().await;
        let holds = |name: &str, document: &Value| {
            let tool = tools.iter().find(|tool| tool.name == name).expect("it is listed");
            let schema = tool.output_schema.as_ref().expect("it has a schema");
            jsonschema::validate(&Value::Object(schema.as_ref().clone()), document).expect("it is as told");
        };

        let path = "packages/m05/src/part0.ts";
        let (text, owners) = agent.answer("owners", json!({"paths": [path], "explain": true})).await;
        holds("owners", &owners);
        let told = command(&["owners", path, "--explain", "--format", "json"]).answer();
        assert_eq!(owners["answers"], json_of(told.as_bytes()));
        assert_eq!(owners["answers"][0]["owners"], json!(["@shop/team-1"]));
        assert!(text.contains("@shop/team-1") && text.contains(".github/CODEOWNERS:6"), "{text}");
        assert_eq!(owners["notes"], json!([]));

        let (text, mut impact) = agent.answer("impact", json!({"paths": [path]})).await;
        holds("impact", &impact);
        impact.as_object_mut().expect("it is an object").shift_remove("truncated");
        let mut told = json_of(command(&["impact", path, "--format", "json"]).answer().as_bytes());
        told.as_object_mut().expect("it is an object").shift_remove("schema");
        assert_eq!(impact, told);
        assert!(text.contains("Needs 1 team") && text.contains("@shop/team-1"), "{text}");
        let (_, commit) = agent.answer("impact", json!({"rev": "HEAD"})).await;
        let mut told = json_of(command(&["impact", "HEAD", "--format", "json"]).answer().as_bytes());
        assert_eq!(commit["history"], told["history"].take(), "judged by what lay before it");
        let (_, diff) = agent.answer("impact", json!({"diff": "HEAD"})).await;
        assert_eq!(
            diff["touched"],
            json!([{"path": "unsnarl.toml", "kind": "added", "from": null, "module": null}])
        );
        let why = agent.refusal("impact", json!({"paths": [path], "staged": true})).await;
        assert!(why.contains("one of paths, rev, diff and staged") && why.contains("hint: "), "{why}");
        let why = agent.refusal("impact", json!({"rev": "no-such-branch"})).await;
        assert!(why.contains("neither a path of the last commit nor a revision"), "{why}");
        assert!(agent.refusal("impact", json!({"paths": ["../x"]})).await.contains("outside the repository"));

        let (text, hidden) = agent.answer("hidden_constraints", json!({})).await;
        holds("hidden_constraints", &hidden);
        let wanted = [pair("m01", "packages/m06"), pair("packages/m02", "packages/m07")];
        assert_eq!(pairs(&hidden, "hidden"), wanted);
        assert!(hidden["hidden"][0]["file_pairs"].as_array().is_some_and(|pairs| !pairs.is_empty()));
        assert!(text.starts_with("2 hidden constraints\n") && text.contains("by chance"), "{text}");
        let (_, hidden) =
            agent.answer("hidden_constraints", json!({"path": "packages/m07/src/part1.ts"})).await;
        assert_eq!(pairs(&hidden, "hidden"), [pair("packages/m02", "packages/m07")]);
        assert_eq!(planted.pairs[2], pair("packages/m02", "packages/m07"));

        let (text, all) = agent.answer("boundaries", json!({"module": "m00"})).await;
        holds("boundaries", &all);
        assert_eq!(pairs(&all, "boundaries"), [pair("m00", "m01"), pair("m00", "m05")]);
        let row = |b: &str| all["boundaries"].as_array().into_iter().flatten().find(|row| row["b"] == b);
        let (leaky, stable) = (row("m05").expect("it is told"), row("m01").expect("it is told"));
        assert_eq!((&leaky["kind"], &leaky["a_may_use_b"]), (&json!("leaky"), &json!(false)));
        assert_eq!((&stable["kind"], &stable["a_may_use_b"]), (&json!("stable"), &json!(true)));
        assert_eq!((&leaky["b_may_use_a"], &stable["b_may_use_a"]), (&Value::Null, &json!(false)));
        assert!(leaky["shared"].as_u64() > Some(10) && stable["id"].is_null(), "{all}");
        assert!(text.contains("m00 → m05") && text.contains("m00 may not depend on m05"), "{text}");
        let (_, kind) = agent.answer("boundaries", json!({"kind": "hidden"})).await;
        assert_eq!(pairs(&kind, "boundaries"), wanted);

        let (text, mut check) = agent.answer("check", json!({})).await;
        assert_eq!(check["truncated"], 0);
        check.as_object_mut().expect("it is an object").remove("truncated");
        assert_eq!(check, json_of(&command(&["check", "--format", "json"]).out));
        assert_eq!((&check["holds"], &check["outcomes"][0]["code"]), (&json!(false), &json!("U101")));
        assert!(text.contains("U101 undeclared-dependency") && !text.contains('\u{1b}'), "{text}");

        for id in [leaky["id"].as_str().expect("a coupling has an id"), "U101", "ownership clarity"] {
            let (text, page) = agent.answer("explain", json!({"id": id})).await;
            holds("explain", &page);
            assert_eq!(text, command(&["explain", id]).answer());
            assert_eq!((&page["id"], &page["page"]), (&json!(id), &json!(text)));
        }
        let (text, _) = agent.answer("explain", json!({})).await;
        assert_eq!(text, command(&["explain"]).answer());
        agent.end().await;
    });
}

#[test]
fn what_changes_meanwhile_changes_the_answer() {
    let sandbox = Sandbox::new();
    let (repository, _) = shop(&sandbox);
    write(&repository, "unsnarl.toml", &MANIFEST.replace("[\"m01\"]", "[\"m01\", \"m05\"]"));
    run(async {
        let agent = Agent::start(&sandbox, &repository).await;
        let owner = async || {
            let (_, owners) = agent.answer("owners", json!({"paths": ["packages/m05/src/part0.ts"]})).await;
            owners["answers"][0]["owners"].clone()
        };
        assert_eq!(owner().await, json!(["@shop/team-1"]));
        let mut more = History::default();
        let rules = "/packages/ @shop/everybody\n";
        more.commit("main", Commit::new("hand over").continuing("main").write(".github/CODEOWNERS", rules));
        repository.import(&more);
        assert_eq!(owner().await, json!(["@shop/everybody"]));

        let (_, check) = agent.answer("check", json!({"diff": "main~1"})).await;
        assert_eq!(check["holds"], true, "{check}");
        write(&repository, "packages/m01/src/part1.ts", "import { born } from \"../../m05/src/part1\";\n");
        let (text, check) = agent.answer("check", json!({"diff": "main~1"})).await;
        assert_eq!((&check["totals"]["violations"], &check["scope"]["kind"]), (&json!(1), &json!("change")));
        assert!(
            text.contains("packages/m01/src/part1.ts:1") && text.contains("`m01` depends on `m05`"),
            "{text}"
        );
        let (_, elsewhere) = agent.answer("check", json!({"path": "packages/m02"})).await;
        assert_eq!(elsewhere["outcomes"], json!([]));
        let (_, here) = agent.answer("check", json!({"path": "packages/m01/"})).await;
        assert_eq!(here["outcomes"][0]["from"], "packages/m01/src/part1.ts");
        repository.git(&["add", "unsnarl.toml"]);
        let (_, staged) = agent.answer("check", json!({"staged": true})).await;
        assert_eq!(staged["holds"], true, "nothing of it is staged: {staged}");

        let (_, before) = agent.answer("boundaries", json!({"path": "packages/m07"})).await;
        assert_eq!(before["boundaries"][0]["b"], "packages/m07");
        write(
            &repository,
            "unsnarl.toml",
            "version = 1\n\n[[module]]\nid = \"seven\"\npaths = [\"packages/m07/**\"]\n",
        );
        let (_, after) = agent.answer("boundaries", json!({"module": "seven"})).await;
        assert_eq!(after["boundaries"][0]["b"], "seven");
        agent.end().await;
    });
}

#[test]
fn what_cannot_be_answered_is_told_with_the_way_out() {
    let sandbox = Sandbox::new();
    let (repository, _) = shop(&sandbox);
    run(async {
        let agent = Agent::start(&sandbox, &repository).await;
        for (tool, arguments, said) in [
            ("check", json!({}), "there is no unsnarl.toml here\nhint: unsnarl init"),
            ("owners", json!({"paths": []}), "no path was named\nhint: paths: ["),
            (
                "owners",
                json!({"paths": ["../elsewhere.ts"]}),
                "outside the repository\nhint: paths are relative",
            ),
            ("owners", json!({"paths": ["/etc/passwd"]}), "outside the repository\nhint: paths are relative"),
            ("owners", json!({"paths": "src"}), "invalid type: string"),
            ("owners", json!({"path": ["src"]}), "unknown field `path`, expected `paths` or `explain`"),
            ("boundaries", json!({"module": "package/m01"}), "hint: did you mean `packages/m01`?"),
            ("boundaries", json!({"kind": "odd"}), "unknown variant `odd`, expected one of `hidden`"),
            ("boundaries", json!({"module": "a", "path": "b"}), "one of them\nhint: name the module"),
            (
                "hidden_constraints",
                json!({"path": "packages/m99"}),
                "there is no `packages/m99` in the last commit",
            ),
            ("check", json!({"staged": true, "diff": "main"}), "a check has one base"),
            (
                "explain",
                json!({"id": "couplings"}),
                "nothing here is called `couplings`\nhint: did you mean coupling?",
            ),
        ] {
            let refusal = agent.refusal(tool, arguments.clone()).await;
            assert!(refusal.contains(said), "{tool} {arguments}: {refusal}");
        }
        write(&repository, "unsnarl.toml", MANIFEST);
        for (arguments, said) in [
            (json!({"diff": "no-such-branch"}), "no-such-branch"),
            (json!({"diff": "--upload-pack=x"}), "--upload-pack=x"),
            (json!({"path": "packages/m99"}), "the tree has no such file, nor any below it"),
            (json!({"path": "../x"}), "outside the repository"),
        ] {
            let refusal = agent.refusal("check", arguments.clone()).await;
            assert!(refusal.contains(said), "{arguments}: {refusal}");
        }
        write(&repository, "unsnarl.toml", "version = 1\n[[module]\n");
        assert!(agent.refusal("check", json!({})).await.contains("unsnarl.toml:2"));
        let (text, owners) = agent.answer("owners", json!({"paths": ["packages/m00/package.json"]})).await;
        assert!(text.contains("note: 1 mistake in the manifest") && !owners["notes"][0].is_null(), "{text}");

        let unknown = agent.call("rm", json!({})).await.expect_err("there is no such tool");
        let ServiceError::McpError(error) = unknown else { panic!("{unknown}") };
        assert_eq!(error.code, ErrorCode::INVALID_PARAMS);
        assert!(
            error.message.contains("no tool is called `rm`; there are owners, impact, boundaries"),
            "{error}"
        );
        agent.end().await;
    });
}

#[test]
fn long_answers_are_cut_and_say_so() {
    let sandbox = Sandbox::new();
    let (repository, _) = shop(&sandbox);
    run(async {
        let agent = Agent::start(&sandbox, &repository).await;
        let (text, owners) = agent.answer("owners", json!({"paths": ["."]})).await;
        let told = owners["answers"].as_array().map_or(0, Vec::len) as u64;
        let files = repository.text(&["ls-files"]).lines().count() as u64;
        assert_eq!((told, owners["truncated"].as_u64()), (40, Some(files - 40)));
        assert!(text.contains(&format!("truncated: {} more", files - 40)), "{text}");
        agent.end().await;
        assert_eq!(repository.text(&["status", "--porcelain"]), "", "nothing is written but kept facts");
    });
}

#[test]
fn without_a_repository_the_server_says_so_and_finds_it_later() {
    let sandbox = Sandbox::new();
    let (repository, _) = shop(&sandbox);
    let (here, away) = (repository.path(), sandbox.path().join("away"));
    std::fs::rename(here.join(".git"), &away).expect("the sandbox is writable");
    run(async {
        let agent = Agent::start(&sandbox, &repository).await;
        let refusal = agent.refusal("owners", json!({"paths": ["packages"]})).await;
        assert!(refusal.contains("not a git repository"), "{refusal}");
        std::fs::rename(&away, here.join(".git")).expect("the sandbox is writable");
        agent.answer("owners", json!({"paths": ["packages"]})).await;
        agent.end().await;
    });
}
