package manifest

// The parts of the manifest that we use, in the order in which they are written.

const (
	schemaBase = "https://developer.microsoft.com/json-schemas/teams/v1.29/"
	schemaApp  = schemaBase + "MicrosoftTeams.schema.json"
	schemaText = schemaBase + "MicrosoftTeams.Localization.schema.json"
)

type app struct {
	Schema       string            `json:"$schema"`
	Format       string            `json:"manifestVersion"`
	Version      string            `json:"version"`
	ID           string            `json:"id"`
	Localization localization      `json:"localizationInfo"`
	Developer    developer         `json:"developer"`
	Name         name              `json:"name"`
	Description  name              `json:"description"`
	Icons        map[string]string `json:"icons"`
	Accent       string            `json:"accentColor"`
	Bots         []bot             `json:"bots"`
	Scope        string            `json:"defaultInstallScope"`
	Domains      []string          `json:"validDomains"`
	Entra        entra             `json:"webApplicationInfo"`
}

type localization struct {
	Default string        `json:"defaultLanguageTag"`
	More    []translation `json:"additionalLanguages"`
}

type translation struct {
	Tag  string `json:"languageTag"`
	File string `json:"file"`
}

type developer struct {
	Name    string `json:"name"`
	Website string `json:"websiteUrl"`
	Privacy string `json:"privacyUrl"`
	Terms   string `json:"termsOfUseUrl"`
}

type name struct {
	Short string `json:"short"`
	Full  string `json:"full"`
}

type bot struct {
	ID       string        `json:"botId"`
	Scopes   []string      `json:"scopes"`
	Commands []commandList `json:"commandLists"`
}

type commandList struct {
	Scopes   []string  `json:"scopes"`
	Commands []command `json:"commands"`
}

type command struct {
	Title       string `json:"title"`
	Description string `json:"description"`
}

// entra ties the Teams app to the registration: without it Graph lets nobody install the app
// for others.
type entra struct {
	ID       string `json:"id"`
	Resource string `json:"resource"`
}

// accent is the ground of the icon.
const accent = "#174A5B"

// personal is the only place where the bot speaks: a person's own chat. In a team or a group
// chat, others would read along.
var personal = []string{"personal"}

func (o Options) app(said text, further []translation) app {
	return app{
		Schema: schemaApp, Format: "1.29", Version: o.Version, ID: o.AppID,
		Localization: localization{Default: english, More: further},
		Developer:    developer{o.Developer, o.PublicURL, o.PrivacyURL, o.TermsURL},
		Name:         name{o.Name, o.Name},
		Description:  name{said.Short, said.Full},
		Icons:        map[string]string{"color": "color.png", "outline": "outline.png"},
		Accent:       accent,
		Bots:         []bot{{ID: o.AppID, Scopes: personal, Commands: []commandList{{Scopes: personal, Commands: said.Commands}}}},
		Scope:        "personal",
		Domains:      []string{o.host()},
		Entra:        entra{o.AppID, o.PublicURL},
	}
}
