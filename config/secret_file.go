package config

import (
	"os"
	"strings"
	"sync"
)

// secretFile is the file a secret came from.
type secretFile struct {
	path string

	mu    sync.Mutex
	seen  os.FileInfo // when it was read; nil = not since the start
	value string
}

// Now answers the value as it is now: a secret that came from a file is read again when the
// file has changed, so that a new one needs no restart. While the file cannot be read, or is
// empty, the value before holds. Other secrets never change.
func (s Secret) Now() string {
	if s.file == nil {
		return s.Reveal()
	}
	return s.file.now()
}

func (f *secretFile) now() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	// Stat follows the links by which Kubernetes swaps a mounted secret.
	info, err := os.Stat(f.path)
	if err != nil || f.seen != nil && os.SameFile(f.seen, info) && f.seen.ModTime().Equal(info.ModTime()) && f.seen.Size() == info.Size() {
		return f.value
	}
	data, err := os.ReadFile(f.path)
	if text := strings.TrimSpace(string(data)); err == nil && text != "" {
		f.seen, f.value = info, text
	}
	return f.value
}
