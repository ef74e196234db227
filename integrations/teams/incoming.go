package teams

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/rapport-dev/rapport/playbooks/prompt"
	"github.com/rapport-dev/rapport/playbooks/roster"
)

// incoming is an activity as the service posts it; only what we use.
type incoming struct {
	Type         string          `json:"type"`
	ID           string          `json:"id"`
	Name         string          `json:"name"`   // of an invoke
	Action       string          `json:"action"` // of an installationUpdate
	ChannelID    string          `json:"channelId"`
	ServiceURL   string          `json:"serviceUrl"`
	ReplyToID    string          `json:"replyToId"`
	Text         string          `json:"text"`
	Locale       string          `json:"locale"`
	Value        json.RawMessage `json:"value"`
	From         account         `json:"from"`
	Recipient    account         `json:"recipient"`
	MembersAdded []account       `json:"membersAdded"`

	MembersRemoved []account `json:"membersRemoved"`
	Conversation   struct {
		ID       string `json:"id"`
		Type     string `json:"conversationType"`
		Group    bool   `json:"isGroup"`
		TenantID string `json:"tenantId"`
	} `json:"conversation"`
	ChannelData struct {
		Tenant struct {
			ID string `json:"id"`
		} `json:"tenant"`
	} `json:"channelData"`
}

type account struct {
	ID     string `json:"id"`
	Object string `json:"aadObjectId"`
}

// objectID is the form of an Entra id. Anything else could never be a person of the roster.
var objectID = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z-]{0,63}$`)

// person answers who sent the activity, "" when it is nobody with an Entra id.
func (a *incoming) person() roster.ID {
	if !objectID.MatchString(a.From.Object) {
		return ""
	}
	return roster.ID(a.From.Object)
}

// tenant tells whether the activity names this tenant, and no other one anywhere.
func (a *incoming) tenant(id string) bool {
	named := false
	for _, t := range []string{a.Conversation.TenantID, a.ChannelData.Tenant.ID} {
		if t == "" {
			continue
		}
		if !strings.EqualFold(t, id) {
			return false
		}
		named = true
	}
	return named
}

// personal tells whether this is somebody's own chat with the bot. A reference to anything
// else is never kept: private cards would land in a channel.
func (a *incoming) personal() bool {
	if a.Conversation.ID == "" || a.Conversation.Group {
		return false
	}
	return a.Conversation.Type == "personal" || a.Conversation.Type == "" && !strings.HasPrefix(a.Conversation.ID, "19:")
}

// concerns tells whether the bot itself is among these members.
func (a *incoming) concerns(members []account) bool {
	for _, m := range members {
		if m.ID == a.Recipient.ID && m.ID != "" {
			return true
		}
	}
	return false
}

// pressesCard is the invoke of a button on a card.
const pressesCard = "adaptiveCard/action"

// kind is the activity in our own words, for counters.
func (a *incoming) kind() string {
	switch {
	case a.Type == "invoke" && a.Name == pressesCard, a.Type == "message" && len(a.Value) > 0:
		return "press"
	case a.Type == "invoke" && (a.Name == opensDialog || a.Name == closesDialog):
		return "dialog"
	case a.Type == "invoke":
		return "unknown invoke"
	case a.Type == "message":
		return "text"
	case a.Type == "messageReaction":
		return "reaction"
	case a.Type == "installationUpdate", a.Type == "conversationUpdate":
		return "installation"
	}
	return "other activity"
}

var mention = regexp.MustCompile(`(?s)<at[^>]*>.*?</at>`)

// said answers what was typed, without the mention of the bot.
func (a *incoming) said() string {
	return strings.TrimSpace(mention.ReplaceAllString(a.Text, " "))
}

// typed is the answer made of typed text.
func (a *incoming) typed() prompt.Answer {
	return prompt.Answer{Key: "said-" + digest(a.Conversation.ID, a.ID), From: a.person(), Text: a.said(), Lang: a.Locale}
}

const (
	maxFields = 64        // inputs of one card
	maxField  = 16 * 1024 // bytes of one input; our own cards ask for far less
)

// pressed is the answer made of a pressed button: the verb, and the data with the inputs
// merged into it. Its key is the same when the service repeats the press with a new id.
func (a *incoming) pressed(verb string, data map[string]json.RawMessage) (prompt.Answer, error) {
	ans := prompt.Answer{From: a.person(), Verb: verb, Lang: a.Locale}
	if ans.Verb == "" {
		ans.Verb = plainValue(data["verb"])
	}
	ans.Ref, ans.Card = plainValue(data["ref"]), plainValue(data["card"])
	if ans.Verb == "" || len(ans.Verb) > 64 || len(ans.Ref) > 256 || len(ans.Card) > 256 || len(data) > maxFields {
		return ans, fmt.Errorf("not an action of ours")
	}
	if v := plainValue(data["version"]); v != "" {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return ans, fmt.Errorf("not an action of ours")
		}
		ans.Version = n
	}
	for id, raw := range data {
		switch v := plainValue(raw); {
		case id == "verb" || id == "ref" || id == "version" || id == "card" || id == "msteams":
		case len(v) > maxField || len(id) > 64:
			return ans, fmt.Errorf("an input is too long")
		default:
			if ans.Fields == nil {
				ans.Fields = map[string]string{}
			}
			ans.Fields[id] = v
		}
	}
	ans.Key = "press-" + digest(a.Conversation.ID, a.ReplyToID, a.From.Object, ans.Verb, ans.Ref, strconv.FormatInt(ans.Version, 10))
	return ans, nil
}

// plainValue reads a string, number or boolean as text; anything else is "".
func plainValue(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	switch t := strings.TrimSpace(string(raw)); {
	case t == "" || t == "null" || t[0] == '{' || t[0] == '[':
		return ""
	default:
		return t
	}
}

// digest makes a short opaque name of several parts; no part can run into the next.
func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}
