package mail

import (
	_ "embed"
	"html/template"
	"strings"
)

//go:embed letter.html
var letterHTML string

// The old Outlook draws with Word, which knows no greatest width: it alone is shown a table of
// a fixed one. html/template takes comments out, so these two are handed in.
const (
	msoOpen  = `<!--[if mso]><table role="presentation" width="600" align="center" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->`
	msoClose = `<!--[if mso]></td></tr></table><![endif]-->`
	msoHead  = `<!--[if mso]><style>body,table,td,p,a,h1,h2{font-family:'Segoe UI',Arial,sans-serif!important}</style><xml><o:OfficeDocumentSettings xmlns:o="urn:schemas-microsoft-com:office:office"><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><![endif]-->`
)

var letter = template.Must(template.New("letter").Funcs(template.FuncMap{
	"mso": func(part string) template.HTML {
		return map[string]template.HTML{"open": msoOpen, "close": msoClose, "head": msoHead}[part]
	},
	"rows": func(s string) []string { return strings.Split(s, "\n") },
}).Parse(letterHTML))

func (v *view) html() (string, error) {
	var out strings.Builder
	if err := letter.Execute(&out, v); err != nil {
		return "", &Error{what: "the letter's own template is broken"}
	}
	return out.String(), nil
}
