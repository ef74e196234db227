package zone

import (
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"
)

// UnresolvedError says that a zone cannot be turned into a clock. Callers ask a person, or
// use a fallback somebody configured; they never assume UTC.
type UnresolvedError struct {
	Name string // as it was given, "" when there was none
	Why  string // what is wrong with it, in a few words
}

// Error names the zone and what is wrong with it.
func (e *UnresolvedError) Error() string {
	return fmt.Sprintf("time zone %q cannot be resolved: %s", e.Name, e.Why)
}

// names that look like zones but say nothing about where somebody is.
var refused = map[string]string{
	"":                         "no zone is given",
	"Local":                    "it means the machine's own zone",
	"localtime":                "it means the machine's own zone",
	"posixrules":               "it means the machine's own rules",
	"Factory":                  "it means that nobody chose a zone",
	"Customized Time Zone":     "its rules are missing",
	"tzone://Microsoft/Custom": "its rules are missing",
}

// Load answers the clock of a zone. Custom rules win over the name that comes with them. A
// Windows name means the first zone that CLDR lists for the country (an ISO 3166 code), or
// the one for the whole world when country is "" or CLDR has none. Anything else must be an
// IANA name exactly as the database spells it, old aliases included.
//
// The error is an *UnresolvedError. The same zone answers the same *time.Location until the
// data is replaced by Use; Load may be called from several goroutines.
func Load(ref Ref, country string) (*time.Location, error) {
	if ref.Custom != nil {
		return ref.Custom.load()
	}
	if why, bad := refused[ref.Name]; bad {
		return nil, &UnresolvedError{ref.Name, why}
	}
	return source.Load().load(ref.Name, canonical(ref.Name, country))
}

// canonical answers the IANA name for any name: Windows and Microsoft names translated,
// the rest as it is.
func canonical(name, country string) string {
	if name == "tzone://Microsoft/Utc" {
		return "UTC"
	}
	w, known := windows()[name]
	if !known {
		return name
	}
	if zone, known := w.country[strings.ToUpper(country)]; known {
		return zone
	}
	return w.world
}

// data is one set of compiled zones with the clocks already made from it.
type data struct {
	files   fs.FS
	version string

	mu     sync.RWMutex
	clocks map[string]*time.Location
}

// load answers the clock of an IANA name; given is the name to complain about.
func (d *data) load(given, iana string) (*time.Location, error) {
	d.mu.RLock()
	loc := d.clocks[iana]
	d.mu.RUnlock()
	if loc != nil {
		return loc, nil
	}
	// posix/ holds copies, right/ counts leap seconds: neither is a zone anybody lives in.
	if !fs.ValidPath(iana) || strings.HasPrefix(iana, "posix/") || strings.HasPrefix(iana, "right/") {
		return nil, &UnresolvedError{given, "it is not a zone name"}
	}
	compiled, err := fs.ReadFile(d.files, iana)
	if err != nil {
		return nil, &UnresolvedError{given, "neither IANA " + d.version + " nor the Windows map knows it"}
	}
	if loc, err = time.LoadLocationFromTZData(iana, compiled); err != nil {
		return nil, &UnresolvedError{given, "its data is not a compiled zone"}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if first := d.clocks[iana]; first != nil {
		return first, nil
	}
	d.clocks[iana] = loc
	return loc, nil
}
