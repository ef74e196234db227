// Command rapport runs peer-coaching programmes inside Microsoft 365.
//
// It makes one program out of config, playbooks, jobs and integrations: see app.go for how
// they meet. It decides nothing itself.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := root().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "rapport:", err)
		os.Exit(1)
	}
}
