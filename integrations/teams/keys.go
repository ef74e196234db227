package teams

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"math/big"
	"net/http"
	"time"
)

const (
	keysFresh   = 24 * time.Hour     // keys are read again once a day
	keysStale   = 5 * 24 * time.Hour // and kept this long when they cannot be read
	keysUnknown = time.Hour          // an unknown key makes us look again at most this often
	keysPause   = 10 * time.Second   // between attempts that failed
	keysTimeout = 5 * time.Second    // the person who clicked waits meanwhile
	weakestKey  = 2048               // bits
)

var (
	errNoKeys     = errors.New("the service's keys cannot be read")
	errUnknownKey = errors.New("unknown key")
)

// key is one public key of the service and the channels it may speak for.
type key struct {
	public       *rsa.PublicKey
	endorsements []string
}

// keys caches the service's signing keys. Whatever arrives from outside, the key document
// is read a bounded number of times.
type keys struct {
	web  *http.Client
	url  string // of the OpenID metadata
	now  func() time.Time
	gate gate
	all  map[string]key
	read time.Time // when all was read
	next time.Time // no attempt before
}

// find answers the key of a token. errUnknownKey is the sender's fault; errNoKeys is not.
func (k *keys) find(ctx context.Context, kid string) (key, error) {
	if k.gate.enter(ctx) != nil {
		return key{}, errNoKeys
	}
	defer k.gate.leave()
	now := k.now()
	found, ok := k.all[kid]
	age := now.Sub(k.read)
	if old := k.all == nil || age >= keysFresh || !ok && age >= keysUnknown; old && !now.Before(k.next) {
		k.refresh(ctx, now)
		found, ok = k.all[kid]
	}
	switch {
	case k.all == nil || now.Sub(k.read) >= keysStale:
		return key{}, errNoKeys
	case !ok:
		return key{}, errUnknownKey
	}
	return found, nil
}

// refresh replaces the keys; when that fails, the old ones stay for a while.
func (k *keys) refresh(ctx context.Context, now time.Time) {
	k.next = now.Add(keysPause)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keysTimeout)
	defer cancel()
	var doc struct {
		Keys string `json:"jwks_uri"`
	}
	if status, err := fetch(ctx, k.web, k.url, &doc); err != nil || status != http.StatusOK || !safeURL(doc.Keys) {
		return
	}
	var set struct{ Keys []jwk }
	if status, err := fetch(ctx, k.web, doc.Keys, &set); err != nil || status != http.StatusOK {
		return
	}
	all := map[string]key{}
	for _, j := range set.Keys {
		if p := j.public(); p != nil && j.ID != "" {
			all[j.ID] = key{p, j.Endorsements}
		}
	}
	if len(all) > 0 {
		k.all, k.read = all, now
	}
}

// jwk is a key as the document writes it.
type jwk struct {
	ID           string   `json:"kid"`
	Type         string   `json:"kty"`
	Use          string   `json:"use"`
	Alg          string   `json:"alg"`
	N            string   `json:"n"`
	E            string   `json:"e"`
	Endorsements []string `json:"endorsements"`
}

// public answers the RSA key, nil when it is not one we accept.
func (j jwk) public() *rsa.PublicKey {
	if j.Type != "RSA" || j.Use != "" && j.Use != "sig" || j.Alg != "" && j.Alg != "RS256" {
		return nil
	}
	n, err1 := base64.RawURLEncoding.DecodeString(j.N)
	e, err2 := base64.RawURLEncoding.DecodeString(j.E)
	if err1 != nil || err2 != nil || len(e) == 0 || len(e) > 4 {
		return nil
	}
	p := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	if p.N.BitLen() < weakestKey || p.E < 3 {
		return nil
	}
	return p
}
