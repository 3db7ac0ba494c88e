package plugin

import (
	"fmt"
	"strings"
)

// versions is "hcloud=1.41.0,docker=5.2.0,…": the npm SDKs' versions in package-lock.json, set by engine/build. The engine
// insists that a plugin is exactly as old as the SDK that asks for it.
var versions string

// Version returns the version of the npm SDK that asks for this plugin, or an error when the build did not say.
func Version(name string) (string, error) { return find(versions, name) }

func find(table, name string) (string, error) {
	for entry := range strings.SplitSeq(table, ",") {
		if key, version, ok := strings.Cut(entry, "="); ok && key == name && version != "" {
			return version, nil
		}
	}
	return "", fmt.Errorf("%s: no version known (built with %q): build it by engine/build", name, table)
}
