package teams

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"
)

// answers lines up the same refusal so many times.
func answers(times, status int, code string, header ...string) (all []reply) {
	r := reply{status: status}
	if code != "" {
		r.body = `{"error":{"code":"` + code + `","message":"canary"}}`
	}
	if len(header) > 0 {
		r.header = map[string]string{header[0]: header[1]}
	}
	for range times {
		all = append(all, r)
	}
	return all
}

// Microsoft's table of status codes, row by row: how often a send is tried, and what the
// error tells the queue to do. The verdict of a send that was delivered in the end is nil.
func TestEveryStatusSaysWhatToDo(t *testing.T) {
	type verdict struct {
		permanent, doubt, unreachable bool
		after                         time.Duration
	}
	later, never, unreachable := &verdict{}, &verdict{permanent: true}, &verdict{permanent: true, unreachable: true}
	again := func(n int) (calls []string) {
		for range n {
			calls = append(calls, sends)
		}
		return calls
	}
	for _, tc := range []struct {
		name    string
		replies []reply
		calls   []string
		want    *verdict
	}{
		{"400 bad argument", answers(1, 400, "BadArgument"), again(1), never},
		{"401 once", answers(1, 401, ""), again(2), nil},
		{"401 twice", answers(2, 401, "BotNotRegistered"), again(2), &verdict{after: fixByHand}},
		{"403 disabled", answers(1, 403, "BotDisabledByAdmin"), again(1), unreachable},
		{"403 blocked", answers(1, 403, "ConversationBlockedByUser"), again(1), unreachable},
		{"403 not allowed", answers(1, 403, "NotEnoughPermissions"), again(1), unreachable},
		{"403 not installed", answers(1, 403, "BotNotInConversationRoster"), again(1), unreachable},
		{"403 forbidden", answers(1, 403, "ForbiddenOperationException"), again(1), unreachable},
		{"403 writes blocked", []reply{{status: 403, body: `{"errorCode":209,"message":"{\r\n \"subCode\": \"MessageWritesBlocked\", \"details\": \"x\"}"}`}}, again(1), unreachable},
		{"403 wrong host, no other", answers(1, 403, "InvalidBotApiHost"), again(1), never},
		{"404 conversation gone", answers(1, 404, "ConversationNotFound"), []string{sends, opens, sends}, nil},
		{"412 once", answers(1, 412, "PreconditionFailed"), again(2), nil},
		{"412 for long", answers(3, 412, "PreconditionFailed"), again(3), later},
		{"413 too big", answers(1, 413, "MessageSizeTooBig"), again(1), never},
		{"429 in seconds", answers(1, 429, "Throttled", "Retry-After", "7"), again(1), &verdict{after: 7 * time.Second}},
		{"429 with a date", answers(1, 429, "Throttled", "Retry-After", at.Add(time.Minute).Format(http.TimeFormat)), again(1), &verdict{after: time.Minute}},
		{"429 silent", answers(1, 429, "Throttled"), again(1), later},
		{"500", answers(1, 500, "ServiceError"), again(1), &verdict{doubt: true}},
		{"502", []reply{{status: 502, body: "<html>"}}, again(1), &verdict{doubt: true}},
		{"503", answers(1, 503, "ServiceUnavailable", "Retry-After", "2"), again(1), &verdict{after: 2 * time.Second}},
		{"504", answers(1, 504, ""), again(1), &verdict{doubt: true}},
		{"302", answers(1, 302, "", "Location", "https://evil.example/"), again(1), &verdict{after: fixByHand}},
		{"hung up", []reply{{drop: true}}, again(1), &verdict{doubt: true}},
		{"accepted without id", answers(1, 202, ""), again(1), &verdict{doubt: true}},
		{"accepted with garbage", []reply{{status: 200, body: "<<<"}}, again(1), &verdict{doubt: true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			c := s.client(t)
			send(t, c)
			s.next(tc.replies...)
			_, err := c.Send(context.Background(), message())
			expect(t, s, append([]string{opens, sends}, tc.calls...)...)
			var e *Error
			if !errors.As(err, &e) {
				if tc.want != nil {
					t.Fatalf("got %v", err)
				}
				return
			}
			if got := (verdict{e.Permanent(), e.InDoubt(), e.Unreachable(), e.RetryAfter()}); tc.want == nil || got != *tc.want {
				t.Errorf("%v: got %+v, want %+v", err, got, tc.want)
			}
		})
	}
}
