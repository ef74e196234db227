package browsertest

import (
	"embed"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

//go:embed axe/package.json axe/package-lock.json
var lock embed.FS

// axe is the script of axe-core, found once: the file that RAPPORT_AXE names, else what npm
// installs from our lock file into the user's cache.
var axe = sync.OnceValues(func() (string, error) {
	if named := os.Getenv("RAPPORT_AXE"); named != "" {
		data, err := os.ReadFile(named)
		return string(data), err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "rapport-test", "axe-4.14.1")
	file := filepath.Join(dir, "node_modules", "axe-core", "axe.min.js")
	if _, err := os.Stat(file); err != nil {
		if err := install(dir); err != nil {
			return "", err
		}
	}
	data, err := os.ReadFile(file)
	return string(data), err
})

func install(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		data, err := lock.ReadFile("axe/" + name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return err
		}
	}
	npm := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = dir
	return npm.Run()
}

// NeedAxe skips the test when axe-core is not to be had, or fails it where it must be.
func NeedAxe(t *testing.T) {
	t.Helper()
	if _, err := axe(); err != nil {
		Missing(t, "axe", "axe-core cannot be installed ("+err.Error()+"); name its axe.min.js in RAPPORT_AXE")
	}
}

// Findings are what axe-core has against the page, a line each; every rule it knows is asked,
// best practices too. It runs in the tab's own tools, so the page's own ban on scripts stays;
// the tab's is lifted meanwhile, because axe waits for timers.
func (p *Tab) Findings() []string {
	p.T.Helper()
	NeedAxe(p.T)
	script, _ := axe()
	p.scripts(true)
	defer p.scripts(false)
	Ask[bool](p, script+"; true")
	return Ask[[]string](p, `axe.run().then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + v.help + ": " + n.target.join(" ") + ": " + n.html.slice(0, 160))))`)
}
