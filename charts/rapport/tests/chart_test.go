package tests

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	util3 "helm.sh/helm/v3/pkg/chartutil"
	lint3 "helm.sh/helm/v3/pkg/lint"
	support3 "helm.sh/helm/v3/pkg/lint/support"
	"helm.sh/helm/v4/pkg/chart/common"
	lint4 "helm.sh/helm/v4/pkg/chart/v2/lint"
	support4 "helm.sh/helm/v4/pkg/chart/v2/lint/support"
)

func TestRenderingIsTheSameEveryTimeAndWithEveryHelm(t *testing.T) {
	for name, v := range cases(t) {
		t.Run(name, func(t *testing.T) {
			three, err := helm3(deep(v))
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				four, err := helm4(deep(v))
				if err != nil {
					t.Fatal(err)
				}
				if !maps.Equal(three, four) {
					for file := range three {
						if three[file] != four[file] {
							t.Errorf("%s differs:\n%s\n---- and\n%s", file, three[file], four[file])
						}
					}
				}
			}
		})
	}
}

func TestBothHelmsFindNothingToMend(t *testing.T) {
	kube3, _ := util3.ParseKubeVersion(kube)
	kube4, _ := common.ParseKubeVersion(kube)
	for name, v := range cases(t) {
		for _, m := range lint3.AllWithKubeVersion(chartDir, deep(v), "people", kube3).Messages {
			if m.Severity > support3.InfoSev {
				t.Errorf("%s, Helm 3: %s", name, m)
			}
		}
		for _, m := range lint4.RunAll(chartDir, deep(v), "people", lint4.WithKubeVersion(kube4)).Messages {
			if m.Severity > support4.InfoSev {
				t.Errorf("%s, Helm 4: %s", name, m)
			}
		}
	}
}

// paths are all places in a tree of values, groups before their members.
func paths(v values, under string) (all []string) {
	for _, k := range slices.Sorted(maps.Keys(v)) {
		path := strings.TrimPrefix(under+"."+k, ".")
		all = append(all, path)
		if m, ok := v[k].(map[string]any); ok {
			all = append(all, paths(m, path)...)
		}
	}
	return all
}

// An upgrade with --reuse-values brings values that a newer chart has never heard of, and
// lacks those it has.
func TestAnyValueMayBeMissing(t *testing.T) {
	defaults := read(t, chartDir+"/values.yaml")
	for name, v := range cases(t) {
		for _, path := range paths(defaults, "") {
			if _, err := helm4(over(v, path, nil)); err != nil && strings.Contains(err.Error(), "nil pointer") {
				t.Errorf("%s without %s: %v", name, path, err)
			}
		}
	}
}

func TestEveryObjectSaysWhoseItIs(t *testing.T) {
	for name, v := range cases(t) {
		seen := map[string]bool{}
		for _, d := range render(t, v) {
			id := d.kind() + "/" + d.name()
			if seen[id] {
				t.Errorf("%s: two objects are called %s", name, id)
			}
			seen[id] = true
			if d.at("metadata", "namespace") != "people" || d.at("metadata", "labels", "app.kubernetes.io/instance") != "test" {
				t.Errorf("%s: %s has no namespace or no labels", name, id)
			}
		}
	}
}

// A selector that catches pods of another part would send them each other's traffic, and
// selectors can never be changed.
func TestSelectorsMeetTheirOwnPodsOnly(t *testing.T) {
	for name, v := range cases(t) {
		all := render(t, v)
		for _, d := range all {
			if d.kind() != "Deployment" && d.kind() != "StatefulSet" {
				continue
			}
			selector, _ := d.at("spec", "selector", "matchLabels").(map[string]any)
			if len(selector) != 3 {
				t.Errorf("%s: %s selects by %v; name, instance and component are for ever", name, d.name(), selector)
			}
			for _, other := range all {
				labels, _ := other.at("spec", "template", "metadata", "labels").(map[string]any)
				if labels != nil && subset(selector, labels) != (other.name() == d.name()) {
					t.Errorf("%s: %s selects the pods of %s: %v", name, d.name(), other.name(), subset(selector, labels))
				}
			}
		}
	}
}

func subset(small, big map[string]any) bool {
	for k, v := range small {
		if big[k] != v {
			return false
		}
	}
	return true
}

// With names as long as Helm allows, nothing outgrows what Kubernetes allows.
func TestLongNamesFit(t *testing.T) {
	v := values{"fullnameOverride": strings.Repeat("long-", 12), "nameOverride": strings.Repeat("name-", 12)}
	for _, d := range render(t, v) {
		if len(d.name()) > 52 || strings.HasSuffix(d.name(), "-") {
			t.Errorf("%s %s has %d characters", d.kind(), d.name(), len(d.name()))
		}
	}
}

// A value that no template reads is a promise nobody keeps.
func TestEveryValueIsRead(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(chartDir, "templates", "*"))
	var text strings.Builder
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(data)
	}
	for _, path := range paths(read(t, chartDir+"/values.yaml"), "") {
		key := path[strings.LastIndex(path, ".")+1:]
		if path != "enabled" && !strings.Contains(path, ".resources.") && !regexp.MustCompile(`\.`+key+`\b`).MatchString(text.String()) {
			t.Errorf("no template reads %s", path)
		}
	}
}
