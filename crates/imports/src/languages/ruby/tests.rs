use crate::testing::edges;

/// The edges of `app/models/a.rb` with this text, among files that define what it may name.
fn of(code: &str) -> Vec<String> {
    let files = [
        ("Gemfile", "gem \"rails\"\n"),
        ("app/models/a.rb", code),
        ("app/models/b.rb", "class B < Base\n  LIMIT = 1\n  class Inner\n  end\nend\n"),
        ("app/models/order_line.rb", "OrderLine = Struct.new(:x)\n"),
        ("app/models/concerns/taggable.rb", "module Taggable\n  x\nend\n"),
        ("app/services/admin/b.rb", "module Admin\n  class B\n  end\nend\n"),
        ("lib/html_parser.rb", "class HTMLParser; end\n"),
        ("lib/own.rb", "module Own\n  VERSION = 1\nend\n"),
        ("lib/own/part.rb", "class Own::Part\n  x\nend\n"),
        ("lib/patches.rb", "class String\n  x\nend\nclass ActiveRecord::Base\n  x\nend\nclass B\n  y\nend\n"),
        ("spec/b_spec.rb", "class Fake\n x\nend\n"),
        ("tool/x.rb", "x = 1\n"),
    ];
    let all = edges(&files).into_iter();
    all.filter_map(|edge| edge.strip_prefix("app/models/a.rb:").map(str::to_owned)).collect()
}

#[test]
fn paths_are_looked_up_in_load_roots() {
    assert_eq!(
        of("require \"own/part\"\nrequire('own')\nrequire_dependency 'b'\nload 'tool/x.rb'\n"),
        ["1 -> lib/own/part.rb", "2 -> lib/own.rb", "3 -> app/models/b.rb", "4 -> tool/x.rb",]
    );
    assert_eq!(
        of("require 'rack/test'\nrequire 'own/gone'\n"),
        [
            "1 -> external rack",
            "2 -> unresolved no Ruby file own/gone in any lib/: it may be compiled or built",
        ]
    );
    assert_eq!(
        of("autoload :Part, 'own/part'\nrequire \"own/#{x}\"\nx.require 'own'\nload 'x'\n"),
        ["1 -> lib/own/part.rb"]
    );
}

#[test]
fn paths_are_looked_up_from_here() {
    assert_eq!(
        of("require_relative 'b'\nrequire_relative '../services/admin/b.rb'\nrequire './tool/x'\n"),
        ["1 -> app/models/b.rb", "2 -> app/services/admin/b.rb", "3 -> tool/x.rb",]
    );
    assert_eq!(
        of("require File.expand_path('../b', __FILE__)\nrequire File.join(__dir__, 'b')\n"),
        ["1 -> app/models/b.rb", "2 -> app/models/b.rb",]
    );
    let gone = "1 -> unresolved no Ruby file for gone from here: it may be compiled or built";
    assert_eq!(of("require_relative 'gone'"), [gone]);
}

#[test]
fn constants_are_looked_up_outward() {
    assert_eq!(of("B.new"), ["1 -> app/models/b.rb"]);
    assert_eq!(
        of("module Admin\n  class C\n    B\n    ::B\n  end\n  B\nend\nB\n"),
        [
            // The last one means what the second does.
            "3 -> app/services/admin/b.rb",
            "4 -> app/models/b.rb",
            "6 -> app/services/admin/b.rb",
        ]
    );
    // Once a scope; the longest part that is known.
    assert_eq!(
        of("B::Inner::Gone\nB::Inner::Gone\nOwn::VERSION\nOwn::Part.x\nGone::B\n"),
        ["1 -> app/models/b.rb", "3 -> lib/own.rb", "4 -> lib/own/part.rb",]
    );
    assert_eq!(
        of("class A < B\n  include Taggable, HTMLParser\nend\n"),
        ["1 -> app/models/b.rb", "2 -> app/models/concerns/taggable.rb", "2 -> lib/html_parser.rb",]
    );
}

#[test]
fn what_ruby_and_gems_bring_is_not_of_the_tree() {
    assert_eq!(of("String.new\nActiveRecord::Base\nFake\nAdmin\n"), ["4 -> app/services/admin/b.rb"]);
    assert_eq!(of("class B\n  x\nend\nB\n"), [""; 0]);
}

#[test]
fn associations_name_classes() {
    assert_eq!(
        of("class A\n  has_many :order_lines, -> { x },\n    dependent: :destroy\n  belongs_to :b\nend\n"),
        ["2 -> app/models/order_line.rb", "4 -> app/models/b.rb",]
    );
    let named = "has_many :b, class_name: 'Admin::B'\nhas_one :b, :class_name => '::OrderLine'\nbelongs_to :b, polymorphic: true\n";
    assert_eq!(of(named), ["1 -> app/services/admin/b.rb", "2 -> app/models/order_line.rb"]);
    assert_eq!(of("class Own\n  autoload :Part\nend\n"), ["2 -> lib/own/part.rb"]);
    assert_eq!(super::super::singular("boxes"), "box");
    assert_eq!(super::super::singular("queries"), "query");
}

#[test]
fn what_is_no_constant_is_not_taken_for_one() {
    for code in [
        "'B'",
        ":B",
        "x(B: 1)",
        "x.B",
        "def B; end",
        "B(1)",
        "# B",
        "%w[B]",
        "/B/",
        "=begin\nB\n=end",
        "<<~X\n B\nX",
        "x::B",
        "B = 1",
    ] {
        assert_eq!(of(code), [""; 0], "{code}");
    }
    for code in [
        "\"#{B}\"",
        "x(b: B)",
        "<<~X\n #{B} it's\nX",
        "/#{B}/",
        "1..B",
        "x ? B : 1",
        "def B.x; end",
        "x&.y(B)",
        "b.is_a? B",
    ] {
        let found = of(code);
        assert!(found.len() == 1 && found[0].ends_with("-> app/models/b.rb"), "{code}: {found:?}");
    }
}

#[test]
fn strange_files_are_read() {
    assert_eq!(of(""), [""; 0]);
    assert_eq!(of("class A\r\n  B\r\nend\r\n"), ["2 -> app/models/b.rb"]);
    assert_eq!(
        of("class Ünï\n  größe = B\nend\nclass\nmodule end end (B"),
        ["2 -> app/models/b.rb", "5 -> app/models/b.rb"]
    );
    assert_eq!(of(&format!("{}B", "module M\n".repeat(2_000))).len(), 1);
    assert_eq!(of(&format!("{}B", "[".repeat(100_000))), ["1 -> app/models/b.rb"]);
    assert!(super::super::scan("", "f(").broken);
    let opened =
        super::super::scan("", "module A\n  class B; end\n  class C\n    D = 1\n  end\nend\n").defines;
    assert_eq!(opened, ["A::B", "A::C::D", "A::C", "A::"]);
}
