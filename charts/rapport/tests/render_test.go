// Package tests holds the promises of the chart: what it renders is the same every time and
// with every Helm, a cluster accepts it under the strictest rules, nonsense is refused with
// its place, and rapport itself can read the configuration. The suites beside it
// (*_test.yaml, helm-unittest) say what each value is for. It is a module of its own, so
// that Helm and Kubernetes stay out of the program.
package tests

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	chart3 "helm.sh/helm/v3/pkg/chart/loader"
	util3 "helm.sh/helm/v3/pkg/chartutil"
	engine3 "helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v4/pkg/chart/common"
	util4 "helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	chart4 "helm.sh/helm/v4/pkg/chart/v2/loader"
	engine4 "helm.sh/helm/v4/pkg/engine"
	"sigs.k8s.io/yaml"
)

const (
	chartDir = ".."
	// kube is the cluster that the chart is rendered for.
	kube = "v1.37.0"
)

var update = flag.Bool("update", false, "write what is generated: README.md and the configuration in values.schema.json")

type values = map[string]any

// document is one object that the chart makes.
type document struct {
	file, text string
	object     map[string]any
}

func (d document) at(path ...string) any {
	var v any = d.object
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	return v
}

func (d document) kind() string { s, _ := d.at("kind").(string); return s }
func (d document) name() string { s, _ := d.at("metadata", "name").(string); return s }

// cases are all values files of ci/, and the defaults.
func cases(t *testing.T) map[string]values {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(chartDir, "ci", "*-values.yaml"))
	if err != nil || len(files) < 3 {
		t.Fatalf("ci/ has %d values files: %v", len(files), err)
	}
	all := map[string]values{"defaults": {}}
	for _, f := range files {
		all[strings.TrimSuffix(filepath.Base(f), "-values.yaml")] = read(t, f)
	}
	return all
}

func read(t *testing.T, file string) (v values) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, &v); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return v
}

// helm3 is `helm template` of Helm 3, schema and NOTES included.
func helm3(v values) (map[string]string, error) {
	c, err := chart3.Load(chartDir)
	if err != nil {
		return nil, err
	}
	if err := util3.ProcessDependencies(c, v); err != nil {
		return nil, err
	}
	caps := util3.DefaultCapabilities.Copy()
	version, _ := util3.ParseKubeVersion(kube)
	caps.KubeVersion = *version
	ready, err := util3.ToRenderValues(c, v, util3.ReleaseOptions{Name: "test", Namespace: "people", Revision: 1, IsInstall: true}, caps)
	if err != nil {
		return nil, err
	}
	return engine3.Render(c, ready)
}

// loaded is the chart, read once: rendering does not change it.
var loaded = sync.OnceValues(func() (*chart.Chart, error) { return chart4.Load(chartDir) })

// helm4 is the same of Helm 4.
func helm4(v values) (map[string]string, error) {
	c, err := loaded()
	if err != nil {
		return nil, err
	}
	caps := common.DefaultCapabilities.Copy()
	version, _ := common.ParseKubeVersion(kube)
	caps.KubeVersion = *version
	ready, err := util4.ToRenderValues(c, v, common.ReleaseOptions{Name: "test", Namespace: "people", Revision: 1, IsInstall: true}, caps)
	if err != nil {
		return nil, err
	}
	return engine4.Render(c, ready)
}

// render answers every object that the chart makes of the values, ordered by file.
func render(t *testing.T, v values) []document {
	t.Helper()
	files, err := helm4(v)
	if err != nil {
		t.Fatal(err)
	}
	var all []document
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if !strings.HasSuffix(file, ".yaml") {
			continue
		}
		for text := range strings.SplitSeq(files[file], "\n---\n") {
			d := document{file: filepath.Base(file), text: text}
			if err := yaml.UnmarshalStrict([]byte(text), &d.object); err != nil {
				t.Fatalf("%s: %v\n%s", file, err, text)
			}
			if len(d.object) > 0 {
				all = append(all, d)
			}
		}
	}
	return all
}

// find answers the one object of a kind whose name ends so.
func find(t *testing.T, all []document, kind, ending string) document {
	t.Helper()
	for _, d := range all {
		if d.kind() == kind && strings.HasSuffix(d.name(), ending) {
			return d
		}
	}
	t.Fatalf("no %s is named *%s", kind, ending)
	return document{}
}

// over sets one value by its dotted path.
func over(v values, path string, to any) values {
	out := deep(v)
	m := out
	keys := strings.Split(path, ".")
	for _, k := range keys[:len(keys)-1] {
		next, _ := m[k].(map[string]any)
		if next == nil {
			next = map[string]any{}
		}
		m[k] = next
		m = next
	}
	m[keys[len(keys)-1]] = to
	return out
}

func deep(v values) values {
	out := values{}
	for k, x := range v {
		if m, ok := x.(map[string]any); ok {
			x = deep(m)
		}
		out[k] = x
	}
	return out
}
