package graph

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
)

// Roles answers the application permissions for Graph in our own access token, in order of
// the alphabet: what an admin has consented to for the whole tenant, as it was when we
// signed in (a token lives for an hour or more). What Exchange grants for single mailboxes
// (RBAC for Applications) is not among them. The token is read and not verified: it is ours,
// and the answer is for people.
func (c *Client) Roles(ctx context.Context) ([]string, error) {
	token, err := c.signIn.Token(ctx, c.base+"/.default")
	if err != nil {
		return nil, err
	}
	var claims struct {
		Roles []string `json:"roles"`
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, sealed()
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(payload, &claims) != nil {
		return nil, sealed()
	}
	slices.Sort(claims.Roles)
	return claims.Roles, nil
}

// sealed is the Error for a token that only Graph can read.
func sealed() *Error {
	return &Error{op: "read our own permissions", permanent: true, advice: "the token cannot be read: look at the app's permissions in Entra"}
}
