package main

import (
	"testing"

	"github.com/rapport-dev/rapport/config"
	"github.com/rapport-dev/rapport/playbooks/match"
)

// Whoever copies the example and fills in secrets must get a program that starts: with zones
// and playbooks that exist.
func TestTheExampleConfigurationCanBeUsedAsItIs(t *testing.T) {
	secrets := map[string]string{"RAPPORT_TENANT_CLIENT_SECRET": "s", "RAPPORT_BOT_APP_SECRET": "s"}
	t.Chdir("../../config")
	if _, err := loadConfig("example.yaml", func(k string) string {
		if v, ok := secrets[k]; ok {
			return v
		}
		return ""
	}); err != nil {
		t.Error(err)
	}
}

func TestAProgrammeThatSetsNoWeightsHasTheStandardOnes(t *testing.T) {
	cfg := simConfigOf(t)
	if got := weightsOf(cfg.Programmes[0].Pairing); got != match.Standard() {
		t.Errorf("%+v", got)
	}
}

func simConfigOf(t *testing.T) config.Config {
	t.Helper()
	w := newTown(t, two())
	return w.cfg
}
