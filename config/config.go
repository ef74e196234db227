// Package config is everything an administrator can set.
//
// From one YAML file, the environment (RAPPORT_...) and files that hold secrets it makes a
// Config that is complete and checked, or the list of all that is wrong with it, each with
// its place and what to do. It never guesses: an unknown key is refused. It never shows a
// secret, nor any other value, in an error. cmd hands the parts of the Config on to
// whoever needs them; nobody else imports this package.
package config

// Config is the whole configuration. The tags are the documentation: README.md is made
// from them.
type Config struct {
	Send       Switch      `yaml:"send" doc:"on: invitations, cards and mails leave. off: everything is computed and nothing leaves."`
	Tenant     Tenant      `yaml:"tenant"`
	Bot        Bot         `yaml:"bot"`
	Redis      Redis       `yaml:"redis"`
	Web        Web         `yaml:"web"`
	Log        Log         `yaml:"log"`
	ZoneData   string      `yaml:"zone_data" doc:"Folder of compiled time zone files (as /usr/share/zoneinfo) that replaces the embedded one. Empty: rapport's own."`
	Programmes []Programme `yaml:"programmes"`
}

// Tenant is the Microsoft 365 tenant and how to sign in to Graph there.
type Tenant struct {
	ID               string `yaml:"id" doc:"Directory (tenant) ID, a GUID."`
	Cloud            string `yaml:"cloud" doc:"public, gcc, gcchigh, dod or china. All Microsoft addresses follow from it."`
	Login            string `yaml:"login" doc:"Sign-in address. Empty: the cloud's. https, or http on loopback."`
	Graph            string `yaml:"graph" doc:"Graph address without a version. Empty: the cloud's."`
	Scope            string `yaml:"scope" doc:"Scope of the Graph token. Empty: the cloud's."`
	ClientID         string `yaml:"client_id" doc:"Application (client) ID of the app registration, a GUID."`
	ClientSecret     Secret `yaml:"client_secret" doc:"Its client secret; only from the environment or client_secret_file."`
	ClientSecretFile string `yaml:"client_secret_file" doc:"File that holds the client secret; a relative path starts at this file."`
	SecretExpires    Date   `yaml:"secret_expires" doc:"Last day of the client secret, as Entra shows it. Empty: nobody warns before it ends."`
}

// Bot is the Teams bot. Empty addresses follow from the tenant's cloud.
type Bot struct {
	AppID         string   `yaml:"app_id" doc:"App ID of the Azure Bot, a GUID. Empty: the tenant's client_id, and its secret."`
	AppSecret     Secret   `yaml:"app_secret" doc:"Its secret; only from the environment or app_secret_file."`
	AppSecretFile string   `yaml:"app_secret_file" doc:"File that holds the bot's secret; a relative path starts at this file."`
	SecretExpires Date     `yaml:"secret_expires" doc:"Last day of the bot's secret. Empty: nobody warns before it ends."`
	Metadata      string   `yaml:"metadata" doc:"OpenID metadata of the Bot Connector, whose keys sign what reaches us. Empty: the cloud's."`
	Issuer        string   `yaml:"issuer" doc:"Issuer of these tokens. Empty: the cloud's."`
	Token         string   `yaml:"token" doc:"Where the bot gets its own token. Empty: the cloud's, for this tenant."`
	Scope         string   `yaml:"scope" doc:"Scope of the bot's own token. Empty: the cloud's."`
	ServiceHosts  []string `yaml:"service_hosts" doc:"Further connector hosts (host or host:port) that may be sent the bot's token."`
	ServiceURL    string   `yaml:"service_url" doc:"Connector address for people who have not written yet. Empty: the cloud's."`
	Install       Switch   `yaml:"install" doc:"on: bring the Teams app to people who have not got it, once (TeamsAppInstallation.ReadWriteSelfForUser.All). off: an app policy of yours does."`
	CatalogID     string   `yaml:"catalog_id" doc:"The app's id in the organisation's catalogue, for install. Empty: looked up (AppCatalog.Read.All)."`
	ReadBack      Switch   `yaml:"read_back" doc:"on: look into our own chats to settle whether a card arrived (Chat.Read.WhereInstalled). off: never look."`
}

// Redis is where everything is remembered and queued.
type Redis struct {
	URL     Secret `yaml:"url" doc:"redis://, rediss:// or unix:// address, or redis-sentinel://host,host/0?master=name, or redis-cluster://host,host. One with a password only from the environment or url_file."`
	URLFile string `yaml:"url_file" doc:"File that holds the address; a relative path starts at this file."`
}

// Web is the pages for people and admins, and where Teams posts to.
type Web struct {
	Listen    string `yaml:"listen" doc:"host:port to listen on."`
	PublicURL string `yaml:"public_url" doc:"Address under which people and Microsoft 365 reach these pages. https, or http on loopback. Empty: no links are written, and calendars are only polled."`

	SigningKey      Secret `yaml:"signing_key" doc:"Key that signs links and recognises notices, 32 characters or more; only from the environment or signing_key_file. Empty: derived from tenant.client_secret."`
	SigningKeyFile  string `yaml:"signing_key_file" doc:"File that holds the key; a relative path starts at this file."`
	PreviousKey     Secret `yaml:"previous_key" doc:"The key before, whose links still count; only from the environment or previous_key_file."`
	PreviousKeyFile string `yaml:"previous_key_file" doc:"File that holds the key before."`

	Admins   []string `yaml:"admins" doc:"Who may see the admin page and stop all sending: Entra object ids, or mail addresses of people in a programme's group."`
	Curators []string `yaml:"curators" doc:"Who looks after the library and decides about what people offer for it: Entra object ids, or mail addresses of people in a programme's group. Nobody can offer anything while there are none."`
}

// Log is what the program says about itself. Nothing private is ever in it.
type Log struct {
	Level  string `yaml:"level" doc:"debug, info, warn or error."`
	Format string `yaml:"format" doc:"json or text."`
}

// Programme is a group of people with a cadence and rules.
type Programme struct {
	ID          string  `yaml:"id" doc:"Short name in small letters, digits and dashes. Never change it: history hangs on it."`
	Name        string  `yaml:"name" doc:"What people read."`
	Group       string  `yaml:"group" doc:"Object id of the Entra group whose members are invited, a GUID. Nested groups count."`
	Mailbox     string  `yaml:"mailbox" doc:"Service mailbox that owns the programme's meetings and sends its mails."`
	Zone        string  `yaml:"zone" doc:"Time zone of the cadence, an IANA name such as Europe/Berlin."`
	Rounds      Rounds  `yaml:"rounds"`
	Pulse       Pulse   `yaml:"pulse"`
	Session     Session `yaml:"session"`
	Times       Times   `yaml:"times"`
	Pairing     Pairing `yaml:"pairing"`
	Roster      Roster  `yaml:"roster"`
	PollMinutes int     `yaml:"poll_minutes" doc:"How often to look what became of our meetings, 1 to 60 minutes."`
	Consent     Consent `yaml:"consent"`

	Champions []string `yaml:"champions" doc:"Who may see how the programme goes, and never who answered what: Entra object ids, or mail addresses of people in a programme's group."`
}

// Rounds say when people are paired.
type Rounds struct {
	Every int       `yaml:"every" doc:"Weeks from one round to the next, 1 to 26."`
	On    Weekday   `yaml:"on" doc:"Day of the week."`
	At    TimeOfDay `yaml:"at" doc:"Time of day in the programme's zone."`
	First Date      `yaml:"first" doc:"No round before this date. Empty: the next such day."`
}

// Pulse is the monthly survey.
type Pulse struct {
	Day      int       `yaml:"day" doc:"Day of the month, 1 to 28."`
	At       TimeOfDay `yaml:"at" doc:"Time of day in the programme's zone."`
	Question string    `yaml:"question" doc:"The one open question. Empty: rapport's own, in everybody's language."`
	OpenDays int       `yaml:"open_days" doc:"Days until it closes, 1 to 21."`
}

// Session is what a pair does.
type Session struct {
	Playbooks      []string `yaml:"playbooks" doc:"Ids of playbooks, used in turn. Empty: each pair gets the one that fits the focus skill and what its people want to practise, and none twice within four rounds."`
	Focus          string   `yaml:"focus" doc:"Skill that is practised, quarter after quarter."`
	Quarters       []string `yaml:"quarters" doc:"Skills that are practised, one a quarter in turn, beginning with the quarter of rounds.first."`
	BookWithinDays int      `yaml:"book_within_days" doc:"Days from the round within which the conversation takes place, 1 to 60."`
	NoticeHours    int      `yaml:"notice_hours" doc:"Hours of notice before a conversation."`
}

// Times is how a programme treats people's time.
type Times struct {
	Fairness      string   `yaml:"fairness" doc:"Who meets outside working hours when there is no other way, among those who agreed to it: share keeps what each carries even, turns burdens whoever carries least."`
	Tentative     string   `yaml:"tentative" doc:"blocks or free: whether a tentative appointment keeps a person away."`
	Unseen        string   `yaml:"unseen" doc:"refuse: a pair of whom one calendar cannot be read meets in writing. free: such a calendar counts as empty."`
	Lunch         Stretch  `yaml:"lunch" doc:"No conversation in this stretch of anybody's day, such as 12:00-13:00. Empty: none."`
	BufferMinutes int      `yaml:"buffer_minutes" doc:"Free minutes before and after a conversation, 0 to 60."`
	MostMeetings  int      `yaml:"most_meetings" doc:"A person's meetings a day, the conversation included, 0 to 20. 0: no limit."`
	DaysOff       []string `yaml:"days_off" doc:"Dates without conversations, such as 2026-12-25 for everybody or DE 2026-10-03 for people of one country."`
}

// Pairing is how much each reason to meet weighs, in points. Only the proportions matter.
type Pairing struct {
	Help          int `yaml:"help" doc:"One person's strengths meet the other's stretch goals, each way, 0 to 1000."`
	Time          int `yaml:"time" doc:"Four common working hours a day or more, 0 to 1000."`
	Energy        int `yaml:"energy" doc:"Most energy at the same time of day, 0 to 1000."`
	Department    int `yaml:"department" doc:"Different departments, 0 to 1000."`
	Team          int `yaml:"team" doc:"Different teams of one department, 0 to 1000."`
	Newcomer      int `yaml:"newcomer" doc:"Somebody new meets somebody who knows the programme, 0 to 1000."`
	Repeat        int `yaml:"repeat" doc:"Taken off for having met one round ago, 0 to 1000; half as much six rounds later."`
	CommonMinutes int `yaml:"common_minutes" doc:"Common working minutes a day without which two people are not paired, 15 to 480."`
}

// Roster is how the group is read.
type Roster struct {
	EveryHours int `yaml:"every_hours" doc:"Hours from one reading of the group to the next, 1 to 168."`
}

// Consent is what people agree to before anything else happens.
type Consent struct {
	Version string `yaml:"version" doc:"Change it whenever the text changes: everybody is asked again."`
	Text    string `yaml:"text" doc:"The agreement in your words. Empty: rapport's own text."`
}

// Default is what holds where the file says nothing.
func Default() Config {
	return Config{
		Tenant: Tenant{Cloud: "public"},
		Bot:    Bot{ReadBack: true},
		Redis:  Redis{URL: NewSecret("redis://127.0.0.1:6379/0")},
		Web:    Web{Listen: "127.0.0.1:8080"},
		Log:    Log{Level: "info", Format: "json"},
	}
}

// setDefaults gives a programme what holds where the file says nothing about it.
func (p *Programme) setDefaults() {
	*p = Programme{
		Rounds:  Rounds{Every: 2, On: Weekday(3), At: 10 * 60},
		Pulse:   Pulse{Day: 26, At: 10 * 60, OpenDays: 7},
		Session: Session{BookWithinDays: 12, NoticeHours: 24},
		Times:   Times{Fairness: "share", Tentative: "blocks", Unseen: "refuse", Lunch: Stretch{12 * 60, 13 * 60}},
		Pairing: Pairing{Help: 150, Time: 250, Energy: 100, Department: 100, Team: 60, Newcomer: 60,
			Repeat: 400, CommonMinutes: 30},
		Roster:      Roster{EveryHours: 6},
		PollMinutes: 15,
		Consent:     Consent{Version: "1"},
	}
}
