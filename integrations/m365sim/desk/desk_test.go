package desk

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func get(t *testing.T, method, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestThePageIsThereAtBothAddresses(t *testing.T) {
	for _, address := range []string{"/", "/desk/", "/desk/shot"} {
		res := get(t, "GET", address)
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s answers %d %q", address, res.StatusCode, res.Header.Get("Content-Type"))
		}
	}
	if res := get(t, "GET", "/desk"); res.Header.Get("Location") != "/desk/" {
		t.Errorf("/desk leads to %q", res.Header.Get("Location"))
	}
}

func TestEveryAnswerForbidsInlineCodeAndOtherHosts(t *testing.T) {
	for address := range Handler().(shelf) {
		res := get(t, "GET", address)
		csp := res.Header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "http") {
			t.Errorf("%s has the policy %q", address, csp)
		}
		if res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("Content-Type") == "" {
			t.Errorf("%s may be taken for something else: %v", address, res.Header)
		}
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	for _, address := range []string{"/nothing", "/desk/js/", "/desk/../desk.go", "/desk/css", "/sim/state"} {
		if res := get(t, "GET", address); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", address, res.StatusCode)
		}
	}
	if res := get(t, "POST", "/desk/"); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST answers %d", res.StatusCode)
	}
}

func TestAnUnchangedFileIsNotSentAgain(t *testing.T) {
	first := get(t, "GET", "/desk/js/main.js")
	again := get(t, "GET", "/desk/js/main.js", "If-None-Match", first.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("the second look answers %d", again.StatusCode)
	}
}

// Our own files name no other host and hold no inline code; the browser test proves that the
// page also works that way.
func TestOurFilesAskNobodyElse(t *testing.T) {
	host := regexp.MustCompile(`(?:src|href|import|url)\s*[=(]?\s*["'(]?(?:https?:)?//`)
	inline := regexp.MustCompile(`(?i)<script>|<style|\sstyle=|\son[a-z]+=`)
	err := fs.WalkDir(files, "page", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(name, "/vendor/") {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if host.Match(text) {
			t.Errorf("%s refers to another host: %q", name, host.Find(text))
		}
		if strings.HasSuffix(name, ".html") && inline.Match(text) {
			t.Errorf("%s holds inline code: %q", name, inline.Find(text))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestBorrowedFilesCarryTheirLicence(t *testing.T) {
	licence, err := fs.ReadFile(files, "page/vendor/adaptivecards.LICENSE.txt")
	if err != nil || !strings.Contains(string(licence), "MIT License") {
		t.Errorf("the renderer's licence is missing: %v", err)
	}
	notes, _ := fs.ReadFile(files, "page/vendor/README.md")
	entries, _ := fs.ReadDir(files, "page/vendor")
	for _, e := range entries {
		if e.Name() != "README.md" && !strings.Contains(string(notes), "`"+e.Name()+"`") {
			t.Errorf("vendor/README.md does not say where %s comes from", e.Name())
		}
	}
}
