package main

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/integrations/graph"
	"github.com/rapport-dev/rapport/integrations/web"
	"github.com/rapport-dev/rapport/jobs"
)

// listen has Graph tell us of changes in a programme's calendar, where it can reach us.
func (a *app) listen(p *jobs.Programme) error {
	public, secrets := a.cfg.Web.PublicURL, noticeSecrets(a.cfg)
	if public == "" || len(secrets) == 0 {
		return nil
	}
	subscriptions, err := a.graph.Subscriptions(p.Mailbox, graph.Hooks{
		Changes: public + web.ChangesPath, Lifecycle: public + web.LifecyclePath, Secret: secrets[0]})
	if err != nil {
		return err
	}
	print := sha256.Sum256([]byte(secrets[0]))
	p.Listener, p.ListenKey = subscriptions, hex.EncodeToString(print[:8])
	return nil
}

// notices are the routes on which Graph tells us.
func (a *app) notices() map[string]http.Handler {
	h := web.Notices{Tenant: a.cfg.Tenant.ID, Secrets: noticeSecrets(a.cfg), Tell: jobs.Ear{Crew: a.crew}}
	return map[string]http.Handler{"POST " + web.ChangesPath: h, "POST " + web.LifecyclePath: h}
}

// noticeSecrets are what a notice must carry: today's first, then the one before.
func noticeSecrets(c config.Config) (secrets []string) {
	for _, key := range signingKeys(c) {
		secrets = append(secrets, hex.EncodeToString(derived(key, "graph notices")))
	}
	return secrets
}

// signingKeys are the keys of this installation, the one that signs first. Without one of its
// own it has one that follows from the tenant's secret.
func signingKeys(c config.Config) (keys [][]byte) {
	for _, s := range []config.Secret{c.Web.SigningKey, c.Web.PreviousKey} {
		if !s.Empty() {
			keys = append(keys, []byte(s.Reveal()))
		}
	}
	if c.Web.SigningKey.Empty() && !c.Tenant.ClientSecret.Empty() {
		keys = append([][]byte{derived([]byte(c.Tenant.ClientSecret.Reveal()), "signing key")}, keys...)
	}
	return keys
}

// derived is a key for one purpose, from which neither the key nor those for other purposes
// can be worked out (RFC 5869).
func derived(key []byte, purpose string) []byte {
	out, err := hkdf.Key(sha256.New, key, nil, "rapport "+purpose, 32)
	if err != nil {
		panic(err) // only for lengths beyond 255 hashes
	}
	return out
}
