package teams

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

func message() prompt.Message {
	m := samples["pairing"]
	m.To = ana
	return m
}

func send(t *testing.T, c *Client) string {
	t.Helper()
	ref, err := c.Send(context.Background(), message())
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func expect(t *testing.T, s *service, want ...string) {
	t.Helper()
	if got := s.paths(); !reflect.DeepEqual(got, want) {
		t.Errorf("the connector saw\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

const (
	opens   = "POST /v3/conversations"
	sends   = "POST /v3/conversations/a:new%2Fchat/activities"
	updates = "PUT /v3/conversations/a:new%2Fchat/activities/f:activity%3B1"
)

func TestTheFirstCardOpensTheChatAndTheSecondFindsIt(t *testing.T) {
	s := newService(t)
	c := s.client(t)
	send(t, c)
	send(t, c)
	expect(t, s, opens, sends, sends)
	first := s.calls[0].Body
	if id := first["members"].([]any)[0].(map[string]any); !reflect.DeepEqual(id, map[string]any{"id": ana}) {
		t.Errorf("the person is named %v", id)
	}
	if first["tenantId"] != tenant || first["bot"].(map[string]any)["id"] != "28:"+app {
		t.Errorf("opened with %v", first)
	}
	if s.tokens != 1 {
		t.Errorf("%d tokens for three calls", s.tokens)
	}
}

func TestACardIsUpdatedInPlace(t *testing.T) {
	s := newService(t)
	c := s.client(t)
	ref := send(t, c)
	for range 2 {
		if err := c.Update(context.Background(), ref, message()); err != nil {
			t.Fatal(err)
		}
	}
	expect(t, s, opens, sends, updates, updates)
}

func TestUpdatingACardThatIsGoneIsSuccess(t *testing.T) {
	s := newService(t)
	c := s.client(t)
	ref := send(t, c)
	for _, code := range []string{"ActivityNotFoundInConversation", "ConversationNotFound"} {
		s.next(reply{status: 404, body: `{"error":{"code":"` + code + `","message":"gone"}}`})
		if err := c.Update(context.Background(), ref, message()); err != nil {
			t.Errorf("%s: %v", code, err)
		}
	}
}

func TestARemovedChatIsOpenedAgainOnce(t *testing.T) {
	gone := reply{status: 404, body: `{"error":{"code":"ConversationNotFound"}}`}
	s := newService(t)
	c := s.client(t)
	send(t, c)
	s.next(gone)
	send(t, c)
	expect(t, s, opens, sends, sends, opens, sends)

	s.next(gone, reply{}, gone)
	_, err := c.Send(context.Background(), message())
	var e *Error
	if !errors.As(err, &e) || e.Permanent() || e.InDoubt() {
		t.Errorf("gone twice: got %v, want later", err)
	}
}

func TestACardIsTakenAwayAndOneThatIsGoneIsSuccess(t *testing.T) {
	s := newService(t)
	c := s.client(t)
	ref := send(t, c)
	old := strings.Join(strings.Split(ref, "/")[:2], "/") // as references were written once
	for _, ref := range []string{ref, old} {
		if err := c.Delete(context.Background(), ref); err != nil {
			t.Fatal(err)
		}
	}
	for _, code := range []string{"ActivityNotFoundInConversation", "ConversationNotFound"} {
		s.next(answers(1, 404, code)...)
		if err := c.Delete(context.Background(), ref); err != nil {
			t.Errorf("%s: %v", code, err)
		}
	}
	const deletes = "DELETE /v3/conversations/a:new%2Fchat/activities/f:activity%3B1"
	expect(t, s, opens, sends, deletes, deletes, deletes, deletes)
	if b := s.calls[2].Body; b != nil {
		t.Errorf("a delete carries %v", b)
	}
	s.next(answers(1, 503, "")...)
	var e *Error
	if err := c.Delete(context.Background(), ref); !errors.As(err, &e) || e.InDoubt() || e.Permanent() {
		t.Errorf("got %v, want later and no doubt", err)
	}
}

func TestAReferenceThatNamesAStrangersHostIsNotFollowed(t *testing.T) {
	s := newService(t)
	c := s.client(t)
	stranger := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the stranger was called") }))
	defer stranger.Close()
	if err := c.Delete(context.Background(), joinRef(reference{Service: stranger.URL, Conversation: "a:1"}, "7")); err != nil {
		t.Error(err)
	}
	expect(t, s, "DELETE /v3/conversations/a:1/activities/7")
}

func TestAnUpdateIsNeverInDoubt(t *testing.T) {
	s := newService(t)
	c := s.client(t)
	ref := send(t, c)
	s.next(reply{drop: true})
	var e *Error
	if err := c.Update(context.Background(), ref, message()); !errors.As(err, &e) || e.InDoubt() || e.Permanent() {
		t.Errorf("got %v, want later", err)
	}
}

func TestNothingIsInDoubtWhenNobodyWasThere(t *testing.T) {
	s := newService(t)
	c := s.client(t)
	send(t, c)
	s.Close()
	c.web.CloseIdleConnections() // a connection that dies under a request does leave a doubt
	_, err := c.Send(context.Background(), message())
	var e *Error
	if !errors.As(err, &e) || e.InDoubt() || e.Permanent() {
		t.Errorf("got %v, want later and no doubt", err)
	}
}

func TestAPersonWithoutTheAppIsUnreachable(t *testing.T) {
	for _, r := range []reply{{status: 403, body: `{"error":{"code":"ForbiddenOperationException"}}`}, {status: 404}} {
		s := newService(t)
		c := s.client(t)
		s.next(r)
		_, err := c.Send(context.Background(), message())
		var e *Error
		if !errors.As(err, &e) || !e.Unreachable() {
			t.Errorf("%d: got %v", r.status, err)
		}
	}
}

func TestAConversationOfTheGovernmentCloudMovesThereOnce(t *testing.T) {
	s, gcc := newService(t), newService(t)
	notes := &notebook{}
	c := s.client(t, func(o *Options) { o.Endpoints.GCC, o.Notes = gcc.URL, notes })
	send(t, c)
	s.next(reply{status: 403, body: `{"error":{"code":"InvalidBotApiHost"}}`})
	send(t, c)
	send(t, c)
	expect(t, s, opens, sends, sends)
	expect(t, gcc, sends, sends)
}

func TestTheTokenIsRenewedFiveMinutesEarlyAndAfterARefusal(t *testing.T) {
	s := newService(t)
	c := s.client(t)
	send(t, c)
	s.pass(54 * time.Minute)
	send(t, c)
	if s.tokens != 1 {
		t.Errorf("renewed too early: %d tokens", s.tokens)
	}
	s.pass(2 * time.Minute)
	send(t, c)
	if s.tokens != 2 {
		t.Errorf("not renewed in time: %d tokens", s.tokens)
	}
	s.next(reply{status: 401})
	send(t, c)
	if s.tokens != 3 {
		t.Errorf("a refused token was kept: %d tokens", s.tokens)
	}
}

func TestManyCallersAskForOneToken(t *testing.T) {
	s := newService(t)
	c := s.client(t)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			m := message()
			m.To = roster.ID(fmt.Sprint("person-", i))
			if _, err := c.Send(context.Background(), m); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if s.tokens != 1 {
		t.Errorf("%d tokens", s.tokens)
	}
}

func TestARefusedSignInIsNotRepeatedInAHotLoop(t *testing.T) {
	s := newService(t)
	c := s.client(t)
	s.refuse = true
	for range 10 {
		_, err := c.Send(context.Background(), message())
		var e *Error
		if !errors.As(err, &e) || e.Permanent() || e.RetryAfter() != fixByHand {
			t.Fatalf("got %v", err)
		}
		if strings.Contains(err.Error(), "hush") || !strings.Contains(err.Error(), "invalid_client") {
			t.Errorf("the error says %q", err)
		}
	}
	if s.tokens != 1 {
		t.Errorf("asked %d times", s.tokens)
	}
}

func TestTheTokenGoesNowhereElse(t *testing.T) {
	s := newService(t)
	c := s.client(t)
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { t.Error("the stranger was called") }))
	defer stranger.Close()
	_, err := c.call(context.Background(), request{op: "x", method: http.MethodPost, service: stranger.URL, path: "/v3/conversations"})
	var e *Error
	if !errors.As(err, &e) || !e.Permanent() {
		t.Errorf("got %v", err)
	}
	send(t, c)
	s.next(reply{status: 307, header: map[string]string{"Location": stranger.URL}})
	if _, err := c.Send(context.Background(), message()); err == nil {
		t.Error("the redirect was followed")
	}
	notes := c.o.Notes.(*notebook)
	_ = notes.Remember(context.Background(), noteKey(ana), []byte(`{"service":"`+stranger.URL+`","conversation":"a:1"}`))
	send(t, c) // a poisoned note is as good as none
}

func TestFindLooksByTheCardsIdAndItsAnswerCanBeUpdated(t *testing.T) {
	s := newService(t)
	c := s.client(t, func(o *Options) {
		o.Lookup = func(_ context.Context, p roster.ID, card string) (bool, string, error) {
			return p == ana && card == CardID(message().Key), "f:activity;1", nil
		}
	})
	if _, found, err := c.Find(context.Background(), ana, "another key"); found || err != nil {
		t.Errorf("got %v, %v", found, err)
	}
	ref, found, err := c.Find(context.Background(), ana, message().Key)
	if !found || err != nil {
		t.Fatalf("got %v, %v", found, err)
	}
	if err := c.Update(context.Background(), ref, message()); err != nil {
		t.Fatal(err)
	}
	expect(t, s, opens, updates)

	_, _, err = s.client(t).Find(context.Background(), ana, "x")
	var e *Error
	if !errors.As(err, &e) || !e.Permanent() {
		t.Errorf("without a lookup: got %v, want a permanent error", err)
	}
}

func TestAnUnreadableReferenceIsPermanent(t *testing.T) {
	c := newService(t).client(t)
	for _, ref := range []string{"", "a", "/b", "a/", "%zz/b", "a/b/c/d"} {
		var e *Error
		if err := c.Update(context.Background(), ref, message()); !errors.As(err, &e) || !e.Permanent() {
			t.Errorf("%q: got %v", ref, err)
		}
		if err := c.Delete(context.Background(), ref); !errors.As(err, &e) || !e.Permanent() {
			t.Errorf("%q: got %v", ref, err)
		}
	}
}

func TestNoErrorTellsAnythingPrivate(t *testing.T) {
	const secret = "Ana Silva ana@contoso.example token-1 hush"
	for status := range 600 {
		if status < 300 || status == 404 {
			continue
		}
		r := &http.Response{StatusCode: status, Header: http.Header{"Retry-After": {secret}}}
		for _, body := range []string{`{"error":{"code":"` + secret + `","message":"` + secret + `"}}`, `{"errorCode":1,"message":"{\"subCode\":\"` + secret + `\"}"}`, secret, "", "{", `[]`, `{"error":"` + secret + `"}`} {
			if text := refusal(request{op: "send a card"}, r, []byte(body), at).Error(); strings.Contains(text, "Silva") || strings.Contains(text, "hush") || strings.Contains(text, "@") {
				t.Errorf("%d: %q", status, text)
			}
		}
	}
}
