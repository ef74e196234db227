package graph

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	abs "github.com/microsoft/kiota-abstractions-go"
	ser "github.com/microsoft/kiota-abstractions-go/serialization"
	"pgregory.net/rapid"
)

func TestAMomentIsWrittenAndReadAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(0, 4_000_000_000).Draw(t, "at"), 0).UTC()
		s := stamp(at)
		got, err := moment(*s.GetDateTime(), *s.GetTimeZone())
		if err != nil || !got.Equal(at) {
			t.Fatalf("%v became %v, %v", at, got, err)
		}
	})
}

func TestAPanicInTheSDKIsAnErrorInDoubt(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"id":"x"}`))
	}))
	defer server.Close()
	c, err := New(Options{Graph: server.URL, Credential: anybody{}})
	if err != nil {
		t.Fatal(err)
	}
	explode := func(ser.ParseNode) (ser.Parsable, error) { panic("a nil in generated code") }
	for method, doubt := range map[abs.HttpMethod]bool{abs.GET: false, abs.POST: true} {
		_, err = c.fetch(t.Context(), call{op: "try", method: method, path: "/me", mailbox: "m"}, explode)
		if e, ok := err.(*Error); !ok || e.InDoubt() != doubt || e.Permanent() {
			t.Errorf("%v: %v", method, err)
		}
	}
}

// anybody is a credential.
type anybody struct{}

func (anybody) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "t", ExpiresOn: time.Now().Add(time.Hour)}, nil
}

func TestAMomentOfAnotherZoneIsReadThereAndNeverGuessed(t *testing.T) {
	want := time.Date(2026, 3, 3, 1, 0, 0, 0, time.UTC)
	for _, name := range []string{"Tokyo Standard Time", "Asia/Tokyo"} {
		if at, err := moment("2026-03-03T10:00:00.0000000", name); err != nil || !at.Equal(want) {
			t.Errorf("%s: %v %v", name, at, err)
		}
	}
	for _, name := range []string{"", "Middle Earth Standard Time", "Local"} {
		if at, err := moment("2026-03-03T10:00:00", name); err == nil {
			t.Errorf("%q read as %v", name, at)
		}
	}
}

// FuzzBatchAnswer: no answer, however strange, makes us panic or leak.
func FuzzBatchAnswer(f *testing.F) {
	f.Add([]byte(`{"responses":[{"id":"0","status":429,"headers":{"Retry-After":3},"body":{"error":{"code":"X"}}}]}`))
	f.Add([]byte(`{"responses":[null,{"id":"0","status":200,"body":{"value":[{"scheduleId":"a","scheduleItems":[null]}]}}]}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		got, err := outcomes(call{op: "x"}, answer, 2)
		if err != nil {
			_ = err.Error()
			return
		}
		for _, o := range got {
			if e := o.failed(call{op: "x"}); e != nil {
				_, _ = e.Error(), e.RetryAfter()
			}
			var s scheduleJSON
			if json.Unmarshal(o.body, &s) == nil {
				_ = s.calendar()
			}
		}
	})
}
