package prompt

import (
	"slices"
	"strings"
	"time"

	"github.com/rapport-dev/rapport/playbooks"
	"github.com/rapport-dev/rapport/playbooks/slots"
)

// WhyTime words why the session has the time it has, or has none, for the reader of the
// scene. Of what the time asks of people it tells the reader's own part alone. With a zone
// it says on which end of the reader's day the time lies. It is "" when nobody searched.
func (s Speaker) WhyTime(c Scene, zone *time.Location) string {
	w := c.Session.Time
	switch w.Status {
	case slots.OK:
		return s.whyThis(c, w, zone)
	case slots.None:
		if w.Reason == "" {
			return ""
		}
		return s.say("why.none." + string(w.Reason))
	case slots.NoCalendar:
		return s.say("why.unseen")
	case slots.InvalidZone:
		return s.say("why.zone")
	}
	return ""
}

// whyBlocks is the answer as a part of a card, with how many times were left after each stage
// of the search; nothing when there is none.
func (s Speaker) whyBlocks(c Scene) []Block {
	why := s.WhyTime(c, c.Zone)
	if why == "" {
		return nil
	}
	blocks := []Block{{Head: s.say("why.title")}, {Text: why}}
	if c.Session.Time.Status == slots.OK && !c.Session.ByHand {
		blocks = append(blocks, Block{Note: strings.Join(s.WhyStages(c.Session.Time), " · ")})
	}
	return blocks
}

func (s Speaker) whyThis(c Scene, w slots.Why, zone *time.Location) string {
	if c.Session.ByHand {
		return s.say("why.hand")
	}
	for _, cost := range w.Outside {
		if cost.ID == string(c.Me.ID) {
			return s.say("why.yours."+side(c, zone), "span", s.span(cost.Minutes))
		}
	}
	if w.Tier == slots.Stretch {
		return s.count("why.fairest", w.Counts.Limits)
	}
	return s.count("why.core", w.Counts.Limits)
}

// side is the end of the reader's working day beyond which the session lies, "outside" when
// it cannot be told.
func side(c Scene, zone *time.Location) string {
	slot, hours := c.Session.Slot, c.Me.Hours
	if zone == nil || slot == nil || len(hours.Start) < len("15:04") {
		return "outside"
	}
	if slot.Start.In(zone).Format("15:04") < short(hours.Start) {
		return "before"
	}
	return "after"
}

// WhyStages tells a search stage by stage: how many starts were left after each, up to the
// first stage that left none.
func (s Speaker) WhyStages(w slots.Why) []string {
	c := w.Counts
	lines := []string{s.count("why.stage.window", c.Window)}
	left := c.Window
	for _, stage := range []struct {
		key   string
		count int
	}{
		{"why.stage.notice", c.Notice}, {"why.stage.hours", c.Hours}, {"why.stage.events", c.Events},
		{"why.stage.protected", c.Protected}, {"why.stage.limits", c.Limits},
	} {
		if left == 0 {
			break
		}
		left = stage.count
		lines = append(lines, s.say(stage.key, "count", s.number(left)))
	}
	return lines
}

// whyGuide says why the session follows its playbook, as far as the reader may know: a goal
// is told to whom it belongs, and to nobody else.
func (s Speaker) whyGuide(c Scene) string {
	why := c.Session.Because
	key := map[playbooks.Code]string{playbooks.WhyBoth: "guide.why.focus", playbooks.WhyFocus: "guide.why.focus",
		playbooks.WhyStretch: "guide.why.suits", playbooks.WhyVariety: "guide.why.variety", playbooks.WhyAgain: "guide.why.again",
		playbooks.WhyShort: "guide.why.short"}[why.Code]
	if slices.Contains(c.Stretch, why.Skill) && (why.Code == playbooks.WhyStretch || why.Code == playbooks.WhyBoth) {
		key = "guide.why.yours"
	}
	if key == "" {
		return ""
	}
	return s.say(key, "skill", s.Skill(why.Skill))
}
