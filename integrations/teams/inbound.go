package teams

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"time"

	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

const (
	maxActivity = 1 << 20         // bytes of an activity
	readTimeout = 5 * time.Second // to receive it
	deskTimeout = 8 * time.Second // to answer it: the service gives up after ten
)

// Desk takes what people answer.
type Desk interface {
	// Answer records what somebody pressed or typed, durably, and answers the card that
	// takes the pressed one's place: the thing's current state. A message with neither title
	// nor blocks leaves the card as it is and shows its Summary, if any, as a sentence. The
	// same Key again changes nothing and answers the current state. An error means that
	// nothing was recorded, and the service repeats the press, unless Permanent() bool is
	// true: then the person reads that the button is of no use. What a typed text is answered
	// with, Answer sends itself; the returned message is not shown.
	Answer(ctx context.Context, a prompt.Answer) (prompt.Message, error)
	// Installed records that the bot now has a chat with the person, or lost it. It is told
	// more than once.
	Installed(ctx context.Context, person roster.ID, present bool) error
}

// inbound is the one door for what the service posts to the bot.
type inbound struct {
	client *Client
	keys   *keys
	desk   Desk
	log    *slog.Logger
}

// NewInbound makes the handler for POST /api/messages. It always checks the service's token
// and there is no way to turn that off; it refuses options that would leave a gap.
func NewInbound(o Options, desk Desk) (http.Handler, error) {
	c := o.Client
	if c == nil {
		var err error
		if c, err = NewClient(o); err != nil {
			return nil, err
		}
	}
	in := &inbound{client: c, desk: desk, log: o.Log}
	if in.log == nil {
		in.log = slog.New(slog.DiscardHandler)
	}
	in.keys = &keys{web: c.web, url: c.o.Endpoints.Metadata, now: c.o.Now, gate: newGate()}
	return in, nil
}

// ServeHTTP answers one activity. Once the token holds, the work goes on even if the
// service hangs up: it would only ask again for what is already half done.
func (in *inbound) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(readTimeout)) // not every test server can
	a, err := in.admit(w, r)
	if err != nil {
		in.refuse(w, err)
		return
	}
	_ = control.SetReadDeadline(time.Time{})
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), deskTimeout)
	defer cancel()
	in.note(ctx, a)
	out := in.answer(ctx, a)
	in.client.seen(a.kind(), out.status)
	if out.status >= http.StatusBadRequest {
		in.log.Warn("teams: activity not handled", "status", out.status, "reason", out.reason)
	}
	out.write(w)
}

// admit checks everything that can be checked before anybody is bothered.
func (in *inbound) admit(w http.ResponseWriter, r *http.Request) (*incoming, error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, &refused{http.StatusMethodNotAllowed, "not a POST"}
	}
	c, err := in.bearer(r.Context(), r.Header.Get("Authorization"))
	if err != nil {
		return nil, err
	}
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		return nil, &refused{http.StatusUnsupportedMediaType, "not JSON"}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxActivity))
	if tooBig := new(http.MaxBytesError); errors.As(err, &tooBig) {
		return nil, &refused{http.StatusRequestEntityTooLarge, "activity too big"}
	}
	a := &incoming{}
	if err != nil || json.Unmarshal(body, a) != nil || a.Type == "" {
		return nil, &refused{http.StatusBadRequest, "activity unreadable"}
	}
	return a, in.vouches(c, a)
}

// refuse answers a request that was not admitted. Nothing of it is written anywhere.
func (in *inbound) refuse(w http.ResponseWriter, err error) {
	r := &refused{http.StatusBadRequest, "activity unreadable"}
	errors.As(err, &r)
	if r.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	in.client.seen("refused activity", r.status)
	in.log.Warn("teams: activity refused", "status", r.status, "reason", r.reason)
	w.WriteHeader(r.status)
}

// note keeps the conversation that the activity came from. Losing it costs a detour on the
// next send, so the activity is handled all the same.
func (in *inbound) note(ctx context.Context, a *incoming) {
	if !a.personal() || a.person() == "" {
		return
	}
	if err := in.client.keep(ctx, a.person(), reference{Service: a.ServiceURL, Conversation: a.Conversation.ID}); err != nil {
		in.log.Warn("teams: conversation not noted", "error", err.Error())
	}
}
