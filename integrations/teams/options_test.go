package teams

import (
	"strings"
	"testing"
)

func TestOnlyListedHostsAreConnectors(t *testing.T) {
	e := Clouds["public"]
	e.Hosts = []string{"bot.contoso.example:8443"}
	for u, want := range map[string]bool{
		"https://smba.trafficmanager.net/amer/":            true,
		"https://SMBA.trafficmanager.net/emea":             true,
		"https://smba.infra.gcc.teams.microsoft.com/x":     true,
		"https://bot.contoso.example:8443/":                true,
		"https://bot.contoso.example/":                     false,
		"https://smba.trafficmanager.net:443/":             false,
		"http://smba.trafficmanager.net/":                  false,
		"https://evil.trafficmanager.net/":                 false,
		"https://smba.trafficmanager.net.evil.example/":    false,
		"https://smba.trafficmanager.net@evil.example/":    false,
		"https://user:pw@smba.trafficmanager.net/":         false,
		"https://evil.example/smba.trafficmanager.net":     false,
		"https://evil.example#smba.trafficmanager.net":     false,
		"https://smba.trafficmanager.net\u3002evil.com/":   false,
		"https://smba.trafficmanager.net./":                false,
		"https://ѕmba.trafficmanager.net/":                 false,
		"https://\u017fmba.trafficmanager.net/":            false,
		"https://smba.trafficmanager.net/?x=1":             false,
		"https://127.0.0.1/":                               false,
		"http://127.0.0.1/":                                false,
		"http://169.254.169.254/":                          false,
		"//smba.trafficmanager.net/":                       false,
		"https:smba.trafficmanager.net":                    false,
		"https:\\\\smba.trafficmanager.net\\.evil.example": false,
		"":                               false,
		"ftp://smba.trafficmanager.net/": false,
	} {
		if got := e.allows(u); got != want {
			t.Errorf("%q: got %v, want %v", u, got, want)
		}
	}
}

func TestOptionsThatLeaveAGapAreRefused(t *testing.T) {
	s := newService(t)
	for name, change := range map[string]func(*Options){
		"no app":         func(o *Options) { o.App = "" },
		"no tenant":      func(o *Options) { o.Tenant = "" },
		"no issuer":      func(o *Options) { o.Endpoints.Issuer = "" },
		"no clock":       func(o *Options) { o.Now = nil },
		"plain metadata": func(o *Options) { o.Endpoints.Metadata = "http://login.example/" },
		"plain token":    func(o *Options) { o.Endpoints.Token = "http://login.example/" },
		"plain service":  func(o *Options) { o.Endpoints.Service = "http://smba.trafficmanager.net/" },
	} {
		o := s.options(&strings.Builder{})
		change(&o)
		if _, err := NewClient(o); err == nil {
			t.Errorf("%s: a client was made", name)
		}
		if _, err := NewInbound(o, &desk{}); err == nil {
			t.Errorf("%s: a handler was made", name)
		}
	}
	for name, e := range Clouds {
		o := s.options(&strings.Builder{})
		o.Endpoints = e
		if _, err := NewClient(o); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
