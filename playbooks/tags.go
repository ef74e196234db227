package playbooks

import "strings"

// Tags is the kept list of tags, in alphabetical order. A new one is added here when a second
// playbook would use it, or when people search for it.
var Tags = strings.Fields(`
	advice appreciation artefacts asking assumptions best-self change conflict core
	deadlines decisions defensiveness difficult-conversations emotions evidence feedback
	feedforward first-session good-news gratitude handover ideas interruptions listening
	meetings needs opening paraphrase perspective planning practice promises questions
	rehearsal requests risk role-play self-affirmation silence situation-behaviour-impact
	strengths summary taking-turns trust voices wise-feedback writing`)
