package manifest

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Options are what differs from one installation to the next.
type Options struct {
	AppID      string // the bot's Entra application id, a GUID; it is the id of the Teams app too
	Name       string // what people read, at most 30 characters
	PublicURL  string // where the pages of this installation are, https
	PrivacyURL string // the page on privacy, https
	TermsURL   string // the terms of use, https
	Developer  string // who runs this installation, at most 32 characters
	Version    string // "1.2.3"; Teams takes an update only with a higher one
}

const (
	longestName      = 30 // characters, schema 1.29
	longestDeveloper = 32
	longestURL       = 2048
)

var (
	guid    = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	version = regexp.MustCompile(`^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$`)
)

// check answers the first option that cannot be used, by its name.
func (o Options) check() error {
	for _, f := range []struct{ name, problem string }{
		{"AppID", notMatching(guid, o.AppID, "must be a GUID such as 11111111-2222-3333-4444-555555555555")},
		{"Name", notALabel(o.Name, longestName)},
		{"PublicURL", notAnAddress(o.PublicURL)},
		{"PrivacyURL", notAnAddress(o.PrivacyURL)},
		{"TermsURL", notAnAddress(o.TermsURL)},
		{"Developer", notALabel(o.Developer, longestDeveloper)},
		{"Version", notMatching(version, o.Version, "must be three numbers such as 1.2.3")},
	} {
		if f.problem != "" {
			return fmt.Errorf("manifest: %s %s", f.name, f.problem)
		}
	}
	return nil
}

func notMatching(form *regexp.Regexp, s, problem string) string {
	if form.MatchString(s) && len(s) <= 256 {
		return ""
	}
	return problem
}

func notALabel(s string, longest int) string {
	if strings.TrimSpace(s) == "" || utf8.RuneCountInString(s) > longest || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return fmt.Sprintf("must have 1 to %d printable characters", longest)
	}
	return ""
}

func notAnAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || len(s) > longestURL {
		return "must be an https address"
	}
	return ""
}

// host is the domain of the pages, without the port.
func (o Options) host() string {
	u, _ := url.Parse(o.PublicURL)
	return u.Hostname()
}
