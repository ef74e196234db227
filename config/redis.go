package config

import (
	"net/url"
	"slices"
	"strings"
)

// redisURL reads the address of a Redis. Of many hosts the first one stands for all; many is
// then "sentinel" or "cluster".
func redisURL(text string) (u *url.URL, many string, err error) {
	scheme, rest, _ := strings.Cut(text, "://")
	base, many, _ := strings.Cut(scheme, "-")
	if many != "" {
		tail := ""
		if i := strings.IndexAny(rest, "/?"); i >= 0 {
			rest, tail = rest[:i], rest[i:]
		}
		at := strings.LastIndex(rest, "@") + 1
		first, _, _ := strings.Cut(rest[at:], ",")
		text = base + "://" + rest[:at] + first + tail
	}
	u, err = url.Parse(text)
	return u, many, err
}

// open says whether the address may stand where everybody can read it.
func open(text string) bool {
	u, _, err := redisURL(text)
	if err != nil {
		return false
	}
	_, has := u.User.Password()
	return !has && !u.Query().Has("sentinel_password")
}

func (r *Redis) validate(p *Problems) {
	u, many, err := redisURL(r.URL.Reveal())
	good := err == nil && (u.Scheme == "unix" && u.Path != "" && many == "" || slices.Contains([]string{"redis", "rediss"}, u.Scheme) && u.Hostname() != "") &&
		slices.Contains([]string{"", "sentinel", "cluster"}, many) && (many == "sentinel") == u.Query().Has("master")
	if !good {
		p.report("redis.url", "is no address of a Redis", "Use redis://host:6379/0, rediss:// for TLS, unix:///path, "+
			"redis-sentinel://host:26379,host:26379/0?master=name, or redis-cluster://host:6379,host:6379")
	}
}
