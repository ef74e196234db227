package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/integrations/m365sim"
)

// office is the simulated tenant as the test sees it: from outside, by its address.
type office struct{ url string }

// get reads a page of the tenant into v.
func (o office) get(path string, v any) error {
	resp, err := http.Get(o.url + path)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	return json.NewDecoder(resp.Body).Decode(v)
}

// post sends v to the tenant.
func (o office) post(path string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	resp, err := http.Post(o.url+path, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(resp.Body)
		return fmt.Errorf("%s: %d %s", path, resp.StatusCode, said)
	}
	return nil
}

// journal is every effect so far.
func (o office) journal() (all []m365sim.Entry, err error) {
	resp, err := http.Get(o.url + "/sim/journal")
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	for d := json.NewDecoder(resp.Body); ; {
		var e m365sim.Entry
		if err := d.Decode(&e); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
}

// follow tells of every effect the moment it happens, until the context ends.
func (o office) follow(ctx context.Context, see func(m365sim.Entry)) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, o.url+"/sim/journal?follow=1", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	go func() {
		defer func() { _ = resp.Body.Close() }()
		for d := json.NewDecoder(resp.Body); ; {
			var e m365sim.Entry
			if d.Decode(&e) != nil {
				return
			}
			see(e)
		}
	}()
	return nil
}

// killStart is a Monday morning; five virtual hours later everybody has said yes or no.
var killStart = time.Date(2026, time.October, 5, 5, 0, 0, 0, time.UTC)

// killCompany is a small company that works long hours every day, so that little time passes
// in which nobody may be bothered. It holds one of each kind of person that makes it hard.
func killCompany(dice *rand.Rand) m365sim.Company {
	names := []string{"Ada Brook", "Ben Castor", "Cleo Dunn", "Dov Eklund", "Eva Fynn", "Finn Gale", "Gia Holm", "Hal Ivers", "Ida Juhl", "Jon Keel", "Kim Lund", "Lea Moor"}
	zones := []string{"Europe/Berlin", "Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kolkata"}
	says := func(p *m365sim.Employee, after, text string) {
		p.Habits.Says = append(p.Habits.Says, struct {
			After string `json:"after"`
			Text  string `json:"text"`
		}{after, text})
	}
	kinds := []func(*m365sim.Employee){
		func(p *m365sim.Employee) { says(p, "36h", "pause"); says(p, "70h", "resume") },
		func(p *m365sim.Employee) { says(p, "44h", "leave") },
		func(p *m365sim.Employee) { p.Leaves = killStart.Add(30 * time.Hour) },
		func(p *m365sim.Employee) { p.Habits.Declines = 1 },
		func(p *m365sim.Employee) { p.Habits.Proposes = true },
		func(p *m365sim.Employee) { p.Habits.Reminded = true },
		func(p *m365sim.Employee) { p.Habits.Snoozes = true },
		func(p *m365sim.Employee) { p.NoApp = true },
		func(p *m365sim.Employee) { p.OldClient = true; says(p, "20h", "what do you know about me") },
	}
	dice.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	var c m365sim.Company
	for i, name := range names {
		p := m365sim.Employee{Name: name, Mail: strings.ToLower(strings.Fields(name)[0]) + "@kill.example", Zone: zones[dice.IntN(len(zones))],
			Days: []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}, From: "06:30", Until: "22:30",
			Team: []string{"red", "green", "blue"}[i%3], Department: []string{"north", "south"}[i%2], Planted: dice.IntN(3) == 0}
		if i%5 == 1 { // few, for nobody is paired with their own lead
			p.Manager = "ada@kill.example"
		}
		p.Habits.Pace = 0.1 + 0.3*dice.Float64()
		if i < len(kinds) {
			kinds[i](&p)
		}
		c.People = append(c.People, p)
	}
	dice.Shuffle(len(c.People)-1, func(i, j int) { c.People[i+1], c.People[j+1] = c.People[j+1], c.People[i+1] })
	return c
}

// killFaults make the services a little worse than they are, so that kills meet requests that
// hang, are refused, or whose answer never comes.
func killFaults(dice *rand.Rand) []m365sim.Fault {
	services, sends := m365sim.Match{Path: "^/(v1.0|v3)/"}, m365sim.Match{Method: http.MethodPost, Path: "^/(v1.0|v3)/"}
	all := []m365sim.Fault{
		{Match: sends, Do: "drop-reply", Chance: 0.04},
		{Match: services, Do: "throttle", RetryAfter: 1, Chance: 0.01},
		{Match: services, Do: "fail", Status: 503, Chance: 0.01},
		{Match: services, Do: "fail", Status: 504, Chance: 0.005},
		{Match: sends, Do: "stall", DelayMS: 300, Chance: 0.05},
		{Match: services, Do: "empty-error", Status: 500, Chance: 0.005},
		{Match: services, Do: "garbage", Chance: 0.003},
	}
	dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// killYAML is the configuration of a compact programme: everything from the invitation to the
// answer about a commitment within a week.
func killYAML(c m365sim.Credentials, url, redis, listen string) string {
	return strings.NewReplacer("$URL", url, "$TENANT", c.TenantID, "$CLIENT", c.ClientID, "$BOT", c.BotID, "$GROUP", c.GroupID,
		"$MAILBOX", c.ServiceMailbox, "$REDIS", redis, "$LISTEN", listen, "$FIRST", killStart.Format(time.DateOnly)).Replace(`
send: on
tenant:
  id: $TENANT
  login: $URL
  graph: $URL
  client_id: $CLIENT
bot:
  app_id: $BOT
  metadata: $URL/botframework/v1/.well-known/openidconfiguration
  token: $URL/$TENANT/oauth2/v2.0/token
  service_url: $URL/
redis:
  url: $REDIS
web:
  listen: $LISTEN
programmes:
  - id: peers
    name: Peer coaching
    group: $GROUP
    mailbox: $MAILBOX
    zone: Europe/Berlin
    rounds:
      every: 2
      on: monday
      at: "18:00"
      first: $FIRST
    pulse:
      day: 7
      open_days: 2
    session:
      playbooks: [listening-sprint]
      book_within_days: 2
      notice_hours: 2
    roster:
      every_hours: 4
    poll_minutes: 30
`)
}
