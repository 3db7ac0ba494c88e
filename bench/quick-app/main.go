// Command quick-app keeps the contract of docs/app-contract.md and does nothing else: it starts at once and has no schema, so
// that what an update of it takes is what the updating takes. It remembers its tenants in a file.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

type tenant struct {
	Slug      string   `json:"slug"`
	Hostnames []string `json:"hostnames"`
	Status    string   `json:"status"`
}

func main() {
	command := "serve"
	if len(os.Args) > 1 {
		command = os.Args[1]
	}
	var err error
	switch command {
	case "serve":
		err = serve()
	case "migrate":
	case "migrations":
		fmt.Println("[]")
	case "tenants":
		err = keepTenants(os.Stdin)
	default:
		err = fmt.Errorf("unknown command %q", command)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func tenantsFile() string { return filepath.Join(os.Getenv("UPLOADS_PATH"), "tenants.json") }

func keepTenants(list io.Reader) error {
	text, err := io.ReadAll(list)
	if err != nil {
		return err
	}
	fresh := tenantsFile() + ".new"
	if err := os.WriteFile(fresh, text, 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, tenantsFile())
}

// findTenant reads the list anew each time: `tenants` may run while this serves.
func findTenant(host string) *tenant {
	text, err := os.ReadFile(tenantsFile())
	if err != nil {
		return nil
	}
	var all []tenant
	if err := json.Unmarshal(text, &all); err != nil {
		return nil
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	for _, one := range all {
		for _, hostname := range append(one.Hostnames, one.Slug+"."+os.Getenv("DOMAIN")) {
			if strings.EqualFold(host, hostname) {
				return &one
			}
		}
	}
	return nil
}

func serve() error {
	release := os.Getenv("RELEASE")
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found := findTenant(r.Host)
		w.Header().Set("x-release", release)
		w.Header().Set("content-type", "application/json")
		answer := map[string]any{"release": release, "tenant": nil}
		if found != nil {
			w.Header().Set("x-tenant", found.Slug)
			answer["tenant"] = found.Slug
		}
		switch {
		case strings.HasPrefix(r.URL.Path, "/health/") || r.URL.Path == "/version":
		case found == nil:
			w.WriteHeader(http.StatusNotFound)
		case found.Status == "suspended":
			w.WriteHeader(http.StatusForbidden)
		}
		json.NewEncoder(w).Encode(answer)
	})
	server := &http.Server{Addr: ":" + os.Getenv("PORT"), Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	told, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	ended := make(chan error, 1)
	go func() {
		<-told.Done()
		ended <- server.Shutdown(context.Background())
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-ended
}
