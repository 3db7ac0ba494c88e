package main

import (
	"os"
	"path/filepath"
	"testing"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestRequiredPackages(t *testing.T) {
	modules := t.TempDir()
	write(t, modules+"/@pulumi/pulumi/package.json", `{"version": "3.270.0"}`)
	write(t, modules+"/@pulumi/hcloud/package.json", `{"version": "9.9.9", "pulumi": {"resource": true, "name": "hcloud", "version": "1.41.0"}}`)
	write(t, modules+"/@pulumi/plain/package.json", `{"version": "v1.2.3", "pulumi": {"resource": true}}`)
	got, err := requiredPackages(modules)
	if err != nil {
		t.Fatal(err)
	}
	want := [][2]string{{"hcloud", "v1.41.0"}, {"plain", "v1.2.3"}}
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i, w := range want {
		if got[i].Name != w[0] || got[i].Version != w[1] || got[i].Kind != "resource" {
			t.Errorf("package %d: got %v, want %v", i, got[i], w)
		}
	}
}

func TestRequiredPackagesNamesTheBrokenFile(t *testing.T) {
	modules := t.TempDir()
	write(t, modules+"/@pulumi/broken/package.json", `{`)
	if _, err := requiredPackages(modules); err == nil {
		t.Fatal("a broken package.json went unnoticed")
	}
}

func TestFindUp(t *testing.T) {
	root := t.TempDir()
	write(t, root+"/a/there", "")
	write(t, root+"/a/b/c/file", "")
	if got, err := findUp(root+"/a/b/c", "there"); got != root+"/a/there" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := findUp(root, "no-such-file-anywhere"); err == nil {
		t.Error("found a file that is nowhere")
	}
}
