package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rapport-dev/rapport/config"
)

// permission is an application permission for Graph that rapport may need.
type permission struct {
	name    string
	why     string
	mailbox bool     // Exchange grants it for single mailboxes (RBAC for Applications); then it is not in the token
	wider   []string // permissions that contain it and more
	needed  func(config.Config) bool
}

func always(config.Config) bool          { return true }
func installs(c config.Config) bool      { return bool(c.Bot.Install) }
func looksUpOurApp(c config.Config) bool { return bool(c.Bot.Install) && c.Bot.CatalogID == "" }
func readsBack(c config.Config) bool     { return bool(c.Bot.ReadBack) }

// permissions are all that rapport ever asks for.
var permissions = []permission{
	{"GroupMember.Read.All", "lists the members of the programmes' groups", false, []string{"Group.Read.All", "Group.ReadWrite.All", "GroupMember.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}, always},
	{"User.Read.All", "reads names, addresses and managers", false, []string{"User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}, always},
	{"MailboxSettings.Read", "reads working hours and time zones of members", true, []string{"MailboxSettings.ReadWrite"}, always},
	{"Calendars.ReadWrite", "reads free/busy, writes events into the service mailbox", true, nil, always},
	{"Mail.ReadWrite", "writes drafts in the service mailbox and finds them again", true, nil, always},
	{"Mail.Send", "sends from the service mailbox", true, nil, always},
	{"TeamsAppInstallation.ReadWriteSelfForUser.All", "brings the Teams app to people (bot.install)", false, []string{"TeamsAppInstallation.ReadWriteForUser.All"}, installs},
	{"AppCatalog.Read.All", "looks up the app in the catalogue (bot.install without bot.catalog_id)", false, []string{"AppCatalog.ReadWrite.All"}, looksUpOurApp},
	{"TeamsAppInstallation.ReadForUser.All", "finds our own chats (bot.read_back)", false, []string{"TeamsAppInstallation.ReadWriteForUser.All"}, readsBack},
	{"Chat.Read.WhereInstalled", "looks whether a card arrived (bot.read_back)", false, []string{"Chat.ReadWrite.WhereInstalled", "Chat.Read.All", "Chat.ReadWrite.All"}, readsBack},
}

// roles compares what an administrator has consented to with what is needed.
func (e *examiner) roles(ctx context.Context) bool {
	have, err := e.app.graph.Roles(ctx)
	if err != nil {
		e.trouble("sign-in", err, "")
		return false
	}
	e.say(fine, "sign-in", "tenant, app and secret are accepted", "")
	e.found = append(e.found, judgeRoles(e.app.cfg, have)...)
	return true
}

func judgeRoles(c config.Config, have []string) (all []finding) {
	used := map[string]bool{}
	for _, p := range permissions {
		if !p.needed(c) {
			continue
		}
		used[p.name] = true
		topic := "permission " + p.name
		wide := slices.IndexFunc(p.wider, func(w string) bool { return slices.Contains(have, w) })
		switch has := slices.Contains(have, p.name); {
		case has && p.mailbox:
			all = append(all, finding{topic, warn, "reaches every mailbox of the tenant; rapport " + p.why, scoping(c, p.name) + "\n" + revoking(c, p.name)})
		case has:
			all = append(all, finding{topic, fine, p.why, ""})
		case wide >= 0:
			used[p.wider[wide]] = true
			all = append(all, finding{topic, warn, p.wider[wide] + " is granted, which is more than rapport needs: it only " + p.why,
				granting(c, p.name) + "\n" + revoking(c, p.wider[wide])})
		case p.mailbox:
			all = append(all, finding{topic, fine, "not granted for the whole tenant, as it should be; whether Exchange grants it for the right mailboxes shows below", ""})
		default:
			all = append(all, finding{topic, fail, "is missing: rapport " + p.why, granting(c, p.name)})
		}
	}
	for _, name := range have {
		if !used[name] {
			all = append(all, finding{"permission " + name, warn, "is granted and rapport never uses it", revoking(c, name)})
		}
	}
	return all
}

// graphApp is the app id of Microsoft Graph, the same in every cloud.
const graphApp = "00000003-0000-0000-c000-000000000000"

// connecting begins what an administrator types into PowerShell.
func connecting(c config.Config) string {
	environment := map[string]string{"gcchigh": " -Environment USGov", "dod": " -Environment USGovDoD", "china": " -Environment China"}[c.Tenant.Cloud]
	return fmt.Sprintf("Connect-MgGraph%s -TenantId %s -Scopes AppRoleAssignment.ReadWrite.All,Application.Read.All\n", environment, c.Tenant.ID) +
		fmt.Sprintf("$app = Get-MgServicePrincipal -Filter \"appId eq '%s'\"; $graph = Get-MgServicePrincipal -Filter \"appId eq '%s'\"\n", c.Tenant.ClientID, graphApp)
}

// granting is the command that consents to a permission.
func granting(c config.Config, name string) string {
	return connecting(c) + fmt.Sprintf("New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $app.Id -PrincipalId $app.Id -ResourceId $graph.Id "+
		"-AppRoleId ($graph.AppRoles | Where-Object Value -eq '%s').Id", name)
}

// revoking is the command that takes a permission back.
func revoking(c config.Config, name string) string {
	return connecting(c) + fmt.Sprintf("Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $app.Id | Where-Object AppRoleId -eq ($graph.AppRoles | Where-Object Value -eq '%s').Id | "+
		"ForEach-Object { Remove-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $app.Id -AppRoleAssignmentId $_.Id }", name)
}

// scoping is the command with which Exchange grants a permission for the programmes' mailboxes.
func scoping(c config.Config, name string) string {
	return strings.Join([]string{
		"in Exchange Online PowerShell, once (RBAC for Applications; it takes effect within two hours), then take the wide one back:",
		fmt.Sprintf("New-ServicePrincipal -AppId %s -ObjectId <object id of the enterprise application> -DisplayName rapport", c.Tenant.ClientID),
		`New-ManagementScope -Name rapport -RecipientRestrictionFilter "MemberOfGroup -eq '<DN of a group with the members and the service mailbox>'"`,
		fmt.Sprintf("New-ManagementRoleAssignment -App %s -Role 'Application %s' -CustomResourceScope rapport", c.Tenant.ClientID, name),
	}, "\n")
}
