package main

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
	"testing/fstest"
)

func TestPackMakesTheSameBytesFromTheSameZones(t *testing.T) {
	zones := fstest.MapFS{
		"Europe/Paris": {Data: []byte("TZif-paris")},
		"UTC":          {Data: []byte("TZif-utc")},
	}
	first, err := pack(zones, "2026f")
	if err != nil {
		t.Fatal(err)
	}
	second, _ := pack(zones, "2026f")
	if !bytes.Equal(first, second) {
		t.Error("two runs over the same zones differ")
	}
	r, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil || len(r.File) != 3 || r.File[0].Name != "version" {
		t.Errorf("archive holds %d files, %v", len(r.File), err)
	}
}

func TestPackRefusesWhatIsNotAZone(t *testing.T) {
	_, err := pack(fstest.MapFS{"zone.tab": {Data: []byte("#")}}, "2026f")
	if err == nil || !strings.Contains(err.Error(), "zone.tab") {
		t.Errorf("got %v, want an error naming zone.tab", err)
	}
}

func TestTabulateRefusesAnotherFile(t *testing.T) {
	if _, err := tabulate([]byte(`{"supplemental":{}}`)); err == nil {
		t.Error("a file without Windows names was accepted")
	}
}
