package store

import (
	"net"
	"net/url"
	"strings"

	"github.com/redis/go-redis/v9"
)

// reach is how one gets to Redis: to one server, to the primary that Sentinels name, or to a
// cluster.
type reach struct {
	redis.Options          // of one server, or what holds for each of many
	addrs         []string // of Sentinels or of nodes; none for one server
	master        string   // the name by which Sentinels know the primary, "" for a cluster
	user, pass    string   // at the Sentinels
}

// parseReach reads the forms of URL that Options describes.
func parseReach(text string) (reach, error) {
	bad := wrong("open", "the Redis URL cannot be read: write redis://user:password@host:6379/0, rediss:// for TLS, or unix:///path; "+
		"redis-sentinel://host:26379,host:26379/0?master=name; or redis-cluster://host:6379,host:6379")
	scheme, rest, _ := strings.Cut(text, "://")
	base, many, _ := strings.Cut(scheme, "-")
	if many == "" {
		one, err := redis.ParseURL(text)
		if err != nil {
			return reach{}, bad // the parser's own words may hold the password
		}
		return reach{Options: *one}, nil
	}
	authority, tail := rest, ""
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		authority, tail = rest[:i], rest[i:]
	}
	login := authority[:strings.LastIndex(authority, "@")+1]
	hosts := strings.Split(authority[len(login):], ",")
	u, err := url.Parse(base + "://" + login + hosts[0] + tail)
	if err != nil || many != "sentinel" && many != "cluster" {
		return reach{}, bad
	}
	q := u.Query()
	r := reach{master: q.Get("master"), user: q.Get("sentinel_username"), pass: q.Get("sentinel_password")}
	for _, ours := range []string{"master", "sentinel_username", "sentinel_password"} {
		q.Del(ours)
	}
	u.RawQuery = q.Encode()
	each, err := redis.ParseURL(u.String())
	if err != nil || (many == "sentinel") != (r.master != "") || many == "cluster" && each.DB != 0 {
		return reach{}, bad
	}
	r.Options = *each
	for _, h := range hosts {
		if h == "" {
			return reach{}, bad
		}
		if _, _, err := net.SplitHostPort(h); err != nil {
			h = net.JoinHostPort(strings.Trim(h, "[]"), map[string]string{"sentinel": "26379", "cluster": "6379"}[many])
		}
		r.addrs = append(r.addrs, h)
	}
	return r, nil
}

// connect makes a client with options for each server.
func (r reach) connect(o *redis.Options) redis.UniversalClient {
	if len(r.addrs) == 0 {
		return redis.NewClient(o)
	}
	return redis.NewUniversalClient(&redis.UniversalOptions{
		Addrs: r.addrs, MasterName: r.master, SentinelUsername: r.user, SentinelPassword: r.pass, IsClusterMode: r.master == "",
		DB: o.DB, Username: o.Username, Password: o.Password, TLSConfig: o.TLSConfig, Protocol: o.Protocol,
		MaxRetries: o.MaxRetries, DialTimeout: o.DialTimeout, ReadTimeout: o.ReadTimeout, WriteTimeout: o.WriteTimeout,
		ContextTimeoutEnabled: o.ContextTimeoutEnabled, PoolSize: o.PoolSize, PoolTimeout: o.PoolTimeout, MinIdleConns: o.MinIdleConns,
		DisableIdentity: o.DisableIdentity, MaintNotificationsConfig: o.MaintNotificationsConfig, DialerRetries: o.DialerRetries,
	})
}
