package main

import (
	"archive/tar"
	"compress/gzip"
	"debug/elf"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// imageLimit is what a node may have to pull for rapport, in bytes: layers are stored and
// sent compressed.
const imageLimit = 40_000_000

// dockerfile is the recipe of the image with its continued lines joined, without comments.
func dockerfile(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.SplitSeq(strings.ReplaceAll(string(data), "\\\n", " "), "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}

// buildLine takes the build out of the recipe: its variables and its arguments. Platform and
// version are those of this machine and of the test.
func buildLine(t *testing.T, version string) (env, args []string) {
	t.Helper()
	for _, line := range dockerfile(t) {
		_, build, found := strings.Cut(line, "CGO_ENABLED=")
		if !found {
			continue
		}
		before, after, _ := strings.Cut("CGO_ENABLED="+build, " go build ")
		for _, v := range strings.Fields(before) {
			if !strings.Contains(v, "${") {
				env = append(env, v)
			}
		}
		after = strings.ReplaceAll(after, "${VERSION}", version)
		for _, a := range regexp.MustCompile(`-ldflags="[^"]*"|\S+`).FindAllString(after, -1) {
			args = append(args, strings.ReplaceAll(a, `"`, ""))
		}
		return env, args
	}
	t.Fatal("the Dockerfile builds nothing")
	return nil, nil
}

// imageProgram builds the program as the image has it.
func imageProgram(t *testing.T, version string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the whole program; not in -short")
	}
	env, args := buildLine(t, version)
	out := slices.Index(args, "/out/rapport")
	if out < 0 {
		t.Fatalf("the Dockerfile builds no /out/rapport: %v", args)
	}
	program := filepath.Join(t.TempDir(), "rapport")
	args[out] = program
	if !exactly() {
		env, args = nil, slices.DeleteFunc(args, func(a string) bool { return a == "-trimpath" })
	}
	build := exec.Command("go", append([]string{"build"}, args...)...)
	build.Dir = "../.."
	build.Env = append(os.Environ(), env...)
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build %v: %v\n%s", args, err, said)
	}
	return program
}

// exactly says whether the program is built just as in the image. Graph's models are then
// compiled once more, which takes minutes the first time; otherwise what is compiled already is
// linked in the image's way, which weighs the same and is not static.
func exactly() bool {
	return slices.Contains(strings.Split(os.Getenv("RAPPORT_TEST_REQUIRE"), ","), "image")
}

func TestTheImageIsSmallStaticAndKnowsItsVersion(t *testing.T) {
	program := imageProgram(t, "v9.8.7")
	said, err := exec.Command(program, "version").CombinedOutput()
	if err != nil || !strings.Contains(string(said), "v9.8.7") {
		t.Errorf("the version is not stamped in: %v\n%s", err, said)
	}
	if exactly() {
		linked, err := elf.Open(program)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = linked.Close() }()
		if libraries, err := linked.ImportedLibraries(); err != nil || len(libraries) > 0 {
			t.Errorf("an empty file system has no %v (%v)", libraries, err)
		}
	}
	plain, pulled := layer(t, program, "../../LICENSE")
	t.Logf("%.1f MB unpacked, %.1f MB to pull", float64(plain)/1e6, float64(pulled)/1e6)
	if pulled > imageLimit {
		t.Errorf("a node pulls %d bytes, at most %d are agreed: see what grew with go tool nm -size -sort size", pulled, imageLimit)
	}
}

// layer packs files as a registry stores them, and answers the bytes before and after.
func layer(t *testing.T, files ...string) (plain, pulled int64) {
	t.Helper()
	var stored counter
	squeeze := gzip.NewWriter(&stored)
	pack := tar.NewWriter(squeeze)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		plain += int64(len(data))
		if err := pack.WriteHeader(&tar.Header{Name: filepath.Base(file), Mode: 0o755, Size: int64(len(data))}); err != nil {
			t.Fatal(err)
		}
		if _, err := pack.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	for _, end := range []io.Closer{pack, squeeze} {
		if err := end.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return plain, int64(stored)
}

// counter counts what is written to it.
type counter int64

// Write never fails.
func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

// What clusters and registries look for in an image, whoever builds it.
func TestTheImageIsMadeAsAgreed(t *testing.T) {
	recipe := strings.Join(dockerfile(t), "\n")
	for promise, pattern := range map[string]string{
		"bases come from a mirror if there is one": `(?s)^ARG BUILD=\S+\nARG BASE=scratch\nFROM .*\$\{BUILD\} AS build\n.*\nFROM \$\{BASE\}\n`,
		"the compiler is the one of go.mod":        `ARG BUILD=docker\.io/library/golang:` + regexp.QuoteMeta(goVersion(t)) + `-`,
		"the compiler runs on the builder":         `FROM --platform=\$\{BUILDPLATFORM\}`,
		"no right is had by number":                `\nUSER [1-9][0-9]*:[1-9][0-9]*\n`,
		"public authorities are inside":            `COPY --from=build \S+ /etc/ssl/certs/ca-certificates\.crt`,
		"no path of the builder is inside":         `go build .*-trimpath`,
		"the licence goes along":                   `COPY --from=build \S+ /LICENSE`,
		"a title":                                  `org\.opencontainers\.image\.title="rapport"`,
		"a source":                                 `org\.opencontainers\.image\.source="https://`,
		"a licence":                                `org\.opencontainers\.image\.licenses="Apache-2\.0"`,
		"a version":                                `org\.opencontainers\.image\.version="\$\{VERSION\}"`,
		"a revision":                               `org\.opencontainers\.image\.revision="\$\{REVISION\}"`,
		"one process, without a shell":             `\nENTRYPOINT \["/rapport"\]\nCMD \["run", "--config", "/etc/rapport/config/rapport\.yaml"\]$`,
	} {
		if !regexp.MustCompile(pattern).MatchString(recipe) {
			t.Errorf("%s: the Dockerfile no longer says so (%s)", promise, pattern)
		}
	}
	_, last, _ := strings.Cut(recipe, "FROM ${BASE}")
	if strings.Contains(last, "\nRUN ") || strings.Contains(last, "\nVOLUME ") {
		t.Error("the image itself has no shell to run anything with, and nothing to write")
	}
}

// goVersion is the version of Go that go.mod asks for.
func goVersion(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^(?:toolchain go|go )(\S+)$`).FindStringSubmatch(string(data))
	if found == nil {
		t.Fatal("go.mod names no version of Go")
	}
	return found[1]
}
