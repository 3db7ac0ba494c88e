# Go, in the version that engine and images are built with, where the machine's own is older or there is none. The module
# proxy serves the tool chain as a module; the digests are of its archives, which the Go checksum database confirms.
wanted=$(<"$root/engine/go-version")
title="bringing Go $wanted"

check() {
  local version
  version=$(go env GOVERSION 2>/dev/null) || return 1
  [ "$(printf '%s\n' "${version#go}" "$wanted" | sort -V | head -n 1)" = "$wanted" ]
}

act() {
  local machine=amd64 digest=30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7
  if [ "$(uname -m)" != x86_64 ]; then
    machine=arm64 digest=02b36b6787b3ac767668f630e2998df45a3b1f9ffee08d1bf3ef6487cd658d99
  fi
  local proxy name=v0.0.1-go$wanted.linux-$machine work
  proxy=$(go env GOPROXY) # any Go knows where modules come from, however old
  work=$(mktemp -d "$ETAGE_CACHE/.go.XXXXXX")
  trap "chmod -R u+w '$work'; rm -rf '$work'" EXIT # now: the variable is gone by then
  logged curl -fsSL --retry 3 -o "$work/go.zip" "${proxy%%[,|]*}/golang.org/toolchain/@v/$name.zip"
  echo "$digest  $work/go.zip" | sha256sum -c --quiet - >&2 || { say "Go's archive is not the one we know"; exit 1; }
  logged unzip -q "$work/go.zip" -d "$work"
  local unpacked=$work/golang.org/toolchain@$name
  chmod -R +x "$unpacked/bin" "$unpacked/pkg/tool" # a module's archive has no modes
  rm -rf "$ETAGE_CACHE/go-$wanted"
  mv -T "$unpacked" "$ETAGE_CACHE/go-$wanted"
  . "$root/bin/environment"
}
