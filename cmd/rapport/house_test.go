package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/rapport-dev/rapport/"

// flow is the import order inside playbooks: a room may use those before it.
var flow = []string{"playbooks", "playbooks/zone", "playbooks/roster", "playbooks/cadence", "playbooks/curation", "playbooks/match", "playbooks/slots", "playbooks/session", "playbooks/prompt", "playbooks/insight", "playbooks/kudos"}

// owners says which room alone may import an outside library.
var owners = map[string]string{
	"github.com/hibiken/asynq":                 "jobs",
	"github.com/coreos/go-oidc":                "integrations/web",
	"golang.org/x/oauth2":                      "integrations/web",
	"github.com/microcosm-cc/bluemonday":       "integrations/web",
	"github.com/redis/go-redis":                "integrations/store",
	"github.com/alicebob/miniredis":            "integrations/store",
	"github.com/microsoftgraph/msgraph-sdk-go": "integrations/graph",
	"github.com/microsoft/kiota":               "integrations/graph",
	"github.com/Azure/azure-sdk-for-go":        "integrations/graph",
	"github.com/prometheus/client_golang":      "integrations/web",
	"filippo.io/age":                           "cmd",
	"github.com/spf13/cobra":                   "cmd",
	"github.com/golang-jwt/jwt":                "integrations/teams and integrations/m365sim",
}

// impure are what a room that decides must not know.
var impure = []string{"os", "net", "net/http", "log", "log/slog", "math/rand", "math/rand/v2", "crypto/rand", "os/exec", "database/sql"}

type room struct {
	dir   string // "playbooks/match"
	files []*ast.File
	names []string
}

// rooms parses every package of the module, without tests.
func rooms(t *testing.T) []room {
	t.Helper()
	byDir := map[string]*room{}
	fset := token.NewFileSet()
	err := filepath.WalkDir("../..", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel("../..", p)
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && rel != "." || d.Name() == "testdata" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(fset, p, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		dir := path.Dir(filepath.ToSlash(rel))
		if byDir[dir] == nil {
			byDir[dir] = &room{dir: dir}
		}
		byDir[dir].files = append(byDir[dir].files, f)
		byDir[dir].names = append(byDir[dir].names, filepath.ToSlash(rel))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []room
	for _, r := range byDir {
		all = append(all, *r)
	}
	slices.SortFunc(all, func(a, b room) int { return strings.Compare(a.dir, b.dir) })
	return all
}

func (r room) imports(see func(file, imported string)) {
	for i, f := range r.files {
		for _, im := range f.Imports {
			p, _ := strconv.Unquote(im.Path.Value)
			see(r.names[i], p)
		}
	}
}

// helper says whether a package only serves tests, or generates data while developing.
func helper(dir string) bool {
	base := path.Base(dir)
	return strings.HasSuffix(base, "test") || base == "gen"
}

func TestTheTopLevelIsAsAgreed(t *testing.T) {
	agreed := []string{"Dockerfile", "LICENSE", "README.md", "charts", "cmd", "config", "go.mod", "go.sum", "integrations", "jobs", "playbooks"}
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(agreed, e.Name()) {
			t.Errorf("%s does not belong at the top level, where only %v live", e.Name(), agreed)
		}
	}
}

func TestDataFlowsOneWay(t *testing.T) {
	for _, r := range rooms(t) {
		if helper(r.dir) {
			continue
		}
		r.imports(func(file, imported string) {
			ours, ok := strings.CutPrefix(imported, module)
			if !ok {
				return
			}
			if why := forbidden(r.dir, ours); why != "" {
				t.Errorf("%s: %s must not import %s: %s", file, r.dir, ours, why)
			}
		})
	}
}

// forbidden says in plain words why one room must not import another, "" if it may.
func forbidden(from, to string) string {
	top := func(p string) string { t, _, _ := strings.Cut(p, "/"); return t }
	switch top(from) {
	case "cmd":
		return ""
	case "config":
		return "config knows nobody"
	case "jobs":
		if top(to) != "playbooks" && top(to) != "jobs" {
			return "jobs declare what they need and are handed it; data flows the other way"
		}
	case "integrations":
		own := strings.Join(strings.SplitN(from, "/", 3)[:2], "/")
		if top(to) != "playbooks" && to != own && !strings.HasPrefix(to, own+"/") {
			return "an integration knows playbooks and nobody else"
		}
	case "playbooks":
		if top(to) != "playbooks" {
			return "playbooks decide and know nobody outside"
		}
		// A folder inside a room belongs to it.
		a, b := slices.Index(flow, flowRoom(from)), slices.Index(flow, flowRoom(to))
		if b > a {
			return "inside playbooks the import order is the data flow, left to right"
		}
	}
	return ""
}

func flowRoom(dir string) string {
	parts := strings.Split(dir, "/")
	return strings.Join(parts[:min(2, len(parts))], "/")
}

func TestEveryOutsideLibraryHasOneOwner(t *testing.T) {
	for _, r := range rooms(t) {
		if helper(r.dir) {
			continue
		}
		r.imports(func(file, imported string) {
			for library, owner := range owners {
				if !strings.HasPrefix(imported, library) {
					continue
				}
				owns := false
				for _, o := range strings.Split(owner, " and ") {
					owns = owns || r.dir == o || strings.HasPrefix(r.dir, o+"/")
				}
				if !owns {
					t.Errorf("%s: %s belongs to %s; ask it", file, library, owner)
				}
			}
			if imported == "github.com/microsoftgraph/msgraph-sdk-go" {
				t.Errorf("%s: the SDK's root package compiles every request builder there is; import models alone", file)
			}
		})
	}
}

func TestWhatDecidesKnowsNoClockNoNetworkAndNoChance(t *testing.T) {
	for _, r := range rooms(t) {
		if !strings.HasPrefix(r.dir, "playbooks") || helper(r.dir) {
			continue
		}
		r.imports(func(file, imported string) {
			if slices.Contains(impure, imported) {
				t.Errorf("%s: playbooks decide from what they are handed; %s does not belong here", file, imported)
			}
		})
		for i, f := range r.files {
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.SelectorExpr)
				if ok && isName(call.X, "time") && slices.Contains([]string{"Now", "Since", "Until", "After", "Sleep", "NewTimer", "Tick"}, call.Sel.Name) {
					t.Errorf("%s: time.%s reads a clock; the moment is an argument", r.names[i], call.Sel.Name)
				}
				return true
			})
		}
	}
}

func isName(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

func TestTheSimulatedTenantServesDemosAndTestsOnly(t *testing.T) {
	for _, r := range rooms(t) {
		if strings.HasPrefix(r.dir, "cmd/rapport") || strings.HasPrefix(r.dir, "integrations/m365sim") {
			continue
		}
		r.imports(func(file, imported string) {
			if strings.HasPrefix(imported, module+"integrations/m365sim") {
				t.Errorf("%s: nothing real may lean on the simulated tenant", file)
			}
		})
	}
}

func TestEveryRoomSaysWhatItMakes(t *testing.T) {
	for _, r := range rooms(t) {
		longest := 0
		for _, f := range r.files {
			if f.Doc != nil {
				longest = max(longest, len(f.Doc.Text()))
			}
		}
		if longest < 120 {
			t.Errorf("%s: the package comment must say what it makes, from what, what it never does, where it goes next", r.dir)
		}
	}
}

func TestTheEntranceIsSmall(t *testing.T) {
	data, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(data), "\n"); n > 40 {
		t.Errorf("main.go has %d lines; 40 are enough to start a program", n)
	}
}
