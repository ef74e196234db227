package config

import (
	"net/url"
	"slices"
	"strings"
)

// cloud holds the addresses of one Microsoft cloud. They belong together: a token of one
// cloud is worth nothing in another. Sources: Graph "deployments" and Teams SDK's table of
// cloud environments.
type cloud struct {
	login, graph                        string
	botLogin, botScope, botHost, issuer string
	serviceHosts                        []string
	serviceURL                          string
}

const (
	publicConnector  = "smba.trafficmanager.net"
	gccConnector     = "smba.infra.gcc.teams.microsoft.com"
	gccHighConnector = "smba.infra.gov.teams.microsoft.us"
	dodConnector     = "smba.infra.dod.teams.microsoft.us"
)

var clouds = map[string]cloud{
	"public": {
		login: "https://login.microsoftonline.com", graph: "https://graph.microsoft.com",
		botLogin: "https://login.microsoftonline.com", botScope: "https://api.botframework.com/.default",
		botHost: "login.botframework.com", issuer: "https://api.botframework.com",
		serviceHosts: []string{publicConnector, gccConnector}, serviceURL: "https://" + publicConnector + "/teams/",
	},
	"gcc": {
		login: "https://login.microsoftonline.com", graph: "https://graph.microsoft.com",
		botLogin: "https://login.microsoftonline.com", botScope: "https://api.botframework.com/.default",
		botHost: "login.botframework.com", issuer: "https://api.botframework.com",
		serviceHosts: []string{publicConnector, gccConnector}, serviceURL: "https://" + gccConnector + "/teams",
	},
	"gcchigh": {
		login: "https://login.microsoftonline.us", graph: "https://graph.microsoft.us",
		botLogin: "https://login.microsoftonline.us", botScope: "https://api.botframework.us/.default",
		botHost: "login.botframework.azure.us", issuer: "https://api.botframework.us",
		serviceHosts: []string{gccHighConnector}, serviceURL: "https://" + gccHighConnector + "/teams",
	},
	"dod": {
		login: "https://login.microsoftonline.us", graph: "https://dod-graph.microsoft.us",
		botLogin: "https://login.microsoftonline.us", botScope: "https://api.botframework.us/.default",
		botHost: "login.botframework.azure.us", issuer: "https://api.botframework.us",
		serviceHosts: []string{dodConnector}, serviceURL: "https://" + dodConnector + "/teams",
	},
	"china": { // no connector address is published: people write first, or service_url is set
		login: "https://login.chinacloudapi.cn", graph: "https://microsoftgraph.chinacloudapi.cn",
		botLogin: "https://login.partner.microsoftonline.cn", botScope: "https://api.botframework.azure.cn/.default",
		botHost: "login.botframework.azure.cn", issuer: "https://api.botframework.azure.cn",
	},
}

// complete fills in what follows from the cloud, and the bot's identity where it shares
// the tenant's app registration.
func (c *Config) complete() {
	preset := clouds[c.Tenant.Cloud]
	t, b := &c.Tenant, &c.Bot
	if t.Login != "" {
		preset.botLogin = strings.TrimRight(t.Login, "/") // a login of one's own serves the bot too
	}
	orElse(&t.Login, preset.login)
	orElse(&t.Graph, preset.graph)
	if preset.graph != "" {
		orElse(&t.Scope, preset.graph+"/.default")
		orElse(&b.Metadata, "https://"+preset.botHost+"/v1/.well-known/openidconfiguration")
		orElse(&b.Token, preset.botLogin+"/"+url.PathEscape(t.ID)+"/oauth2/v2.0/token")
	}
	orElse(&b.Scope, preset.botScope)
	orElse(&b.Issuer, preset.issuer)
	if u, err := url.Parse(b.ServiceURL); err == nil && u.Host != "" && !slices.Contains(b.ServiceHosts, u.Host) {
		b.ServiceHosts = append(b.ServiceHosts, u.Host)
	}
	orElse(&b.ServiceURL, preset.serviceURL)
	for _, host := range preset.serviceHosts {
		if !slices.Contains(b.ServiceHosts, host) {
			b.ServiceHosts = append(b.ServiceHosts, host)
		}
	}
	if b.AppID == "" || b.AppID == t.ClientID {
		b.AppID = t.ClientID
		if b.AppSecret.Empty() {
			b.AppSecret = t.ClientSecret
		}
	}
}

func orElse(field *string, value string) {
	if *field == "" {
		*field = value
	}
}
