package match

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

func groupIDs(groups []Group) (ids [][]roster.ID) {
	for _, g := range groups {
		ids = append(ids, g.People)
	}
	return ids
}

func partnerOf(p Plan, id roster.ID) []roster.ID {
	for _, g := range p.Groups {
		if slices.Contains(g.People, id) {
			return slices.DeleteFunc(slices.Clone(g.People), func(x roster.ID) bool { return x == id })
		}
	}
	return nil
}

// late plays two rounds for sixty people; the second was announced and noted, as jobs do.
func late(seed uint64) (people []Person, history History, plan Plan) {
	people = strangers(61, seed)[:60]
	first := Pairs(people, nil, 1, Standard(), seed)
	history = noted(people, first, nil, 1)
	plan = Pairs(people, history, 2, Standard(), seed)
	for _, g := range plan.Groups {
		history = append(history, Meeting{2, g.People})
	}
	return people, history, plan
}

func TestOneLeaverInSixtyChangesAtMostTwoPairs(t *testing.T) {
	for seed := range uint64(10) {
		people, history, before := late(seed)
		gone := people[seed*5].ID
		people = slices.DeleteFunc(people, func(p Person) bool { return p.ID == gone })
		after := Pairs(people, history, 2, Standard(), seed, Wishes{Announced: groupIDs(before.Groups)})
		changed := 0
		for _, g := range after.Changed(before.Groups) {
			if !slices.Contains(g.People, gone) {
				changed++
			}
		}
		if changed > 2 || len(after.Out) > 0 {
			t.Errorf("seed %d: %d pairs changed beside the leaver's, %d people out", seed, changed, len(after.Out))
		}
	}
}

func TestOneJoinerToSixtyChangesAtMostTwoPairs(t *testing.T) {
	for seed := range uint64(10) {
		people, history, before := late(seed)
		people = append(people, strangers(61, seed)[60])
		people[60].Newcomer = true
		after := Pairs(people, history, 2, Standard(), seed, Wishes{Announced: groupIDs(before.Groups)})
		if changed := after.Changed(before.Groups); len(changed) > 2 || len(after.Out) > 0 {
			t.Errorf("seed %d: %d pairs changed, %d people out", seed, len(changed), len(after.Out))
		}
	}
}

func TestAcceptedPairsStayWhateverHappens(t *testing.T) {
	people, history, before := late(3)
	kept := before.Groups[:25]
	gone := before.Groups[29].People[0]
	people = slices.DeleteFunc(people, func(p Person) bool { return p.ID == gone })
	after := Pairs(people, history, 2, Standard(), 3, Wishes{Accepted: groupIDs(kept), Announced: groupIDs(before.Groups[25:])})
	if changed := after.Changed(kept); len(changed) > 0 || len(after.Out) > 0 {
		t.Errorf("%d accepted pairs changed, %d people out", len(changed), len(after.Out))
	}
}

func TestAnAcceptedPairPartsWhenARuleForbidsIt(t *testing.T) {
	people := crowd(4)
	people[0].Avoid = []roster.ID{"p001"}
	plan := Pairs(people, nil, 1, Standard(), 1, Wishes{Accepted: [][]roster.ID{{"p000", "p001"}}})
	if slices.Contains(partnerOf(plan, "p000"), "p001") || len(plan.Groups) != 2 {
		t.Errorf("%+v", plan.Groups)
	}
}

func TestWhoIsPinnedMeets(t *testing.T) {
	for n := 3; n <= 12; n++ {
		for k := 1; k < n; k++ {
			people := strangers(n, 5)
			pin := [2]roster.ID{people[k].ID, people[0].ID}
			plan := Pairs(people, nil, 1, Standard(), 1, Wishes{Pins: [][2]roster.ID{pin}})
			if !slices.Contains(partnerOf(plan, pin[0]), pin[1]) || len(plan.Unkept)+len(plan.Out) > 0 {
				t.Errorf("%d people, %v: %+v", n, pin, plan)
			}
		}
	}
}

func TestRulesWinOverPinsAndTheChampionIsTold(t *testing.T) {
	people := crowd(10)
	people[0].Manager = people[1].ID
	people[2].Avoid = []roster.ID{people[3].ID}
	people[4].Away = "paused"
	people[5].Work = []Span{{0, 60}}
	pins := [][2]roster.ID{{"p000", "p001"}, {"p002", "p003"}, {"p004", "p006"}, {"p005", "p006"}, {"p007", "p008"}, {"p008", "p009"}, {"p001", "nobody"}, {"p006", "p009"}}
	plan := Pairs(people, nil, 1, Standard(), 1, Wishes{Pins: pins, Forbids: [][2]roster.ID{{"p009", "p006"}}})
	want := []Unkept{
		{pins[0], Reason{Code: NoPartner}}, {pins[1], Reason{Code: NoPartner}}, {pins[2], Reason{Code: "paused"}},
		{pins[3], Reason{Code: NoCommonTime}}, {pins[5], Reason{Code: PinnedElsewhere}}, {pins[6], Reason{Code: NotHere}}, {pins[7], Reason{Code: NoPartner}},
	}
	if !reflect.DeepEqual(plan.Unkept, want) {
		t.Errorf("got  %+v\nwant %+v", plan.Unkept, want)
	}
	if !slices.Contains(partnerOf(plan, "p007"), "p008") {
		t.Error("the pin that was possible was not kept")
	}
}

func TestWhatIsForbiddenSoundsLikeBadLuck(t *testing.T) {
	plan := Pairs(crowd(2), nil, 1, Standard(), 1, Wishes{Forbids: [][2]roster.ID{{"p001", "p000"}}})
	excluded := crowd(2)
	excluded[0].Avoid = []roster.ID{"p001"}
	if unlucky := Pairs(excluded, nil, 1, Standard(), 1); !reflect.DeepEqual(plan, unlucky) {
		t.Errorf("%+v\n%+v", plan, unlucky)
	}
}

func TestAThirdJoinsAPinnedPairRatherThanStayAlone(t *testing.T) {
	plan := Pairs(crowd(3), nil, 1, Standard(), 1, Wishes{Pins: [][2]roster.ID{{"p000", "p002"}}})
	if len(plan.Groups) != 1 || len(plan.Groups[0].People) != 3 {
		t.Errorf("%+v", plan)
	}
}

func TestNoWishesChangeNothing(t *testing.T) {
	people := strangers(12, 4)
	if a, b := Pairs(people, nil, 1, Standard(), 1), Pairs(people, nil, 1, Standard(), 1, Wishes{}); fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("%+v\n%+v", a, b)
	}
}
