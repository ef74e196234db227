package tests

import (
	"bytes"
	"testing"

	"github.com/helm-unittest/helm-unittest/pkg/unittest"
	"github.com/helm-unittest/helm-unittest/pkg/unittest/printer"
)

// The suites beside this file, one sentence a promise, run by helm-unittest.
func TestSuites(t *testing.T) {
	var out bytes.Buffer
	noColour := false
	runner := unittest.TestRunner{Printer: printer.NewPrinter(&out, &noColour), TestFiles: []string{"tests/*_test.yaml"}, Strict: true}
	passed := runner.RunV3([]string{chartDir})
	if !passed {
		t.Error(out.String())
	}
	t.Log(out.String()[max(0, out.Len()-400):])
	if !bytes.Contains(out.Bytes(), []byte("7 passed, 7 total")) {
		t.Errorf("want seven suites to run:\n%s", out.String())
	}
}
