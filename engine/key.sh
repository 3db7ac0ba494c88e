# Sourced by engine/build and bin/environment: which engine this clone needs, and where the cache keeps it.
# Expects: root, ETAGE_CACHE.

# engine_versions prints "pulumi=3.250.0,hcloud=1.41.0,…": the engine's version from go.mod, and those of the provider
# SDKs from package-lock.json, since a plugin must say it is exactly as old as the SDK that asks for it.
engine_versions() {
  awk '
    $1 == "github.com/pulumi/pulumi/pkg/v3" { sub(/^v/, "", $2); list = "pulumi=" $2 }
    match($0, /"node_modules\/@pulumi\/(hcloud|docker|cloudflare)": \{/) { split($1, part, /[\/"]/); name = part[4] }
    name && $1 == "\"version\":" { gsub(/[",]/, "", $2); list = list "," name "=" $2; name = "" }
    END { print list }
  ' "$root/engine/go.mod" "$root/package-lock.json"
}

# engine_key prints a hash of everything that decides what is built.
engine_key() {
  {
    engine_versions
    uname -m
    (cd "$root/engine" && find . -type f ! -name '*_test.go' ! -name '*.md' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
  } | sha256sum | cut -c1-16
}
