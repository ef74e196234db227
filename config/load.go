package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Problem is one thing that is wrong: where, what, and what to do about it. None of them
// ever holds a value from the file or the environment.
type Problem struct {
	Path string // "programmes[0].zone"
	What string
	Do   string
}

func (p Problem) String() string {
	text := p.What
	if p.Path != "" {
		text = p.Path + ": " + text
	}
	if p.Do != "" {
		text += ". " + p.Do
	}
	return strings.TrimSuffix(text, ".") + "."
}

// Problems is everything that is wrong, as one error with one line each.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// report writes one problem down, unless the place or a group around it has one already:
// what follows from a problem is not worth a line.
func (p *Problems) report(path, what, do string) {
	for _, old := range *p {
		if rest, below := strings.CutPrefix(path, old.Path); below && old.Path != "" && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return
		}
	}
	*p = append(*p, Problem{path, what, do})
}

// Check looks for problems that this package cannot know of, such as unknown playbooks. It
// must bear a Config that has problems already.
type Check func(Config) []Problem

// Zones is the Check that every programme's zone is known to whoever turns names into
// clocks.
func Zones(known func(name string) error) Check {
	return func(c Config) (found []Problem) {
		for i, p := range c.Programmes {
			if p.Zone != "" && known(p.Zone) != nil {
				found = append(found, Problem{at("programmes", i) + ".zone", "is no known time zone",
					"Use an IANA name such as Europe/Berlin or America/New_York"})
			}
		}
		return found
	}
}

// Load reads the file at path, lets the environment override it, reads the secrets it
// points to, fills in what follows from the cloud and checks everything. env answers a
// variable or ""; os.Getenv will do. The error is of type Problems and holds all there is
// to say at once; the Config beside it is not to be used then.
func Load(path string, env func(string) string, checks ...Check) (Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Config{}, Problems{{"", "the configuration file cannot be read: " + reason(err), "Check the path and its permissions"}}
	}
	return Parse(data, filepath.Dir(path), env, checks...)
}

// Parse is Load for a configuration that is in memory; relative paths in it start at dir.
func Parse(data []byte, dir string, env func(string) string, checks ...Check) (Config, error) {
	var problems Problems
	c := Default()
	if !decode(data, &c, &problems) {
		return c, problems
	}
	override(&c, env, &problems)
	c.readSecrets(dir, env, &problems)
	c.complete()
	c.validate(&problems)
	for _, check := range checks {
		for _, found := range check(c) {
			problems.report(found.Path, found.What, found.Do)
		}
	}
	if len(problems) > 0 {
		return c, problems
	}
	return c, nil
}

// reason is what went wrong with a file, without its path.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return "unknown reason"
}

// readSecrets takes secrets from the files that were named, unless the environment gave
// them already.
func (c *Config) readSecrets(dir string, env func(string) string, problems *Problems) {
	for _, s := range []struct {
		path, file string
		into       *Secret
	}{
		{"tenant.client_secret", c.Tenant.ClientSecretFile, &c.Tenant.ClientSecret},
		{"bot.app_secret", c.Bot.AppSecretFile, &c.Bot.AppSecret},
		{"redis.url", c.Redis.URLFile, &c.Redis.URL},
		{"web.signing_key", c.Web.SigningKeyFile, &c.Web.SigningKey},
		{"web.previous_key", c.Web.PreviousKeyFile, &c.Web.PreviousKey},
	} {
		if s.file == "" || env(envName(s.path)) != "" {
			continue
		}
		if !filepath.IsAbs(s.file) {
			s.file = filepath.Join(dir, s.file)
		}
		data, err := os.ReadFile(s.file)
		text := strings.TrimSpace(string(data))
		switch {
		case err != nil:
			problems.report(s.path+"_file", "cannot be read: "+reason(err), "Check the path and its permissions, or set "+envName(s.path))
		case text == "":
			problems.report(s.path+"_file", "is an empty file", "Write the secret into it")
		default:
			*s.into = Secret{&text, &secretFile{path: s.file, value: text}}
		}
	}
}
