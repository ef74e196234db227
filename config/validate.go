package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// validate reports everything that a complete Config must not have.
func (c *Config) validate(p *Problems) {
	c.Tenant.validate(p)
	c.Bot.validate(p, c.Tenant)
	c.Redis.validate(p)
	if _, port, err := net.SplitHostPort(c.Web.Listen); err != nil || !isPort(port) {
		p.report("web.listen", "is no host:port", "Use for instance 127.0.0.1:8080, or 0.0.0.0:8080 in a container")
	}
	if c.Web.PublicURL != "" {
		c.Web.PublicURL = address(p, "web.public_url", c.Web.PublicURL)
	}
	for _, key := range []struct {
		path string
		key  Secret
	}{{"web.signing_key", c.Web.SigningKey}, {"web.previous_key", c.Web.PreviousKey}} {
		if !key.key.Empty() && len(key.key.Reveal()) < 32 {
			p.report(key.path, "is shorter than 32 characters", "Make one with: openssl rand -base64 48")
		}
	}
	named(p, "web.admins", c.Web.Admins)
	named(p, "web.curators", c.Web.Curators)
	oneOf(p, "log.level", c.Log.Level, "debug", "info", "warn", "error")
	oneOf(p, "log.format", c.Log.Format, "json", "text")
	if len(c.Programmes) == 0 {
		p.report("programmes", "is empty", "Describe at least one programme; config/example.yaml shows one")
	}
	seen := map[string]bool{}
	for i := range c.Programmes {
		path, one := at("programmes", i), &c.Programmes[i]
		one.validate(p, path)
		if seen[one.ID] && one.ID != "" {
			p.report(path+".id", "is the id of another programme too", "Give every programme an id of its own")
		}
		seen[one.ID] = true
	}
}

func (t *Tenant) validate(p *Problems) {
	guid(p, "tenant.id", t.ID, `Copy "Directory (tenant) ID" from the app registration`)
	guid(p, "tenant.client_id", t.ClientID, `Copy "Application (client) ID" from the app registration`)
	if _, known := clouds[t.Cloud]; !known {
		p.report("tenant.cloud", "is none of public, gcc, gcchigh, dod, china", "Most tenants are public")
		return // without a cloud its addresses are missing too
	}
	t.Login = address(p, "tenant.login", t.Login)
	t.Graph = address(p, "tenant.graph", t.Graph)
	if t.ClientSecret.Empty() && t.ClientSecretFile == "" {
		p.report("tenant.client_secret", "is missing",
			"Put it into a file and name that in tenant.client_secret_file, or set "+envName("tenant.client_secret"))
	}
}

func (b *Bot) validate(p *Problems, t Tenant) {
	if b.AppID != t.ClientID { // else it is the tenant's, and so are its problems
		guid(p, "bot.app_id", b.AppID, `Copy "Microsoft App ID" from the Azure Bot, or leave it empty when it is the tenant's app`)
		if b.AppSecret.Empty() && b.AppSecretFile == "" {
			p.report("bot.app_secret", "is missing",
				"Put it into a file and name that in bot.app_secret_file, or set "+envName("bot.app_secret"))
		}
	}
	if _, known := clouds[t.Cloud]; !known {
		return
	}
	b.Metadata = address(p, "bot.metadata", b.Metadata)
	b.Token = address(p, "bot.token", b.Token)
	if b.ServiceURL != "" {
		address(p, "bot.service_url", b.ServiceURL) // kept as it is: the connector cares about its last slash
	}
	for i, host := range b.ServiceHosts {
		if u, err := url.Parse("https://" + host); err != nil || u.Host != host || u.Hostname() == "" {
			p.report(at("bot.service_hosts", i), "is no host or host:port", "Leave out https:// and everything behind the host")
		}
	}
}

var slug = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

func (g *Programme) validate(p *Problems, path string) {
	if !slug.MatchString(g.ID) {
		p.report(path+".id", "is no short name", "Use at most 32 small letters, digits and dashes, beginning with a letter")
	}
	needed(p, path+".name", g.Name, "Say what people shall read")
	guid(p, path+".group", g.Group, "Copy the object id of the group from Entra")
	if a, err := mail.ParseAddress(g.Mailbox); err != nil || a.Address != g.Mailbox {
		p.report(path+".mailbox", "is no mail address", "Give the address of the programme's service mailbox")
	}
	needed(p, path+".zone", g.Zone, "Use an IANA name such as Europe/Berlin")
	between(p, path+".rounds.every", g.Rounds.Every, 1, 26)
	between(p, path+".pulse.day", g.Pulse.Day, 1, 28)
	between(p, path+".pulse.open_days", g.Pulse.OpenDays, 1, 21)
	between(p, path+".session.book_within_days", g.Session.BookWithinDays, 1, 60)
	between(p, path+".session.notice_hours", g.Session.NoticeHours, 0, max(1, g.Session.BookWithinDays)*24-1)
	oneOf(p, path+".times.fairness", g.Times.Fairness, "share", "turns")
	oneOf(p, path+".times.tentative", g.Times.Tentative, "blocks", "free")
	oneOf(p, path+".times.unseen", g.Times.Unseen, "refuse", "free")
	between(p, path+".times.buffer_minutes", g.Times.BufferMinutes, 0, 60)
	between(p, path+".times.most_meetings", g.Times.MostMeetings, 0, 20)
	for i, day := range g.Times.DaysOff {
		if err := new(DayOff).UnmarshalText([]byte(day)); err != nil {
			p.report(at(path+".times.days_off", i), err.Error(), "Write the date as year-month-day, with the country's two letters before it if it is not for everybody")
		}
	}
	for _, weight := range []struct {
		name   string
		points int
	}{{"help", g.Pairing.Help}, {"time", g.Pairing.Time}, {"energy", g.Pairing.Energy}, {"department", g.Pairing.Department},
		{"team", g.Pairing.Team}, {"newcomer", g.Pairing.Newcomer}, {"repeat", g.Pairing.Repeat}} {
		between(p, path+".pairing."+weight.name, weight.points, 0, 1000)
	}
	between(p, path+".pairing.common_minutes", g.Pairing.CommonMinutes, 15, 480)
	between(p, path+".roster.every_hours", g.Roster.EveryHours, 1, 168)
	between(p, path+".poll_minutes", g.PollMinutes, 1, 60)
	needed(p, path+".consent.version", g.Consent.Version, `Use "1" and raise it with every change of the text`)
	ways := 0
	for _, said := range []bool{len(g.Session.Playbooks) > 0, g.Session.Focus != "", len(g.Session.Quarters) > 0} {
		if said {
			ways++
		}
	}
	if ways != 1 {
		p.report(path+".session", "needs exactly one of playbooks, focus and quarters", "Name playbooks, or one skill, or one skill a quarter")
	}
	named(p, path+".champions", g.Champions)
	for i, id := range g.Session.Playbooks {
		needed(p, at(path+".session.playbooks", i), id, "Name a playbook, or remove the line")
	}
}

func needed(p *Problems, path, value, do string) {
	if strings.TrimSpace(value) == "" {
		p.report(path, "is missing", do)
	}
}

// named checks that everybody on a list is an object id or a mail address.
func named(p *Problems, path string, people []string) {
	for i, one := range people {
		if a, err := mail.ParseAddress(one); !guidForm.MatchString(one) && (err != nil || a.Address != one) {
			p.report(at(path, i), "is neither an object id nor a mail address", "Copy the object id of the person from Entra")
		}
	}
}

var guidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

func guid(p *Problems, path, value, do string) {
	if value == "" {
		p.report(path, "is missing", do)
	} else if !guidForm.MatchString(value) {
		p.report(path, "is no GUID (8-4-4-4-12 hexadecimal digits)", do)
	}
}

func between(p *Problems, path string, value, least, most int) {
	if value < least || value > most {
		p.report(path, fmt.Sprintf("is not between %d and %d", least, most), "")
	}
}

func oneOf(p *Problems, path, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		p.report(path, "is none of "+strings.Join(allowed, ", "), "")
	}
}

// address checks a base URL and answers it without a slash at its end. Everything outside
// this machine goes over TLS.
func address(p *Problems, path, value string) string {
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		p.report(path, "is no plain address", "Use https://host/path, without user, query or fragment")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		p.report(path, "is not https", "Plain http is for loopback addresses only")
	case u.Scheme != "http" && u.Scheme != "https":
		p.report(path, "is not https", "Use https://host/path")
	}
	return strings.TrimRight(value, "/")
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

func isPort(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 0 && n <= 65535
}
