package m365sim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// person is an account of the directory: an employee, or one of the odd ones a roster has
// to skip. Rooms and shared mailboxes are accounts too.
type person struct {
	ID, Name, Mail     string
	Department, Team   string
	Title, City        string
	Country, Language  string
	Zone               *time.Location
	ZoneName           string // as the mailbox settings state it: Windows or IANA
	Custom             bool   // working hours carry a customTimeZone
	Days               []time.Weekday
	Starts, Ends       int // minutes of the local day
	Manager            *person
	Guest, Disabled    bool
	Purpose            string // user, shared, room
	NoMailbox          bool
	Joins, Leaves      time.Time // membership of the group; zero = always
	Installed, Blocked bool      // the Teams app, the person's mind about it
	OldClient, Passive bool      // presses the Action.Submit fallback; does nothing alone
	Planted            bool      // gets a plausible calendar
	Habit              habit
	mailbox            mailbox
	chat               *chat
	seen               map[string]int // how often a question was put, by verb family and ref
}

// group is a group of the directory with direct members.
type group struct {
	ID, Name string
	People   []*person
	Groups   []*group
}

// office is a place people work at.
type office struct {
	City, Zone, Country, Language string
	Share                         int // people of 24
	Names                         []string
}

var offices = []office{
	{"Berlin", "Europe/Berlin", "DE", "de-DE", 6, []string{"Lena Vogt", "Emre Yıldız", "Jonas Brückner", "Amira Haddad", "Tomasz Wrona", "Klara Neumann", "Felix Otto", "Sevgi Aydın", "Matteo Ricci", "Nele Hartmann", "Ondřej Malý", "Greta Lindqvist"}},
	{"London", "Europe/London", "GB", "en-GB", 5, []string{"Maya Okonkwo", "Rhys Bevan", "Zoë Ashworth", "Imran Qureshi", "Niamh Doyle", "Callum Reid", "Adaeze Bello", "Harriet Lowe", "Dylan Pryce", "Farah Siddiqui", "Owen Tranter", "Esther Mensah"}},
	{"New York", "America/New_York", "US", "en-US", 4, []string{"Jordan Alvarez", "Naomi Feldman", "Marcus Whitfield", "Ines Baptista", "Terrence Boyd", "Caroline Mercer", "Luis Quintero", "Hannah Sorensen", "Andre Dubois", "Priscilla Chan", "Wes Harmon", "Talia Rosen"}},
	{"Los Angeles", "America/Los_Angeles", "US", "en-US", 2, []string{"Sofía Delgado", "Kenji Nakamura", "Brianna Cole", "Arash Tehrani", "Malia Kealoha", "Diego Fuentes", "Paige Lindholm", "Samuel Ortega", "Yuna Kim", "Tyler Voss", "Rosa Benítez", "Corey Blake"}},
	{"Bengaluru", "Asia/Kolkata", "IN", "en-IN", 4, []string{"Ananya Rao", "Vikram Menon", "Fatima Sheikh", "Arjun Bhattacharya", "Kavya Iyer", "Rohan Deshpande", "Meera Pillai", "Sandeep Gill", "Ishita Banerjee", "Nikhil Joshi", "Divya Nair", "Joseph Thomas"}},
	{"Singapore", "Asia/Singapore", "SG", "en-SG", 3, []string{"Mei Ling Tan", "Hafiz Rahman", "Grace Lim", "Suresh Pillay", "Wei Jie Ong", "Nurul Aziz", "Clara Goh", "Darren Koh", "Siti Halim", "Jun Hao Lee", "Putri Santoso", "Marcus Yeo"}},
}

var departments = []struct {
	Name, Title string
	Teams       []string
}{
	{"Engineering", "Engineer", []string{"Platform", "Mobile", "Data"}},
	{"Sales", "Account manager", []string{"Accounts", "Partners"}},
	{"Support", "Support specialist", []string{"Frontline", "Escalations"}},
	{"Finance", "Analyst", []string{"Controlling"}},
	{"Design", "Designer", []string{"Research", "Product design"}},
}

// hire fills the directory: from the tenant file, or by seed.
func (t *Tenant) hire() error {
	if t.opts.TenantFile != nil {
		if err := t.readFile(t.opts.TenantFile); err != nil {
			return err
		}
	} else {
		t.inventPeople()
		t.addOddOnes()
		t.giveHabits()
		t.handOutApp()
	}
	t.service = t.enrol(&person{ID: t.uuid("service"), Name: "rapport", Mail: "rapport@" + t.domain, Purpose: "shared",
		Zone: time.UTC, ZoneName: "UTC", Days: workweek, Starts: 9 * 60, Ends: 17 * 60, Passive: true})
	t.arrangeGroups()
	for _, p := range t.people {
		t.scheduleSayings(p)
	}
	return nil
}

var workweek = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}

// enrol adds an account to the directory.
func (t *Tenant) enrol(p *person) *person {
	p.seen = map[string]int{}
	p.mailbox = newMailbox(p)
	t.people = append(t.people, p)
	t.byID[p.ID] = p
	t.byMail[strings.ToLower(p.Mail)] = p
	return p
}

// inventPeople makes the employees: spread over the offices so that most share hours with
// somebody, each in a team with a lead.
func (t *Tenant) inventPeople() {
	dice := t.dice("people")
	var seats []int
	for i := range t.opts.People {
		share := i % 24
		for o, of := range offices {
			if share -= of.Share; share < 0 {
				seats = append(seats, o)
				break
			}
		}
	}
	dice.Shuffle(len(seats), func(i, j int) { seats[i], seats[j] = seats[j], seats[i] })
	taken := make([]int, len(offices))
	leads := map[string]*person{}
	for i, seat := range seats {
		of, nth := offices[seat], taken[seat]
		taken[seat]++
		name := of.Names[nth%len(of.Names)]
		if turn := nth / len(of.Names); turn > 0 { // more people than names: mix first and last names
			first, _, _ := strings.Cut(name, " ")
			other := of.Names[(nth+turn)%len(of.Names)]
			name = fmt.Sprintf("%s %s", first, other[strings.LastIndex(other, " ")+1:])
		}
		dep := departments[(i+seat)%len(departments)]
		p := &person{ID: t.uuid("person", fmt.Sprint(i)), Name: name, Department: dep.Name, Team: dep.Teams[dice.IntN(len(dep.Teams))],
			Title: dep.Title, City: of.City, Country: of.Country, Language: of.Language, Zone: mustZone(of.Zone), Purpose: "user", Days: workweek, Planted: true}
		p.Mail = t.address(name, nth/len(of.Names))
		p.ZoneName = windowsName(of.Zone)
		if i%3 == 0 {
			p.ZoneName = of.Zone
		}
		p.Starts = []int{8 * 60, 8*60 + 30, 9 * 60, 9 * 60, 9 * 60, 10 * 60}[dice.IntN(6)]
		p.Ends = p.Starts + []int{8 * 60, 8*60 + 30, 9 * 60}[dice.IntN(3)]
		if dice.IntN(12) == 0 {
			p.Days = workweek[:4]
		}
		p.Installed = i%11 != 5 // the rest have not got the app yet
		t.placeInLine(p, leads)
		t.enrol(p)
	}
	for _, p := range t.people {
		if p.Country == "DE" && p.Manager != nil {
			p.Custom = true
			break
		}
	}
}

// handOutApp decides anew who has got the Teams app, when Options.AppMissing says so. Those
// who have not are spread evenly, those who talk among them.
func (t *Tenant) handOutApp() {
	missing := t.opts.AppMissing
	if missing == 0 {
		return
	}
	for i, p := range t.people[:t.opts.People] {
		p.Installed = missing < 0 || int(float64(i+1)*missing) == int(float64(i)*missing)
	}
}

// placeInLine gives p a manager: the first of a department leads it, the very first leads all.
func (t *Tenant) placeInLine(p *person, leads map[string]*person) {
	lead := leads[p.Department]
	switch {
	case len(t.people) == 0:
		p.Title, leads[p.Department] = "Managing director", p
	case lead == nil:
		p.Manager, p.Title, leads[p.Department] = t.people[0], "Head of "+strings.ToLower(p.Department), p
	default:
		p.Manager = lead
	}
}

// addOddOnes adds what every real group holds and no programme wants.
func (t *Tenant) addOddOnes() {
	berlin := mustZone("Europe/Berlin")
	odd := func(key, name, mail string, change func(*person)) {
		p := &person{ID: t.uuid("odd", key), Name: name, Mail: mail, Purpose: "user", Zone: berlin, ZoneName: "W. Europe Standard Time",
			Days: workweek, Starts: 9 * 60, Ends: 17 * 60, Country: "DE", Language: "en-GB", Department: "Operations", Passive: true}
		change(p)
		t.enrol(p)
	}
	odd("guest", "Robin Gast", "robin.gast@partner.example", func(p *person) { p.Guest, p.NoMailbox = true, true })
	odd("disabled", "Alex Former", "alex.former@"+t.domain, func(p *person) { p.Disabled = true })
	odd("room", "Room Spree", "room.spree@"+t.domain, func(p *person) { p.Purpose = "room" })
	odd("shared", "Info desk", "info@"+t.domain, func(p *person) { p.Purpose = "shared" })
	odd("nomailbox", "Sam Frontline", "sam.frontline@"+t.domain, func(p *person) { p.NoMailbox = true })
}

// arrangeGroups nests groups the way real ones are: some people direct, some two levels
// down, some in both.
func (t *Tenant) arrangeGroups() {
	all := &group{ID: t.creds.GroupID, Name: "Peer coaching"}
	teams := &group{ID: t.uuid("group", "teams"), Name: "Peer coaching: teams"}
	pilots := &group{ID: t.uuid("group", "pilots"), Name: "Peer coaching: pilots"}
	for i, p := range t.people {
		if p == t.service {
			continue
		}
		switch {
		case i%3 == 1:
			teams.People = append(teams.People, p)
		case i%7 == 5:
			pilots.People = append(pilots.People, p)
		default:
			all.People = append(all.People, p)
		}
		if i%9 == 4 {
			pilots.People = append(pilots.People, p)
		}
	}
	teams.Groups, all.Groups = []*group{pilots}, []*group{teams, pilots}
	t.groups = []*group{all, teams, pilots}
}

// members lists everybody in g at the moment, each once, in directory order; nested too when deep.
func (g *group) members(deep bool, at time.Time) ([]*person, []*group) {
	people, groups := map[*person]bool{}, []*group{}
	var walk func(*group, bool)
	walk = func(g *group, down bool) {
		for _, p := range g.People {
			people[p] = people[p] || (!p.Joins.After(at) && (p.Leaves.IsZero() || at.Before(p.Leaves)))
		}
		for _, n := range g.Groups {
			if !slices.Contains(groups, n) {
				groups = append(groups, n)
				if down {
					walk(n, true)
				}
			}
		}
	}
	walk(g, deep)
	var out []*person
	for p, in := range people {
		if in {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b *person) int { return strings.Compare(a.ID, b.ID) })
	return out, groups
}

// address makes the mail address of a name.
func (t *Tenant) address(name string, turn int) string {
	fold := strings.NewReplacer("ı", "i", "ü", "ue", "ö", "oe", "ä", "ae", "ř", "r", "ý", "y", "ë", "e", "í", "i", "é", "e", "ğ", "g", " ", ".")
	local := fold.Replace(strings.ToLower(name))
	if turn > 0 {
		local += fmt.Sprint(turn)
	}
	return local + "@" + t.domain
}

// inHours answers the first moment from at on that lies in p's working hours.
func (p *person) inHours(at time.Time) time.Time {
	local := at.In(p.Zone)
	for range 15 {
		y, m, d := local.Date()
		start := time.Date(y, m, d, 0, p.Starts, 0, 0, p.Zone)
		end := time.Date(y, m, d, 0, p.Ends, 0, 0, p.Zone)
		if slices.Contains(p.Days, local.Weekday()) && at.Before(end) {
			if at.Before(start) {
				return start.UTC()
			}
			return at.UTC()
		}
		local = time.Date(y, m, d+1, 0, 0, 0, 0, p.Zone)
		at = local
	}
	return at.UTC()
}

func mustZone(name string) *time.Location {
	loc, err := location(name)
	if err != nil {
		panic("m365sim: zone " + name + " is missing from the embedded data")
	}
	return loc
}
