package zone

import (
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

func TestNamesBecomeClocks(t *testing.T) {
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, country, want string
	}{
		{"Europe/Kiev", "", "14:00"}, // an alias of Kyiv stays a name
		{"America/Indiana/Knox", "", "06:00"},
		{"UTC", "", "12:00"},
		{"tzone://Microsoft/Utc", "", "12:00"},
		{"W. Europe Standard Time", "", "13:00"},
		{"W. Europe Standard Time", "IT", "13:00"},
		{"Arab Standard Time", "KW", "15:00"},
		{"Arab Standard Time", "kw", "15:00"},
		{"Pacific Standard Time", "", "04:00"},
		{"Pacific Standard Time", "CA", "05:00"}, // Vancouver gave up winter time in 2026
		{"Pacific Standard Time", "JP", "04:00"}, // CLDR has none for Japan: the world's
		{"UTC-02", "", "10:00"},
	} {
		loc, err := Load(Ref{Name: c.name}, c.country)
		if err != nil {
			t.Errorf("%s/%s: %v", c.name, c.country, err)
			continue
		}
		if got := noon.In(loc).Format("15:04"); got != c.want {
			t.Errorf("%s/%s: noon UTC is %s, want %s", c.name, c.country, got, c.want)
		}
	}
}

// The laws of 2026 that older copies of the database do not know.
func TestEmbeddedDataKnowsTheNewestRules(t *testing.T) {
	if Version() < "2026f" {
		t.Errorf("embedded data is %s, want 2026f or newer", Version())
	}
	winter := time.Date(2027, 1, 15, 12, 0, 0, 0, time.UTC)
	for name, want := range map[string]int{
		"America/Vancouver": -7, "America/Edmonton": -6, "America/Winnipeg": -5, "America/Inuvik": -6,
		"Africa/Casablanca": 0, "Africa/El_Aaiun": 0, "America/Havana": -4,
	} {
		loc, err := Load(Ref{Name: name}, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, off := winter.In(loc).Zone(); off != want*3600 {
			t.Errorf("%s is %+d h in January 2027, want %+d", name, off/3600, want)
		}
	}
}

func TestUnknownNamesAreNeverUTC(t *testing.T) {
	for _, name := range []string{
		"", "Local", "localtime", "Factory", "Customized Time Zone", "tzone://Microsoft/Custom",
		"GMT+6:30", "Greenwich Mean Time", "Mid-Atlantic Standard Time", "Europe/Pariss", "europe/paris",
		" Europe/Paris", "Europe", ".", "..", "../zone", "/UTC", "Europe/../UTC", `Europe\Paris`, "version",
		"posix/UTC", "right/UTC", "posixrules", "PST", "+01:00", "UTC+1", "Europe/Paris\x00",
	} {
		loc, err := Load(Ref{Name: name}, "DE")
		var unresolved *UnresolvedError
		if loc != nil || !errors.As(err, &unresolved) || unresolved.Name != name {
			t.Errorf("%q: got %v, %v", name, loc, err)
		}
	}
}

func TestEveryWindowsNameHasAClock(t *testing.T) {
	if len(windows()) < 130 {
		t.Errorf("only %d Windows names", len(windows()))
	}
	for name, z := range windows() {
		for country, iana := range z.country {
			if loc, err := Load(Ref{Name: name}, country); err != nil || loc.String() != iana {
				t.Errorf("%s in %s: %v, %v", name, country, loc, err)
			}
		}
		if loc, err := Load(Ref{Name: name}, ""); err != nil || loc.String() != z.world {
			t.Errorf("%s: %v, %v", name, loc, err)
		}
	}
}

func TestSameNameSameClockFromManySides(t *testing.T) {
	var wg sync.WaitGroup
	got := make([]*time.Location, 16)
	for i := range got {
		wg.Go(func() { got[i], _ = Load(Ref{Name: "Asia/Kathmandu"}, "") })
	}
	wg.Wait()
	for _, loc := range got {
		if loc == nil || loc != got[0] {
			t.Fatal("Load answered different clocks for one name")
		}
	}
}

func TestAdminMayReplaceTheData(t *testing.T) {
	own := source.Load()
	defer source.Store(own)
	paris, _ := fs.ReadFile(own.files, "Europe/Paris")
	folder := fstest.MapFS{
		"tzdata.zi": {Data: []byte("# version 2027a\nR ...\n")},
		"UTC":       {Data: paris}, "Europe/Paris": {Data: paris}, "America/Vancouver": {Data: paris},
		"leapseconds": {Data: []byte("# not a zone")},
	}
	if err := Use(folder); err != nil || Version() != "2027a" {
		t.Fatalf("Use: %v, version %s", err, Version())
	}
	if _, err := Load(Ref{Name: "Asia/Tokyo"}, ""); err == nil {
		t.Error("a zone the admin's folder lacks was found")
	}
	if _, err := Load(Ref{Name: "leapseconds"}, ""); err == nil {
		t.Error("a text file became a clock")
	}
	if err := Use(fstest.MapFS{}); err == nil || Version() != "2027a" {
		t.Errorf("an empty folder was taken: %v, %s", err, Version())
	}
}

func TestEmbeddedDataStaysSmall(t *testing.T) {
	if n := len(zoneinfo) + len(windowsTable); n > 500_000 {
		t.Errorf("embedded data takes %d bytes", n)
	}
}

func FuzzLoadNeverPanicsAndNeverLies(f *testing.F) {
	for _, s := range []string{"Europe/Paris", "UTC", "../UTC", "Pacific Standard Time", "", "right/UTC"} {
		f.Add(s, "US")
	}
	f.Fuzz(func(t *testing.T, name, country string) {
		loc, err := Load(Ref{Name: name}, country)
		if (loc == nil) == (err == nil) {
			t.Fatalf("%q: %v and %v", name, loc, err)
		}
		if err != nil && strings.TrimSpace(err.Error()) == "" {
			t.Fatal("an error without words")
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(Ref{Name: "Pacific Standard Time"}, "CA"); err != nil {
			b.Fatal(err)
		}
	}
}
