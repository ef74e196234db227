package zone

import (
	"archive/zip"
	"bytes"
	_ "embed" // the data is part of the program
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

//go:embed data/zoneinfo.zip
var zoneinfo []byte

//go:embed data/windows.txt
var windowsTable string

// source is the data that Load reads: our own until Use replaces it.
var source atomic.Pointer[data]

func init() {
	own, err := zip.NewReader(bytes.NewReader(zoneinfo), int64(len(zoneinfo)))
	if err != nil {
		panic("zone: the embedded data is damaged: " + err.Error())
	}
	source.Store(&data{files: own, version: readVersion(own), clocks: map[string]*time.Location{}})
}

// Version names the zone data in use, "2026f".
func Version() string { return source.Load().version }

// Use replaces our data by an admin's: a folder of compiled zones such as
// /usr/share/zoneinfo. Clocks handed out before keep the old rules. The error says why the
// folder was not taken; our data then stays in use.
func Use(folder fs.FS) error {
	d := &data{files: folder, version: readVersion(folder), clocks: map[string]*time.Location{}}
	for _, name := range []string{"UTC", "Europe/Paris", "America/Vancouver"} {
		if _, err := d.load(name, name); err != nil {
			return fmt.Errorf("the zone folder is not usable: %w", err)
		}
	}
	source.Store(d)
	return nil
}

// readVersion finds the version where our archive, tzdata's own source and the makers of
// other folders put it; "unknown" when nobody did.
func readVersion(folder fs.FS) string {
	for _, name := range []string{"version", "+VERSION", "tzdata.zi"} {
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			continue
		}
		line, _, _ := strings.Cut(string(text), "\n")
		if v := strings.TrimSpace(strings.TrimPrefix(line, "# version ")); v != "" {
			return v
		}
	}
	return "unknown"
}

// windowsZone is what CLDR says about one Windows name.
type windowsZone struct {
	world   string            // territory 001
	country map[string]string // ISO code -> zone, only where it is another one
}

// windows reads the embedded table once: "name|world|CC=zone|CC=zone".
var windows = sync.OnceValue(func() map[string]windowsZone {
	table := map[string]windowsZone{}
	for line := range strings.Lines(windowsTable) {
		fields := strings.Split(strings.TrimSpace(line), "|")
		z := windowsZone{world: fields[1]}
		for _, f := range fields[2:] {
			if z.country == nil {
				z.country = map[string]string{}
			}
			code, zone, _ := strings.Cut(f, "=")
			z.country[code] = zone
		}
		table[fields[0]] = z
	}
	return table
})
