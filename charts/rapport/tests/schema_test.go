package tests

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const schemaFile = chartDir + "/values.schema.json"

// Both Helms refuse nonsense, and say where it stands.
func TestNonsenseIsRefusedWithItsPlace(t *testing.T) {
	nonsense := []struct {
		path string
		to   any
		says string
	}{
		{"webb", values{}, "'webb'"},
		{"web.replica", 2, "'replica'"},
		{"web.autoscaling.minReplica", 2, "'minReplica'"},
		{"worker.replicas", 0, "/worker/replicas"},
		{"worker.autoscaling.minReplicas", 0, "/worker/autoscaling/minReplicas"},
		{"worker.keda.minReplicas", 0, "/worker/keda/minReplicas"},
		{"worker.keda.address", "redis://host:6379", "/worker/keda/address"},
		{"worker.resources.limit", values{}, "'limit'"},
		{"mode", "both", "/mode"},
		{"image.digest", "latest", "/image/digest"},
		{"image.tag", "a b", "/image/tag"},
		{"image.pullPolicy", "Sometimes", "/image/pullPolicy"},
		{"redis.url", "redis://:password@host:6379/0", "/redis/url"},
		{"redis.url", "http://host", "/redis/url"},
		{"proxy.https", "http://me:secret@proxy:3128", "/proxy/https"},
		{"web.publicUrl", "http://rapport.example", "/web/publicUrl"},
		{"secrets.tenant.existingSecret", "Not A Name", "/secrets/tenant/existingSecret"},
		{"secrets.tenant.value", "s3cret", "'value'"},
		{"runAsUser", 0, "/runAsUser"},
		{"runAsUser", "nonroot", "/runAsUser"},
		{"terminationGracePeriodSeconds", 5, "/terminationGracePeriodSeconds"},
		{"extraEnv", []any{values{"name": "DEBUG", "value": true}}, "/extraEnv/0/value"},
		{"networkPolicy.dnsPorts", []any{"dns"}, "/networkPolicy/dnsPorts/0"},
		{"networkPolicy.outPorts", []any{}, "/networkPolicy/outPorts"},
		{"ingress.paths", []any{"api"}, "/ingress/paths/0"},
		{"serviceMonitor.interval", "often", "/serviceMonitor/interval"},
		{"prometheusRule.redisMemory", 80, "/prometheusRule/redisMemory"},
		{"azureWorkloadIdentity.clientId", "me", "/azureWorkloadIdentity/clientId"},
		{"valkey.maxmemory", "lots", "/valkey/maxmemory"},
		{"valkey.persistence.sizes", "2Gi", "'sizes'"},
		{"config.tenant.client_idd", "x", "'client_idd'"},
		{"config.tenant.client_secret", "s3cret", "'client_secret'"},
		{"config.redis.url", "redis://x", "'redis'"},
		{"config.web.listen", ":80", "'listen'"},
		{"config.programmes", []any{values{"round": values{}}}, "'round'"},
		{"config.programmes", []any{values{"rounds": values{"evry": 2}}}, "'evry'"},
	}
	for _, c := range nonsense {
		for helm, render := range map[string]func(values) (map[string]string, error){"Helm 3": helm3, "Helm 4": helm4} {
			_, err := render(over(values{}, c.path, c.to))
			if err == nil || !strings.Contains(err.Error(), "values don't meet the specifications") || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s, %s = %v: %v; want it refused for %s", helm, c.path, c.to, err, c.says)
			}
		}
	}
}

// What no schema can say is refused in a sentence.
func TestContradictionsAreRefusedInASentence(t *testing.T) {
	sim := read(t, chartDir+"/ci/simulated-tenant-values.yaml")
	for says, v := range map[string]values{
		"enable one of them":           over(over(values{}, "worker.autoscaling.enabled", true), "worker.keda", values{"enabled": true, "address": "redis:6379"}),
		"web.autoscaling.minReplicas":  over(values{}, "web.autoscaling", values{"enabled": true, "minReplicas": 9}),
		"worker.keda.address":          over(values{}, "worker.keda.enabled", true),
		"ingress.host is missing":      over(values{}, "ingress.enabled", true),
		"hostnames and parentRefs":     over(values{}, "httpRoute.enabled", true),
		"name one of them":             over(values{}, "caBundle", values{"configMap": "a", "secret": "b"}),
		"keep the one that holds":      over(values{}, "redis", values{"existingSecret": "a", "url": "redis://host:6379"}),
		"together with another Redis":  over(over(values{}, "redis.url", "redis://host:6379"), "valkey.enabled", true),
		"on loopback":                  over(sim, "worker.replicas", 2),
		"set mode to single":           over(sim, "mode", "split"),
		"set valkey.enabled":           over(sim, "valkey.enabled", false),
		"leave config and secrets":     over(sim, "config.send", "on"),
		"valkey.existingSecret empty":  over(sim, "valkey.existingSecret", "a"),
		"worker.keda.minReplicas is m": over(values{}, "worker.keda", values{"enabled": true, "address": "redis:6379", "minReplicas": 9}),
	} {
		if _, err := helm4(v); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("want a refusal with %q, got %v", says, err)
		}
	}
}

// An umbrella chart hands down global values of its own and may use a condition.
func TestAnUmbrellaChartMaySayMore(t *testing.T) {
	v := values{"enabled": true, "global": values{"somebodyElses": values{"key": 1}, "imageRegistry": "mirror.example"}}
	for helm, render := range map[string]func(values) (map[string]string, error){"Helm 3": helm3, "Helm 4": helm4} {
		if _, err := render(v); err != nil {
			t.Errorf("%s: %v", helm, err)
		}
	}
}

// Every group of the schema refuses what it does not know, but for those that belong to
// Kubernetes or to other charts.
func TestTheSchemaIsStrictAllTheWayDown(t *testing.T) {
	foreign := map[string]bool{"global": true, "affinity": true, "valueFrom": true, "items": true}
	var look func(path, name string, node any)
	look = func(path, name string, node any) {
		switch n := node.(type) {
		case map[string]any:
			if n["type"] == "object" && n["additionalProperties"] == nil && !foreign[name] {
				t.Errorf("%s accepts anything", path)
			}
			for k, v := range n {
				look(path+"/"+k, k, v)
			}
		case []any:
			for _, v := range n {
				look(path, name, v)
			}
		}
	}
	look("", "", schema(t))
}

func schema(t *testing.T) (s map[string]any) {
	t.Helper()
	data, err := os.ReadFile(schemaFile)
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The keys under config are those of config/README.md, which is made from the program.
func TestTheSchemaKnowsEveryKeyOfTheConfiguration(t *testing.T) {
	s := schema(t)
	config, err := configSchema()
	if err != nil {
		t.Fatal(err)
	}
	s["definitions"].(map[string]any)["config"] = config
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		t.Fatal(err)
	}
	fresh(t, schemaFile, out.Bytes())
}

var configRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| [^|]* \\| `RAPPORT_[^`]*` \\| (.*) \\|$")

// decided are the keys that the chart sets itself.
var decided = map[string]bool{"redis.url": true, "redis.url_file": true, "web.listen": true, "web.public_url": true}

// A secret that rapport learns to read from a file can come from a Secret.
func TestEverySecretCanComeFromASecret(t *testing.T) {
	config := find(t, render(t, read(t, chartDir+"/ci/full-values.yaml")), "ConfigMap", "rapport").at("data", "rapport.yaml").(string)
	data, err := os.ReadFile(configPage)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range configRow.FindAllStringSubmatch(string(data), -1) {
		_, key, _ := strings.Cut(r[1], ".")
		if strings.HasSuffix(key, "_file") && !strings.Contains(config, key+": /etc/rapport/secrets/") {
			t.Errorf("the chart has no Secret for %s", r[1])
		}
	}
}

var configPage = filepath.Join(chartDir, "..", "..", "config", "README.md")

// configSchema turns the table of the configuration's keys into a schema of names. Values
// are left to rapport, which explains what is wrong with them.
func configSchema() (map[string]any, error) {
	data, err := os.ReadFile(configPage)
	if err != nil {
		return nil, err
	}
	rows := configRow.FindAllStringSubmatch(string(data), -1)
	if len(rows) < 40 {
		return nil, errors.New("config/README.md has no table of keys any more")
	}
	known := map[string]bool{}
	for _, r := range rows {
		known[r[1]] = true
	}
	root := group()
	for _, r := range rows {
		// A secret has a second key for its file; in a ConfigMap it has no business itself.
		if !decided[r[1]] && !known[r[1]+"_file"] {
			place(root, strings.Split(r[1], "."), r[2])
		}
	}
	return root, nil
}

func group() map[string]any {
	return map[string]any{"type": "object", "additionalProperties": false, "properties": map[string]any{}}
}

func place(in map[string]any, path []string, doc string) {
	name, list := strings.CutSuffix(path[0], "[0]")
	members := in["properties"].(map[string]any)
	if len(path) == 1 {
		members[name] = map[string]any{"$ref": "#/definitions/configValue", "description": doc}
		if name == "on" { // which Helm's YAML reads as the word for yes
			members["true"] = members[name]
		}
		return
	}
	next, ok := members[name].(map[string]any)
	if !ok {
		next = group()
		if list {
			next = map[string]any{"type": "array", "items": next}
		}
		members[name] = next
	}
	if list {
		next = next["items"].(map[string]any)
	}
	place(next, path[1:], doc)
}

// fresh compares a generated file with what it should be, or writes it with -update.
func fresh(t *testing.T, file string, want []byte) {
	t.Helper()
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(got, want) {
		return
	}
	if !*update {
		t.Fatalf("%s is stale: run `go test . -update` in charts/rapport/tests and look at the difference", filepath.Base(file))
	}
	if err := os.WriteFile(file, want, 0o644); err != nil {
		t.Fatal(err)
	}
}
