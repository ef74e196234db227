package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	khttp "github.com/microsoft/kiota-http-go"
	kjson "github.com/microsoft/kiota-serialization-json-go"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"

	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// Options says which tenant to speak with, as whom. The zero values of Graph and Login are
// the global cloud; a national cloud needs both, and the token's scope follows Graph.
type Options struct {
	Tenant   string // directory (tenant) id or one of its domains
	ClientID string // application (client) id
	Secret   string // client secret; not needed when Credential is given

	// SecretNow answers the client secret as it is now, when it may change while we run; it
	// wins over Secret.
	SecretNow func() string

	// Credential signs in by other means (certificate, workload identity). It wins over Secret.
	Credential azcore.TokenCredential

	Graph string // "https://graph.microsoft.com"; http is accepted for loopback only
	Login string // "https://login.microsoftonline.com"; http is accepted for loopback only

	// HTTPClient lends its Transport (proxy, root certificates); its other fields are not used.
	HTTPClient *http.Client

	// Gate counts the requests in flight a mailbox. Hand in one that all workers share;
	// without it this process counts alone.
	Gate Gate

	// Timeout is the longest wait for one answer, 30 s when zero. Real time.
	Timeout time.Duration

	// Pause waits a few seconds inside a call, real time, and answers the context's error when
	// that ends first. With it FreeBusy asks again for the parts of a batch that were not
	// answered; without it such a call ends at once, as all others do.
	Pause func(ctx context.Context, d time.Duration) error

	// Throttled hears of every request that Graph put off (429), also inside a batch; may be nil.
	Throttled func()

	// BotApp is the app id of the bot in its Teams manifest; Chats and Apps need it.
	BotApp string

	// Letter turns a message into a mail. Without it the mail is a plain rendering of the
	// message's texts, without links.
	Letter func(to roster.Person, m prompt.Message) (Letter, error)
}

// Letter is a mail ready to be sent.
type Letter struct {
	Subject string
	HTML    string
}

// The clouds' addresses used when Options names none.
const (
	GlobalGraph = "https://graph.microsoft.com"
	GlobalLogin = "https://login.microsoftonline.com"
)

// answerWithin is the usual longest wait for one answer; Graph itself gives up earlier.
const answerWithin = 30 * time.Second

// Client is the one door to Graph. It is safe for use by many goroutines.
type Client struct {
	adapter *core.GraphRequestAdapterBase
	signIn  *SignIn
	gate    Gate
	limit   time.Duration
	pause   func(context.Context, time.Duration) error // nil = never
	base    string                                     // "https://graph.microsoft.com"
	bot     string
	letter  func(roster.Person, prompt.Message) (Letter, error)

	throttled func() // may be nil
}

// New checks the options, all of them before it complains, and answers a client. It does
// not sign in yet: the first request does.
func New(o Options) (*Client, error) {
	base, err := address("graph", o.Graph, GlobalGraph)
	signIn, signErr := NewSignIn(o)
	if err := errors.Join(err, signErr); err != nil {
		return nil, err
	}
	// The pipeline is spelled out, because the SDK's own one is put together in random
	// order: depending on it a repeated request goes out with a corrupt body. Nothing here
	// compresses, repeats or redirects.
	transport := khttp.NewCustomTransportWithParentTransport(parent(o.HTTPClient),
		core.NewGraphTelemetryHandler(&core.GraphClientOptions{}), doorkeeper{o.Throttled})
	adapter, err := core.NewGraphRequestAdapterBaseWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		pass{host: base, scope: base.String() + "/.default", signIn: signIn}, core.GraphClientOptions{},
		kjson.NewJsonParseNodeFactory(), kjson.NewJsonSerializationWriterFactory(),
		&http.Client{Transport: transport})
	if err != nil {
		return nil, fmt.Errorf("graph: %w", err)
	}
	adapter.SetBaseUrl(base.String() + "/v1.0")
	c := &Client{adapter: adapter, signIn: signIn, gate: o.Gate, limit: o.Timeout, pause: o.Pause, base: base.String(), bot: o.BotApp, letter: o.Letter, throttled: o.Throttled}
	if c.gate == nil {
		c.gate = &localGate{}
	}
	if c.limit <= 0 {
		c.limit = answerWithin
	}
	if c.letter == nil {
		c.letter = plainLetter
	}
	return c, nil
}

// parent answers the transport underneath the pipeline.
func parent(h *http.Client) http.RoundTripper {
	if h != nil && h.Transport != nil {
		return h.Transport
	}
	return khttp.GetDefaultTransport()
}

// Token answers an access token of this app for a scope ("https://api.botframework.com/.default").
// Tokens are kept in memory until shortly before they end.
func (c *Client) Token(ctx context.Context, scope string) (string, error) {
	return c.signIn.Token(ctx, scope)
}

// Directory reads groups and their members.
func (c *Client) Directory() *Directory { return &Directory{c} }

// FreeBusy reads busy times; the requests are made in the name of mailbox, the service mailbox.
func (c *Client) FreeBusy(mailbox string) *FreeBusy { return &FreeBusy{c, mailbox} }

// Calendar books on the primary calendar of mailbox, the service mailbox: only from a
// primary calendar does the service track what invited people answer.
func (c *Client) Calendar(mailbox string) *Calendar { return &Calendar{c, mailbox} }

// Watcher follows the events on the primary calendar of mailbox, the service mailbox.
func (c *Client) Watcher(mailbox string) *Watcher { return &Watcher{c, mailbox} }

// Mail sends mails from mailbox, the service mailbox.
func (c *Client) Mail(mailbox string) *Mail { return &Mail{c, mailbox} }

// Chats looks for our own cards in people's chats with the bot.
func (c *Client) Chats() *Chats { return &Chats{c} }
