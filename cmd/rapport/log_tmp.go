package main

import (
	"log/slog"
	"os"
)

func demoLog() *slog.Logger { return slog.New(slog.NewTextHandler(os.Stderr, nil)) }
