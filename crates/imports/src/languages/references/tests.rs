use crate::testing::edges;

/// The edges of one file of a project, without the file's name.
fn of(path: &str, text: &str, others: &[&str]) -> Vec<String> {
    let mut files: Vec<(&str, &str)> = others.iter().map(|path| (*path, "")).collect();
    files.push((path, text));
    let own = format!("{path}:");
    edges(&files).into_iter().filter_map(|edge| edge.strip_prefix(&own).map(str::to_owned)).collect()
}

#[test]
fn protos_name_protos_and_what_is_made_from_them_names_them() {
    let proto = "// import \"no.proto\";\nimport public \"x/a.proto\";\nimport 'google/type/date.proto';\nimport \"x/gone.proto\";\n";
    assert_eq!(
        of("p/b.proto", proto, &["p/x/a.proto", "q/x/a.proto"]),
        [
            "2 -> p/x/a.proto",
            "3 -> external google",
            "4 -> unresolved no file for x/gone.proto: it may be generated, or not be committed",
        ]
    );
    assert_eq!(
        of("p/a.pb.go", "// Code generated\n// source: x/a.proto\n", &["p/x/a.proto"]),
        ["2 -> p/x/a.proto (dev)"]
    );
    assert_eq!(
        of("p/a_pb.ts", "// @generated from file x/a.proto (package x)\n", &["p/x/a.proto"]),
        ["1 -> p/x/a.proto (dev)"]
    );
    assert_eq!(of("p/a.pb.h", "// source: gone.proto\n", &["p/x/a.proto"]), [""; 0]);
}

#[test]
fn graphql_imports_are_comments() {
    let text = "#import \"./a.graphql\"\n# import A, B from '../b.graphql'\n# we import \"c\"\n#import \"./gone.graphql\"\n";
    assert_eq!(
        of("q/x.graphql", text, &["q/a.graphql", "b.graphql"]),
        [
            "1 -> q/a.graphql",
            "2 -> b.graphql",
            "4 -> unresolved no file for ./gone.graphql: it may be generated, or not be committed",
        ]
    );
}

#[test]
fn schemas_refer_to_files() {
    let json = "{\"$ref\": \"./a.json#/x\", \"b\": {\"$ref\" : \"#/x\"}, \"c\": {\"$ref\": \"A\"},\n\"$ref\": \"http://json-schema.org/x#\"}";
    assert_eq!(of("s/x.json", json, &["s/a.json"]), ["1 -> s/a.json", "2 -> external json-schema.org"]);
    let yaml =
        "a:\n  $ref: '../a.yaml#/x'\nb: {$ref: ./gone.yml}\n# $ref: ../a.yaml\nc:\n  $ref: other.yaml\n";
    assert_eq!(
        of("s/x.yaml", yaml, &["a.yaml"]),
        ["2 -> a.yaml", "3 -> unresolved no file for ./gone.yml: it may be generated, or not be committed",]
    );
}

#[test]
fn images_copy_files() {
    let text = "FROM x\nCOPY --chown=a b.txt \\\n  c.txt /d/\nADD [\"e.txt\", \"/f\"]\nCOPY --from=y b.txt z\nCOPY $A *.txt gone.txt src ./\n# COPY b.txt x\n";
    let files = ["i/b.txt", "c.txt", "i/e.txt", "i/src/x"];
    let all = ["2 -> i/b.txt (dev)", "2 -> c.txt (dev)", "4 -> i/e.txt (dev)"];
    assert_eq!(of("i/Dockerfile", text, &files), all);
    assert_eq!(of("i/Dockerfile.dev", text, &files), all);
    assert_eq!(of("i/Dockerfile.dev", "COPY", &files), [""; 0]);
}

#[test]
fn services_are_built_and_read() {
    let text = "services:\n  a:\n    build: ./a\n    env_file: [a.env, gone.env]\n    volumes:\n      - ./a.conf:/etc/a\n      - ./data:/data\n  b:\n    build:\n      dockerfile: Dockerfile.b\n      context: b\n    extends:\n      file: base.yml\n  c:\n    build: https://host/x\n  d:\n    build: ./empty\nconfigs:\n  e:\n    file: e.txt\n";
    let files =
        ["a/Dockerfile", "a.env", "a.conf", "data/x", "b/Dockerfile.b", "base.yml", "e.txt", "empty/x"];
    assert_eq!(
        of("compose.yaml", text, &files),
        [
            "3 -> a/Dockerfile (dev)",
            "4 -> a.env",
            "4 -> unresolved no file for gone.env: it may be generated, or not be committed",
            "6 -> a.conf",
            "10 -> b/Dockerfile.b (dev)",
            "13 -> base.yml",
            "17 -> unresolved no Dockerfile or Containerfile in empty/ (dev)",
            "20 -> e.txt",
        ]
    );
}

#[test]
fn kustomizations_are_put_together() {
    let text = "resources:\n- a.yaml\n- ../base\n- https://host/x.yaml\n- github.com/a/b?ref=c\npatches:\n- path: p.yaml\n- patch: |-\n    - path: no.yaml\nconfigMapGenerator:\n- name: x\n  files:\n  - key=c.txt\n  - d.txt\ncomponents: [../none]\n";
    let files = ["k/a.yaml", "base/kustomization.yml", "k/p.yaml", "k/c.txt", "none/x"];
    assert_eq!(
        of("k/kustomization.yaml", text, &files),
        [
            "2 -> k/a.yaml",
            "3 -> base/kustomization.yml",
            "4 -> external host",
            "5 -> external github.com",
            "7 -> k/p.yaml",
            "13 -> k/c.txt",
            "15 -> unresolved no kustomization.yaml or kustomization.yml or Kustomization in none/",
        ]
    );
}

#[test]
fn modules_are_called_and_files_read() {
    let text = "module \"a\" {\n  source = \"../m\"\n  x = { source = \"no\" }\n}\nmodule b {\n  source = \"o/n/p\"\n}\nterraform { required_providers { aws = { source = \"hashicorp/aws\" } } }\nx = templatefile(\"${path.module}/t.tpl\", { a = file(\"y\") })\ny = <<-E\n  it's \"${file(\"${path.module}/gone\")}\n  E\nz = file(\"${path.module}/${var.x}\")\n";
    assert_eq!(
        of("t/x.tf", text, &["m/variables.tf", "t/t.tpl"]),
        [
            "2 -> m/variables.tf",
            "6 -> external o/n/p",
            "9 -> t/t.tpl",
            "11 -> unresolved no file for ${path.module}/gone: it may be generated, or not be committed",
        ]
    );
}

#[test]
fn workflows_use_actions() {
    let text = "jobs:\n  a:\n    steps:\n      - uses: ./.github/actions/x\n      - uses: actions/checkout@v4 # why\n      - name: y\n        uses: \"owner/name/path@main\"\n      - run: |\n          uses: ./no\n  b:\n    uses: ./.github/workflows/b.yml\n";
    let files = [".github/actions/x/action.yml", ".github/workflows/b.yml"];
    assert_eq!(
        of(".github/workflows/a.yml", text, &files),
        [
            "4 -> .github/actions/x/action.yml (dev)",
            "5 -> external actions/checkout (dev)",
            "7 -> external owner/name (dev)",
            "11 -> .github/workflows/b.yml (dev)",
        ]
    );
}

#[test]
fn scripts_read_and_run_scripts() {
    for (line, to) in [
        ("source ./a.sh", "s/a.sh"),
        (". a.sh", "s/a.sh"),
        ("bash -e lib/b.sh x", "lib/b.sh"),
        ("cd x && ./a.sh; y", "s/a.sh"),
        ("if ! sh \"a.sh\"; then", "s/a.sh"),
        ("source \"$(dirname \"$0\")/a.sh\"", "s/a.sh"),
        (". \"${BASH_SOURCE%/*}/a.sh\"", "s/a.sh"),
        ("source \"$(cd \"$(dirname \"${BASH_SOURCE[0]}\")/..\" && pwd)/lib/b.sh\"", "lib/b.sh"),
        ("source \"${HERE}/a.sh\"", "s/a.sh"),
        ("source $HERE/../lib/b.sh", "lib/b.sh"),
        ("\"${ROOT}/lib/b.sh\" x", "lib/b.sh"),
        ("source \"${TOP}/lib/b.sh\"", "lib/b.sh"),
    ] {
        let text = format!(
            "HERE=$(dirname \"$0\")\nHERE=$(cd \"$HERE\"; pwd)\nexport ROOT=$(dirname \"$HERE\")\nTOP=\"$(git rev-parse --show-toplevel)\"\n{line}\n"
        );
        assert_eq!(of("s/x.sh", &text, &["s/a.sh", "lib/b.sh"]), [format!("5 -> {to}")], "{line}");
    }
    for line in [
        "# . a.sh",
        "source $X/a.sh",
        "source /a.sh",
        "echo a.sh",
        "source \"$HERE/$X.sh\"",
        "bash -c 'a.sh'",
        ". gone.sh",
    ] {
        assert_eq!(of("s/x.sh", line, &["s/a.sh"]), [""; 0], "{line}");
    }
}

#[test]
fn strange_files_are_read() {
    let names = [
        "a.proto",
        "a.graphql",
        "a.json",
        "Dockerfile",
        "compose.yml",
        "kustomization.yaml",
        "a.tf",
        "a.sh",
        ".github/workflows/a.yml",
    ];
    let texts = [
        "",
        "\u{e9}",
        "$ref",
        "\"$ref\":",
        "- ",
        "- - -",
        "import \"",
        "#import \"",
        "source = \"",
        "module a {",
        "A=$(",
        ". \"$",
        "a: |",
        "COPY [",
        "uses: ./",
        "resources: [",
        "\r\n\r\n",
        "}}}}",
        "((((",
        "file(\"${path.module}/",
    ];
    for name in names {
        for text in texts {
            let found = of(name, text, &[]);
            assert!(found.len() <= 1, "{name} {text}: {found:?}");
        }
        let deep = "[{(- a: ".repeat(20_000);
        assert_eq!(of(name, &deep, &[]), [""; 0], "{name}");
    }
    assert_eq!(of("s/a.sh", ". ./b.sh\r\nsource ü.sh\r\n", &["s/b.sh"]), ["1 -> s/b.sh"]);
}
