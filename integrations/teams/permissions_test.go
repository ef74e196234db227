package teams

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// reasons say why a permission is asked for, and what happens without it. A permission that
// the code names and nobody can explain fails the test, and so does the reverse.
var reasons = map[string]string{
	"AppCatalog.Read.All":                           "Finds the app in the organisation's catalogue by itself. Not needed when its id there is configured.",
	"Calendars.Read":                                "Follows what becomes of its own meetings: accepted, declined, moved by hand. Contained in Calendars.ReadWrite.",
	"Calendars.ReadBasic":                           "Reads when people are free, never what they do. Contained in Calendars.ReadWrite.",
	"Calendars.ReadWrite":                           "Books, moves and cancels meetings in the programme's own mailbox. Limit it to that mailbox, see step 4.",
	"Chat.Read.WhereInstalled":                      "Settles whether a card arrived when a connection broke, by looking for the card's own id in the bot's own chats. Optional: `bot.read_back: off`.",
	"GroupMember.Read.All":                          "Reads who is in the programme's group, nested groups too.",
	"Mail.ReadWrite":                                "Writes drafts in the programme's own mailbox, so that no mail goes out twice. Limit it to that mailbox, see step 4.",
	"Mail.Send":                                     "Sends these drafts to people whom Teams cannot reach, or who asked for mail. Limit it to that mailbox, see step 4.",
	"MailboxSettings.Read":                          "Reads time zone, working hours and language of people who take part.",
	"TeamsAppInstallation.ReadForUser.All":          "Finds the bot's chat with a person before looking there. Optional: `bot.read_back: off`.",
	"TeamsAppInstallation.ReadWriteSelfForUser.All": "Installs this app, and no other, for people of the programme who do not have it. Not needed when a setup policy of Teams does that.",
	"User.Read.All":                                 "Reads names, departments and who manages whom, so that nobody is paired with their manager.",
}

// TestThePermissionTableIsTheCodes compares the table in integrations/README.md with what the
// calls to Graph say they need; -update writes it anew.
func TestThePermissionTableIsTheCodes(t *testing.T) {
	asked := needed(t, "../graph")
	for p := range reasons {
		if asked[p] == nil {
			t.Errorf("no call needs %s; take its reason out", p)
		}
	}
	var table strings.Builder
	table.WriteString("| Permission | Type | Asked for by | Why, and what happens without it |\n| --- | --- | --- | --- |\n")
	for _, p := range slices.Sorted(maps.Keys(asked)) {
		if reasons[p] == "" {
			t.Errorf("%s is needed to %v; say why in reasons", p, slices.Sorted(maps.Keys(asked[p])))
		}
		fmt.Fprintf(&table, "| `%s` | application | %s | %s |\n", p, strings.Join(slices.Sorted(maps.Keys(asked[p])), "; "), reasons[p])
	}
	const file, from, to = "../README.md", "<!-- permissions: generated, see integrations/teams/permissions_test.go -->\n", "<!-- end of permissions -->"
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(raw), from)
	old, after, ok2 := strings.Cut(rest, to)
	if !ok1 || !ok2 {
		t.Fatalf("%s has no place for the table", file)
	}
	switch {
	case *update:
		if err := os.WriteFile(file, []byte(before+from+table.String()+to+after), 0o644); err != nil {
			t.Fatal(err)
		}
	case old != table.String():
		t.Errorf("the table in %s is stale; go test ./integrations/teams -run Permission -update", file)
	}
}

var permission = regexp.MustCompile(`[A-Z][A-Za-z]+(\.[A-Z][A-Za-z]+)+`)

// needed reads, from the sources of a package, which of its calls need which permission. A
// call is whatever has an op and a needs: a literal with these keys, or a function with these
// parameters, whose callers are then asked.
func needed(t *testing.T, dir string) map[string]map[string]bool {
	t.Helper()
	s := &sources{consts: map[string]string{}}
	files, err := filepath.Glob(dir + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		s.read(f)
	}
	found := map[string]map[string]bool{}
	for _, f := range s.funcs {
		ast.Inspect(f.Body, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if op, needs := field(lit, "op"), field(lit, "needs"); op != nil && needs != nil {
				s.follow(f, op, needs, 0, func(op, needs string) {
					for _, p := range permission.FindAllString(needs, -1) {
						if found[p] == nil {
							found[p] = map[string]bool{}
						}
						found[p][op] = true
					}
				})
			}
			return true
		})
	}
	if len(found) < 5 {
		t.Fatalf("only %d permissions found; has the way of declaring them changed?", len(found))
	}
	return found
}

type sources struct {
	funcs  []*ast.FuncDecl
	consts map[string]string // by name; none of ours has two meanings
}

func (s *sources) read(f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch d := n.(type) {
		case *ast.FuncDecl:
			if d.Body != nil {
				s.funcs = append(s.funcs, d)
			}
		case *ast.ValueSpec:
			for i, name := range d.Names {
				if i < len(d.Values) && name.Name != "op" && name.Name != "needs" {
					if v, ok := literal(d.Values[i]); ok {
						s.consts[name.Name] = v
					}
				}
			}
		}
		return true
	})
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	v, err := strconv.Unquote(lit.Value)
	return v, err == nil
}

func field(lit *ast.CompositeLit, name string) ast.Expr {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if k, ok := kv.Key.(*ast.Ident); ok && k.Name == name {
				return kv.Value
			}
		}
	}
	return nil
}

// value is what an expression in a function says, or which parameter of it does.
func (s *sources) value(f *ast.FuncDecl, e ast.Expr) (said string, param int) {
	if v, ok := literal(e); ok {
		return v, -1
	}
	id, ok := e.(*ast.Ident)
	if !ok {
		return "", -1
	}
	for i, p := range params(f) {
		if p == id.Name {
			return "", i
		}
	}
	local := ""
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if d, ok := n.(*ast.ValueSpec); ok {
			for i, name := range d.Names {
				if name.Name == id.Name && i < len(d.Values) {
					local, _ = literal(d.Values[i])
				}
			}
		}
		return true
	})
	if local != "" {
		return local, -1
	}
	return s.consts[id.Name], -1
}

func params(f *ast.FuncDecl) (names []string) {
	for _, p := range f.Type.Params.List {
		for _, n := range p.Names {
			names = append(names, n.Name)
		}
	}
	return names
}

// follow answers what op and needs say, at every place from which they come.
func (s *sources) follow(f *ast.FuncDecl, op, needs ast.Expr, depth int, see func(op, needs string)) {
	saidOp, opAt := s.value(f, op)
	saidNeeds, needsAt := s.value(f, needs)
	if opAt < 0 && needsAt < 0 {
		see(saidOp, saidNeeds)
		return
	}
	if depth > 4 {
		return
	}
	quote := func(v string) ast.Expr { return &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(v)} }
	for _, caller := range s.funcs {
		ast.Inspect(caller.Body, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok || !calls(c, f) {
				return true
			}
			op, needs := quote(saidOp), quote(saidNeeds)
			if opAt >= 0 {
				op = c.Args[opAt]
			}
			if needsAt >= 0 {
				needs = c.Args[needsAt]
			}
			s.follow(caller, op, needs, depth+1, see)
			return true
		})
	}
}

// calls tells whether a call is of this function. Methods of one name are told apart by the
// letter that stands for the receiver, which is the same all over a package.
func calls(c *ast.CallExpr, f *ast.FuncDecl) bool {
	if len(c.Args) != len(params(f)) {
		return false
	}
	switch fun := c.Fun.(type) {
	case *ast.Ident:
		return f.Recv == nil && fun.Name == f.Name.Name
	case *ast.SelectorExpr:
		if f.Recv == nil || fun.Sel.Name != f.Name.Name {
			return false
		}
		on, ok := fun.X.(*ast.Ident)
		return !ok || on.Name == f.Recv.List[0].Names[0].Name
	}
	return false
}
