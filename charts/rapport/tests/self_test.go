package tests

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	chart3 "helm.sh/helm/v3/pkg/chart/loader"
	util3 "helm.sh/helm/v3/pkg/chartutil"
)

// rapport answers the program of this checkout: the file that RAPPORT_TEST_PROGRAM names, or
// one built here, which is quick wherever its own tests have run.
func rapport(t *testing.T) string {
	t.Helper()
	if file := os.Getenv("RAPPORT_TEST_PROGRAM"); file != "" {
		return file
	}
	if testing.Short() {
		t.Skip("builds the whole program; not in -short")
	}
	file := filepath.Join(t.TempDir(), "rapport")
	build := exec.Command("go", "build", "-o", file, "./cmd/rapport")
	build.Dir = filepath.Join(chartDir, "..", "..")
	build.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false -mod=readonly")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("rapport does not build: %v\n%s", err, out)
	}
	return file
}

// start lets the program read the configuration and no more: it stops at a clock that is
// none, which it looks at next.
func start(t *testing.T, program, config string, env ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	run := exec.CommandContext(ctx, program, "run", "--config", config)
	run.Env = append(env, "RAPPORT_CLOCK=none")
	out, _ := run.CombinedOutput()
	return string(out)
}

// mounted writes what a pod would find under /etc/rapport, and answers where.
func mounted(t *testing.T, all []document, secrets ...string) string {
	t.Helper()
	dir := t.TempDir()
	text := find(t, all, "ConfigMap", "rapport").at("data", "rapport.yaml").(string)
	put(t, filepath.Join(dir, "config", "rapport.yaml"), strings.ReplaceAll(text, "/etc/rapport", dir))
	for _, s := range secrets {
		put(t, filepath.Join(dir, "secrets", s), "redis://:s3cret-of-more-than-32-characters@127.0.0.1:1/0")
	}
	return filepath.Join(dir, "config", "rapport.yaml")
}

func put(t *testing.T, file, text string) {
	t.Helper()
	err := os.MkdirAll(filepath.Dir(file), 0o700)
	if err == nil {
		err = os.WriteFile(file, []byte(text), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// What the chart writes, the program reads; and what is missing, it names.
func TestRapportReadsItsConfiguration(t *testing.T) {
	program := rapport(t)
	everything := []string{"tenant/client-secret", "bot/app-secret", "redis/url", "signing/signing-key", "signing/previous-key"}
	for name, v := range cases(t) {
		if name == "defaults" || name == "simulated-tenant" {
			continue // one is empty, the other writes its own
		}
		said := start(t, program, mounted(t, render(t, v), everything...), "RAPPORT_TENANT_CLIENT_SECRET=s3cret", "RAPPORT_REDIS_URL=redis://:s3cret@valkey:6379/0")
		if !strings.Contains(said, "RAPPORT_CLOCK") || strings.Contains(said, "s3cret") {
			t.Errorf("%s: %s", name, said)
		}
	}
	acceptsTheExample(t, program)
	full := render(t, read(t, chartDir+"/ci/full-values.yaml"))
	for _, missing := range everything {
		rest := slices.DeleteFunc(slices.Clone(everything), func(s string) bool { return s == missing })
		key := strings.NewReplacer("signing/", "web.", "/", ".", "-", "_").Replace(missing) + "_file"
		if said := start(t, program, mounted(t, full, rest...)); !strings.Contains(said, key+": cannot be read") {
			t.Errorf("without %s: %s; want %s named", missing, said, key)
		}
	}
}

// The example that config/ explains every key with is accepted as it is, without what the
// chart decides.
func acceptsTheExample(t *testing.T, program string) {
	t.Helper()
	example := read(t, filepath.Join(chartDir, "..", "..", "config", "example.yaml"))
	delete(example, "redis")
	delete(example, "web")
	v := values{"config": example, "valkey": values{"enabled": true},
		"secrets": values{"tenant": values{"existingSecret": "entra"}, "bot": values{"existingSecret": "bot"}}}
	said := start(t, program, mounted(t, render(t, v), "tenant/client-secret", "bot/app-secret"))
	if !strings.Contains(said, "RAPPORT_CLOCK") {
		t.Error(said)
	}
}

// A cluster older than what the chart uses is refused before anything is made.
func TestOldClustersAreRefused(t *testing.T) {
	c, err := chart3.Load(chartDir)
	if err != nil {
		t.Fatal(err)
	}
	for version, fits := range map[string]bool{"v1.29.9": false, "v1.30.0": true, "v1.33.4-gke.1245000": true, kube: true} {
		if util3.IsCompatibleRange(c.Metadata.KubeVersion, version) != fits {
			t.Errorf("%s: want %v", version, fits)
		}
	}
}

// The small Redis of the chart keeps the promises that rapport relies on. Its arguments are
// given to the Redis that is there, which reads them as Valkey does.
func TestTheSmallRedisForgetsNothing(t *testing.T) {
	redis := need(t, "redis", "redis-server")
	set := find(t, render(t, read(t, chartDir+"/ci/trial-values.yaml")), "StatefulSet", "-valkey")
	p := pod(t, set.text)
	port := freePort(t)
	var args []string
	for _, a := range p.Containers[0].Args {
		args = append(args, strings.ReplaceAll(a, "/data", t.TempDir()))
	}
	server := exec.Command(redis, append(args, "--port", port, "--bind", "127.0.0.1")...)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	for key, want := range map[string]string{"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction", "maxmemory": "201326592"} {
		if got := ask(t, port, "CONFIG GET "+key); !strings.Contains(got, want) {
			t.Errorf("%s is %q, want %s", key, got, want)
		}
	}
}

// need finds a program that a test cannot do without, or skips.
func need(t *testing.T, component, program string) string {
	t.Helper()
	file, err := exec.LookPath(program)
	if err == nil {
		return file
	}
	if slices.Contains(strings.Split(os.Getenv("RAPPORT_TEST_REQUIRE"), ","), component) {
		t.Fatalf("%s is missing", component)
	}
	t.Skipf("%s is missing", component)
	return ""
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// ask sends one line to Redis and answers what comes back within a second.
func ask(t *testing.T, port, line string) string {
	t.Helper()
	for range 50 {
		c, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err != nil {
			time.Sleep(100 * time.Millisecond)
			continue
		}
		defer c.Close()
		fmt.Fprintf(c, "%s\r\nQUIT\r\n", line)
		_ = c.SetReadDeadline(time.Now().Add(time.Second))
		answer, _ := io.ReadAll(c)
		return string(answer)
	}
	t.Fatal("Redis does not answer")
	return ""
}
