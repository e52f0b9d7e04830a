// Which files use what other files of the tree define at the top of a package, by Go's own type checker.
//
// Reads {"Root", "Directories", "Paths": import path → directory} from standard input; golist.py writes it. Prints each
// file it read, and each edge as "from TAB to TAB name". Packages outside of the tree are unknown to it, and are made up.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
)

type tree struct {
	Root        string
	Directories []string
	Paths       map[string]string

	fset  *token.FileSet
	known map[string]*types.Package
	files map[string]*ast.File
}

func main() {
	t := tree{fset: token.NewFileSet(), known: map[string]*types.Package{}, files: map[string]*ast.File{}}
	if err := json.NewDecoder(os.Stdin).Decode(&t); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, at := range t.Directories {
		listed, _ := build.ImportDir(filepath.Join(t.Root, at), 0)
		if listed == nil {
			continue
		}
		plain := append(append([]string{}, listed.GoFiles...), listed.CgoFiles...)
		t.check(out, at, append(plain, listed.TestGoFiles...))
		t.check(out, at, listed.XTestGoFiles)
	}
}

func (t *tree) check(out *bufio.Writer, at string, names []string) {
	info := types.Info{Uses: map[*ast.Ident]types.Object{}}
	t.load(at+" checked", at, names, &info)
	for _, name := range names {
		fmt.Fprintln(out, filepath.Join(at, name))
	}
	t.effects(out, at, names)
	for ident, object := range info.Uses {
		if object.Pkg() == nil || object.Parent() != object.Pkg().Scope() {
			continue
		}
		from, to := t.path(ident.Pos()), t.path(object.Pos())
		if from != to && to != "" {
			fmt.Fprintf(out, "%s\t%s\t%s\n", from, to, ident.Name)
		}
	}
}

// effects prints an edge from each file that imports a package for its effects to each file of it that has any.
func (t *tree) effects(out *bufio.Writer, at string, names []string) {
	for _, name := range names {
		file := t.files[filepath.Join(t.Root, at, name)]
		for _, spec := range file.Imports {
			to, inside := t.Paths[strings.Trim(spec.Path.Value, "`\"")]
			if !inside || spec.Name == nil || spec.Name.Name != "_" {
				continue
			}
			listed, _ := build.ImportDir(filepath.Join(t.Root, to), 0)
			for _, other := range listed.GoFiles {
				path := filepath.Join(t.Root, to, other)
				parsed, _ := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
				for _, declaration := range parsed.Decls {
					if function, is := declaration.(*ast.FuncDecl); is && function.Recv == nil && function.Name.Name == "init" {
						fmt.Fprintf(out, "%s\t%s\t_\n", filepath.Join(at, name), filepath.Join(to, other))
					}
				}
			}
		}
	}
}

func (t *tree) path(at token.Pos) string {
	if !at.IsValid() {
		return ""
	}
	path, _ := filepath.Rel(t.Root, t.fset.File(at).Name())
	return path
}

func (t *tree) load(key, at string, names []string, info *types.Info) *types.Package {
	var files []*ast.File
	for _, name := range names {
		path := filepath.Join(t.Root, at, name)
		if t.files[path] == nil {
			t.files[path], _ = parser.ParseFile(t.fset, path, nil, parser.SkipObjectResolution)
		}
		if t.files[path] != nil {
			files = append(files, t.files[path])
		}
	}
	config := types.Config{Importer: importer{t, at}, Error: func(error) {}, FakeImportC: true, IgnoreFuncBodies: info == nil}
	found, _ := config.Check(key, t.fset, files, info)
	return found
}

type importer struct {
	t  *tree
	at string
}

func (i importer) Import(path string) (*types.Package, error) {
	at, inside := i.t.Paths[path]
	// A test outside of its package sees what the tests inside of it add.
	key := path
	if at == i.at {
		key += " with tests"
	}
	if found := i.t.known[key]; found != nil {
		return found, nil
	}
	made := types.NewPackage(path, filepath.Base(path))
	made.MarkComplete()
	i.t.known[key] = made
	if inside {
		listed, _ := build.ImportDir(filepath.Join(i.t.Root, at), 0)
		if listed != nil {
			names := append(append([]string{}, listed.GoFiles...), listed.CgoFiles...)
			if at == i.at {
				names = append(names, listed.TestGoFiles...)
			}
			if found := i.t.load(path, at, names, nil); found != nil {
				i.t.known[key] = found
			}
		}
	}
	return i.t.known[key], nil
}
