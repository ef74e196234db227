package teams

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Endpoints are the addresses of one Microsoft cloud (or of a simulated tenant). Addresses
// are https; http is taken for loopback only.
type Endpoints struct {
	Token    string   // token URL; "{tenant}" in it becomes the tenant id
	Scope    string   // of the token for the Bot Connector
	Metadata string   // OpenID metadata of the tokens the service sends us
	Issuer   string   // of those tokens
	Service  string   // Bot Connector to start with, before anybody was heard from
	GCC      string   // where a conversation goes that the Service refuses as the wrong host; "" = nowhere
	Hosts    []string // further hosts (host or host:port) that may be a Bot Connector
}

// Clouds are the endpoints by name: public, gcc, gcchigh, dod, china. In China the service
// address comes from the first person who writes to the bot.
var Clouds = map[string]Endpoints{
	"public":  cloud("login.microsoftonline.com", "api.botframework.com", "login.botframework.com", "https://smba.trafficmanager.net/teams/"),
	"gcc":     cloud("login.microsoftonline.com", "api.botframework.com", "login.botframework.com", "https://smba.infra.gcc.teams.microsoft.com/teams"),
	"gcchigh": cloud("login.microsoftonline.us", "api.botframework.us", "login.botframework.azure.us", "https://smba.infra.gov.teams.microsoft.us/teams"),
	"dod":     cloud("login.microsoftonline.us", "api.botframework.us", "login.botframework.azure.us", "https://smba.infra.dod.teams.microsoft.us/teams"),
	"china":   cloud("login.partner.microsoftonline.cn", "api.botframework.azure.cn", "login.botframework.azure.cn", ""),
}

func cloud(login, api, keys, service string) Endpoints {
	e := Endpoints{
		Token:    "https://" + login + "/{tenant}/oauth2/v2.0/token",
		Scope:    "https://" + api + "/.default",
		Metadata: "https://" + keys + "/v1/.well-known/openidconfiguration",
		Issuer:   "https://" + api,
		Service:  service,
	}
	if strings.Contains(service, "smba.trafficmanager.net") {
		e.GCC = "https://smba.infra.gcc.teams.microsoft.com/teams"
	}
	return e
}

// Options are what the client and the inbound handler are built from.
type Options struct {
	App       string                 // Entra application id of the bot
	Tenant    string                 // the one tenant it serves
	Secret    func() (string, error) // reads the client secret; asked again for every new token
	Endpoints Endpoints

	Notes  Notes            // keeps conversation references
	Pace   Pace             // shared by all replicas; nil = this process alone
	Seen   Seen             // nil = nobody counts
	Lookup Lookup           // nil = nobody can look
	Now    func() time.Time // the clock, UTC
	Log    *slog.Logger     // nil = silent

	Transport http.RoundTripper // nil = one of our own
	Client    *Client           // for the inbound handler: whose token and lanes it shares; nil = its own
}

// Notes keep small values under opaque keys. Recall answers nil when there is none; an
// empty value forgets.
type Notes interface {
	Recall(ctx context.Context, key string) ([]byte, error)
	Remember(ctx context.Context, key string, value []byte) error
}

// Seen is told of every request, for counters: which kind it is, in our own words ("press",
// "reaction", "send a card" ...), and the HTTP status it was answered with, 0 for no answer.
// It must not block.
type Seen func(what string, status int)

// Lookup looks for a card by the id of its container (see CardID) in the person's chat with
// the bot and answers the id of the chat message that carries it.
type Lookup func(ctx context.Context, person roster.ID, cardID string) (found bool, ref string, err error)

// check refuses options that would leave a door open, all problems at once.
func (o *Options) check() error {
	var problems []error
	bad := func(s string) { problems = append(problems, errors.New("teams: "+s)) }
	if o.App == "" || o.Tenant == "" {
		bad("the bot's app id and the tenant id are needed")
	}
	if o.Secret == nil || o.Notes == nil || o.Now == nil {
		bad("a secret, notes and a clock are needed")
	}
	if o.Endpoints.Issuer == "" || o.Endpoints.Scope == "" {
		bad("the token issuer and the token scope are needed")
	}
	for name, u := range map[string]string{"token": o.Endpoints.Token, "metadata": o.Endpoints.Metadata} {
		if !safeURL(u) {
			bad("the " + name + " address must be https (http for loopback only)")
		}
	}
	for name, u := range map[string]string{"service": o.Endpoints.Service, "GCC service": o.Endpoints.GCC} {
		if u != "" && !safeURL(u) {
			bad("the " + name + " address must be https (http for loopback only)")
		}
	}
	return errors.Join(problems...)
}

// safeURL tells whether an address is https without a login in it, or http on this machine.
func safeURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// connectors are the hosts of the Bot Connector as Microsoft documents them.
var connectors = []string{
	"smba.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com",
	"smba.infra.gov.teams.microsoft.us", "smba.infra.dod.teams.microsoft.us",
}

// allows tells whether a service address may be given our token: its host, port included,
// is exactly one of the list. Anybody can own a name under trafficmanager.net.
func (e Endpoints) allows(service string) bool {
	if !safeURL(service) {
		return false
	}
	u, _ := url.Parse(service)
	if u.RawQuery != "" || u.Fragment != "" || strings.IndexFunc(u.Host, notASCII) >= 0 {
		return false
	}
	hosts := append(append([]string{}, connectors...), e.Hosts...)
	for _, own := range []string{e.Service, e.GCC} {
		if o, err := url.Parse(own); err == nil && o.Host != "" {
			hosts = append(hosts, o.Host)
		}
	}
	for _, h := range hosts {
		if strings.EqualFold(u.Host, h) {
			return true
		}
	}
	return false
}

// notASCII keeps out letters that only look like, or fold to, those of a listed host.
func notASCII(r rune) bool { return r > unicode.MaxASCII }
