package match

import (
	"fmt"

	"github.com/rapport-dev/rapport/playbooks/roster"
)

// office is a place where pretend people work.
type office struct {
	offset int // minutes the clock there is ahead of UTC
	share  int // of the people, in no particular unit
}

var offices = []office{
	{-480, 14}, {-420, 3}, {-360, 8}, {-300, 15}, {-180, 5}, {0, 11}, {60, 17}, {120, 5},
	{240, 2}, {330, 11}, {480, 4}, {540, 3}, {660, 2},
}

var skills = []string{
	"listening", "feedback", "coaching", "delegation", "facilitation", "conflict", "storytelling",
	"negotiation", "priorities", "inclusion", "remote", "stakeholders", "recognition", "receiving", "decisions", "mentoring",
}

// Company makes n pretend people of one firm with offices on all continents: departments of
// several teams, each with a manager; hours, energy, strengths and stretch goals of all
// kinds; one person in a hundred who would rather not meet a certain other. Equal n and
// seed make an equal company. It is for simulations and tests.
func Company(n int, seed uint64) []Person {
	c := founding{dice: chance(seed*0x9e3779b97f4a7c15 + uint64(n)), n: n}
	c.wanted = c.dice.shuffled(len(skills))
	for department := 0; len(c.people) < n; department++ {
		c.department(department)
	}
	for i := range c.people {
		if other := c.dice.below(n); c.dice.below(100) == 0 && other != i {
			c.people[i].Avoid = []roster.ID{c.people[other].ID}
		}
	}
	return c.people
}

// founding is a company in the making.
type founding struct {
	dice   chance
	n      int
	wanted []int // skills, those most people want to practise first
	people []Person
}

// department hires four to ten teams, mostly in one to three home offices.
func (c *founding) department(number int) {
	var homes []int
	for range 1 + c.dice.below(3) {
		homes = append(homes, c.office())
	}
	head := roster.ID("")
	if number > 0 {
		head = c.people[0].ID
	}
	for team := range 4 + c.dice.below(7) {
		manager := head
		for member := range 4 + c.dice.below(11) {
			if len(c.people) == c.n {
				return
			}
			where := homes[c.dice.below(len(homes))]
			if c.dice.below(100) >= 85 {
				where = c.office()
			}
			p := c.hire(where)
			p.Department, p.Team, p.Manager = fmt.Sprint("department ", number), fmt.Sprintf("team %d.%d", number, team), manager
			if member == 0 {
				manager = p.ID
				if team == 0 {
					head = p.ID
				}
			}
			c.people = append(c.people, p)
		}
	}
}

func (c *founding) office() int {
	shares := make([]int, len(offices))
	for i, o := range offices {
		shares[i] = o.share
	}
	return c.draw(shares)
}

// draw answers a place in a list of shares.
func (c *founding) draw(shares []int) int {
	sum := 0
	for _, s := range shares {
		sum += s
	}
	x := c.dice.below(sum)
	for i, s := range shares {
		if x -= s; x < 0 {
			return i
		}
	}
	return 0
}

func (c *founding) hire(where int) Person {
	start := []int{420, 480, 510, 540, 570, 600, 660}[c.draw([]int{4, 18, 14, 36, 12, 12, 4})]
	length := []int{240, 300, 420, 480, 510, 540}[c.draw([]int{4, 3, 6, 62, 15, 10})]
	best := min([]int{90, 120, 150, 180}[c.dice.below(4)], length)
	from := start
	switch c.draw([]int{45, 20, 35}) { // early, midday, late
	case 0:
		from += min(30, length-best)
	case 1:
		from += (length - best) / 2
	default:
		from += length - best
	}
	utc := func(minute int) int { return (minute - offices[where].offset + 2*dayMinutes) % dayMinutes }
	p := Person{
		ID: roster.ID(fmt.Sprintf("e%06d", len(c.people))), Strengths: map[string]int{},
		Work: []Span{{utc(start), length}}, Peak: []Span{{utc(from), best}},
	}
	strong := map[int]bool{}
	for range 2 + c.dice.below(4) {
		skill := c.skill()
		strong[skill] = true
		p.Strengths[skills[skill]] = 1 + c.draw([]int{3, 4, 3})
	}
	for most := 1 + c.dice.below(wishes); len(p.Stretch) < most; {
		if skill := c.wanted[c.skill()]; !strong[skill] {
			strong[skill] = true // wished for once
			p.Stretch = append(p.Stretch, skills[skill])
		}
	}
	return p
}

// skill draws the place of a skill in a list: the first ones are far more common.
func (c *founding) skill() int {
	shares := make([]int, len(skills))
	for i := range shares {
		shares[i] = 1000 / (i + 2)
	}
	return c.draw(shares)
}
