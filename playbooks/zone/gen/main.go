// Command gen writes the data that package zone embeds: compiled time zones and the map
// from Windows names to IANA names. It reads what renew.sh fetched and never the network.
package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

func main() {
	zones := flag.String("zoneinfo", "", "folder of compiled zones, as zic writes it")
	version := flag.String("version", "", "version of the zones, \"2026f\"")
	windows := flag.String("windows", "", "CLDR's supplemental/windowsZones.json")
	out := flag.String("out", "data", "folder to write to")
	flag.Parse()

	archive, err := pack(os.DirFS(*zones), *version)
	check(err)
	check(os.WriteFile(filepath.Join(*out, "zoneinfo.zip"), archive, 0o644))
	cldr, err := os.ReadFile(*windows)
	check(err)
	table, err := tabulate(cldr)
	check(err)
	check(os.WriteFile(filepath.Join(*out, "windows.txt"), table, 0o644))
}

func check(err error) {
	if err != nil {
		log.Fatal("gen: ", err)
	}
}

// pack puts every zone into one archive, beside a file "version". The same zones make the
// same bytes: no times, and the order of the names.
func pack(zones fs.FS, version string) ([]byte, error) {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(out, flate.BestCompression)
	})
	put := func(name string, data []byte) error {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		_, err = f.Write(data)
		return err
	}
	if err := put("version", []byte(version+"\n")); err != nil {
		return nil, err
	}
	err := fs.WalkDir(zones, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(zones, name)
		if err != nil {
			return err
		}
		if !bytes.HasPrefix(data, []byte("TZif")) {
			return fmt.Errorf("%s is not a compiled zone", name)
		}
		return put(name, data)
	})
	if err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil { // writes the directory
		return nil, err
	}
	return buf.Bytes(), nil
}

// tabulate turns CLDR's JSON into one line a Windows name: the name, the zone of territory
// 001, then "CC=Zone" for each territory whose first zone is another one, all separated by |.
func tabulate(cldr []byte) ([]byte, error) {
	var doc struct {
		Supplemental struct {
			WindowsZones struct {
				MapTimezones []struct {
					MapZone struct {
						Other     string `json:"_other"`
						Type      string `json:"_type"`
						Territory string `json:"_territory"`
					} `json:"mapZone"`
				} `json:"mapTimezones"`
			} `json:"windowsZones"`
		} `json:"supplemental"`
	}
	if err := json.Unmarshal(cldr, &doc); err != nil {
		return nil, err
	}
	world, countries := map[string]string{}, map[string][]string{}
	for _, m := range doc.Supplemental.WindowsZones.MapTimezones {
		first, _, _ := strings.Cut(m.MapZone.Type, " ")
		if m.MapZone.Territory == "001" {
			world[m.MapZone.Other] = first
		} else if first != world[m.MapZone.Other] { // CLDR lists 001 first
			countries[m.MapZone.Other] = append(countries[m.MapZone.Other], m.MapZone.Territory+"="+first)
		}
	}
	var lines []string
	for name, zone := range world {
		lines = append(lines, strings.Join(append([]string{name, zone}, countries[name]...), "|"))
	}
	if len(lines) < 100 {
		return nil, fmt.Errorf("only %d Windows names: is this windowsZones.json?", len(lines))
	}
	sort.Strings(lines)
	return []byte(strings.Join(lines, "\n") + "\n"), nil
}
