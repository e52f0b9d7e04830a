# What Ruby's own parser says files name: path, line, surrounding modules, name; for comparing with `names`.
# Constants are named once a scope; requires by their literal text. Paths come in on standard input.
require "ripper"

class Names < Ripper
  def self.of(path)
    text = File.binread(path).force_encoding("UTF-8").scrub
    tree = Ripper.sexp(text) or return nil
    out = {}
    walk(tree, [], out)
    out.values
  end

  # The constant an expression is, as text, with its line and whether it begins at the top.
  def self.constant(node)
    return nil unless node.is_a?(Array)
    case node[0]
    when :var_ref, :const_ref
      leaf = node[1]
      leaf.is_a?(Array) && leaf[0] == :@const ? [leaf[1], leaf[2][0], false] : nil
    when :top_const_ref then [node[1][1], node[1][2][0], true]
    when :const_path_ref
      left = constant(node[1]) or return nil
      [left[0] + "::" + node[2][1], left[1], left[2]]
    end
  end

  # `require "x"`, `require_relative("x")`: the text and its line.
  def self.required(node)
    name, args = node[0] == :command ? [node[1], node[2]] : node[0] == :method_add_arg ? [node[1][1], node[2][1]] : nil
    return nil unless name.is_a?(Array) && name[0] == :@ident && args.is_a?(Array)
    return nil unless %w[require require_relative require_dependency].include?(name[1])
    first = args[1]&.first
    return nil unless first.is_a?(Array) && first[0] == :string_literal && first[1].size == 2
    text = first[1][1]
    text[0] == :@tstring_content ? [text[1], name[2][0]] : nil
  end

  def self.note(out, name, line, scope)
    out[[name, scope]] ||= [line, scope, name]
  end

  def self.walk(node, scope, out)
    return unless node.is_a?(Array)
    if node[0] == :class || node[0] == :module
      name = constant(node[1])
      walk(node[2], scope, out) if node[0] == :class
      inner = name ? [(scope[0] && !name[2] ? scope[0] + "::" : "") + name[0]] + scope : scope
      walk(node.last, inner, out)
      return
    end
    if (name = constant(node))
      note(out, name[0], name[1], name[2] ? [] : scope)
      return
    end
    if (path = required(node))
      note(out, path[0], path[1], [])
    end
    node.each { |child| walk(child, scope, out) if child.is_a?(Array) }
  end
end

ARGF.each_line(chomp: true) do |path|
  names = Names.of(path)
  if names.nil?
    puts "#{path}\t0\t\t!broken"
    next
  end
  names.each { |line, scope, name| puts [path, line, scope.join(" "), name].join("\t") }
end
