package teams

import "context"

// SignIn gets the bot's own token, from memory while it is good, and sends nothing: it says
// whether app id, tenant and secret are right.
func (c *Client) SignIn(ctx context.Context) error {
	_, err := c.tokens.get(ctx)
	return err
}
