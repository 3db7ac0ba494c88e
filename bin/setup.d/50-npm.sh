# npm packages of the root, the lab and the app, exactly as locked.
title="installing npm packages"

# stale prints the folders whose packages are missing or not those of the lock file.
stale() {
  local folder
  for folder in . lab app; do
    [ -f "$root/$folder/package-lock.json" ] || continue
    [ "$(stamp "$folder")" = "$(cat "$root/$folder/node_modules/.etage-lock" 2>/dev/null)" ] || echo "$folder"
  done
}

stamp() { sha256sum <"$root/$1/package-lock.json"; }

check() { [ -z "$(stale)" ]; }

act() {
  local folder
  for folder in $(stale); do
    # A copy that borrows another's packages gets its own: npm would empty the other's folder through the link.
    [ ! -L "$root/$folder/node_modules" ] || rm "$root/$folder/node_modules"
    (cd "$root/$folder" && logged npm ci --no-audit --no-fund)
    stamp "$folder" >"$root/$folder/node_modules/.etage-lock"
  done
  # Node keeps what it compiled by path and never forgets: what copies that are gone by now have left.
  find "$NODE_COMPILE_CACHE" -type f -mtime +7 -delete 2>/dev/null || true
}
