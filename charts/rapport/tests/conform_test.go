package tests

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	// Only for what lies beside the code of these modules: their definitions of objects.
	_ "github.com/kedacore/keda/v2/version"
	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/yannh/kubeconform/pkg/validator"
	_ "sigs.k8s.io/gateway-api/pkg/consts"
	"sigs.k8s.io/yaml"
)

// kubeconform checks objects against the published schemas of Kubernetes, KEDA and the
// Gateway API, without a network: they come with these projects' Go modules.
func TestEveryObjectConforms(t *testing.T) {
	v := kubeconform(t)
	for name, values := range cases(t) {
		for _, d := range render(t, values) {
			if d.kind() == "ServiceMonitor" || d.kind() == "PrometheusRule" {
				continue // these publish Go types, see below
			}
			for _, r := range v.Validate(d.file, io.NopCloser(strings.NewReader(d.text))) {
				if r.Status != validator.Valid {
					t.Errorf("%s: %s %s: %v %v", name, d.kind(), d.name(), r.Err, r.ValidationErrors)
				}
			}
		}
	}
}

func TestConformanceWouldNoticeMistakes(t *testing.T) {
	v := kubeconform(t)
	for mistake, text := range map[string]string{
		"an unknown field":    "apiVersion: apps/v1\nkind: Deployment\nspec: {selector: {}, template: {spec: {containers: [{name: a, readinesProbe: {}}]}}}",
		"a wrong type":        "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a, env: [{name: A, value: true}]}]}",
		"a missing field":     "apiVersion: networking.k8s.io/v1\nkind: Ingress\nspec: {rules: [{http: {paths: [{backend: {}}]}}]}",
		"an old version":      "apiVersion: autoscaling/v2beta2\nkind: HorizontalPodAutoscaler\nspec: {}",
		"a typo in KEDA":      "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nspec: {scaleTargetRef: {name: a}, triggers: [], minReplicas: 1}",
		"a typo in a gateway": "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nspec: {hosts: [a]}",
	} {
		for _, r := range v.Validate("mistake.yaml", io.NopCloser(strings.NewReader(text))) {
			if r.Status == validator.Valid {
				t.Errorf("%s passed", mistake)
			}
		}
	}
}

func TestWhatPrometheusReadsConforms(t *testing.T) {
	seen := 0
	for name, values := range cases(t) {
		for _, d := range render(t, values) {
			var into any
			switch d.kind() {
			case "ServiceMonitor":
				into = &monitoring.ServiceMonitor{}
			case "PrometheusRule":
				into = &monitoring.PrometheusRule{}
			default:
				continue
			}
			seen++
			if err := yaml.UnmarshalStrict([]byte(d.text), into); err != nil {
				t.Errorf("%s: %s: %v", name, d.kind(), err)
			}
		}
	}
	if seen < 2 {
		t.Errorf("only %d objects for Prometheus in all of ci/", seen)
	}
}

// kubeconform writes the schemas down as kubeconform wants them, and answers it.
func kubeconform(t *testing.T) validator.Validator {
	t.Helper()
	dir := t.TempDir()
	writeCluster(t, dir, filepath.Join(moduleDir(t, "k8s.io/kubernetes"), "api/openapi-spec/swagger.json"))
	keda, gateway := moduleDir(t, "github.com/kedacore/keda/v2"), moduleDir(t, "sigs.k8s.io/gateway-api")
	for _, file := range []string{
		filepath.Join(keda, "config/crd/bases/keda.sh_scaledobjects.yaml"),
		filepath.Join(keda, "config/crd/bases/keda.sh_triggerauthentications.yaml"),
		filepath.Join(gateway, "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml"),
	} {
		writeCustom(t, dir, read(t, file))
	}
	v, err := validator.New([]string{dir + "/{{ .ResourceKind }}{{ .KindSuffix }}.json"}, validator.Opts{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func moduleDir(t *testing.T, module string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		t.Fatalf("%s is not there: %v", module, err)
	}
	return dir
}

// writeCluster writes Kubernetes' own definitions, and one small file a kind.
func writeCluster(t *testing.T, dir, swagger string) {
	t.Helper()
	data, err := os.ReadFile(swagger)
	if err != nil {
		t.Fatal(err)
	}
	var api struct {
		Definitions map[string]any `json:"definitions"`
	}
	if err := json.Unmarshal(data, &api); err != nil {
		t.Fatal(err)
	}
	for name, d := range api.Definitions {
		definition := strict(d).(map[string]any)
		switch name {
		case "io.k8s.apimachinery.pkg.util.intstr.IntOrString":
			definition = map[string]any{"type": []string{"string", "integer"}}
		case "io.k8s.apimachinery.pkg.api.resource.Quantity":
			definition = map[string]any{"type": []string{"string", "number"}}
		}
		api.Definitions[name] = definition
		for _, is := range list(d.(map[string]any)["x-kubernetes-group-version-kind"]) {
			kind := is.(map[string]any)
			writeKind(t, dir, kind["group"].(string), kind["version"].(string), kind["kind"].(string),
				map[string]any{"$ref": "cluster.json#/definitions/" + name})
		}
	}
	write(t, filepath.Join(dir, "cluster.json"), api)
}

// writeCustom writes the versions of one custom resource definition.
func writeCustom(t *testing.T, dir string, crd values) {
	t.Helper()
	spec := crd["spec"].(map[string]any)
	for _, v := range list(spec["versions"]) {
		version := v.(map[string]any)
		s := version["schema"].(map[string]any)["openAPIV3Schema"]
		writeKind(t, dir, spec["group"].(string), version["name"].(string), spec["names"].(map[string]any)["kind"].(string), strict(s))
	}
}

func list(v any) []any { l, _ := v.([]any); return l }

func writeKind(t *testing.T, dir, group, version, kind string, schema any) {
	name := kind
	if group != "" {
		name += "-" + strings.Split(group, ".")[0]
	}
	write(t, filepath.Join(dir, strings.ToLower(name+"-"+version)+".json"), schema)
}

func write(t *testing.T, file string, v any) {
	t.Helper()
	data, err := json.Marshal(v)
	if err == nil {
		err = os.WriteFile(file, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// strict closes every object that lists its members: an API server would only warn.
func strict(schema any) any {
	m, ok := schema.(map[string]any)
	if !ok {
		return schema
	}
	out := map[string]any{}
	for k, v := range m {
		switch k {
		case "properties":
			members := map[string]any{}
			for name, s := range v.(map[string]any) {
				members[name] = strict(s)
			}
			out[k] = members
		case "items", "additionalProperties":
			out[k] = strict(v)
		case "type", "$ref", "enum", "required", "minimum", "maximum", "pattern", "minItems", "maxItems", "minLength", "maxLength", "default":
			out[k] = v
		}
	}
	if m["x-kubernetes-int-or-string"] == true {
		return map[string]any{"type": []string{"string", "integer"}}
	}
	if out["properties"] != nil && out["additionalProperties"] == nil && m["x-kubernetes-preserve-unknown-fields"] != true {
		out["additionalProperties"] = false
	}
	return out
}
