package plugin

import "testing"

func TestFind(t *testing.T) {
	table := "pulumi=3.250.0,hcloud=1.41.0,empty="
	for name, want := range map[string]string{"pulumi": "3.250.0", "hcloud": "1.41.0", "cloud": "", "empty": "", "": ""} {
		got, err := find(table, name)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("find(%q) = %q, %v; want %q", name, got, err, want)
		}
	}
}
