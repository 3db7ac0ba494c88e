# Sourced by engine/build: Pulumi's own engine, where there is one. Expects: target, version().

# use_official succeeds when the `pulumi` on PATH is recent enough and has, or can get, the plugins that our SDKs ask for.
# The answer is kept beside the engine, for as long as the same program answers to the name.
use_official() {
  local found decided=$target.official
  found=$(official_pulumi) || return 1
  if [ -f "$decided" ] && [ "$(head -n 1 "$decided")" = "$found" ]; then
    [ "$(tail -n 1 "$decided")" = yes ]
    return
  fi
  local answer=no
  ! has_plugins "${found%% *}" || answer=yes
  printf '%s\n%s\n' "$found" "$answer" >"$decided"
  [ "$answer" = yes ]
}

# official_pulumi prints path and version of the `pulumi` on PATH that none of our builds put there.
official_pulumi() {
  local path said
  path=$(command -v pulumi) || return 1
  case $path in "$ETAGE_CACHE"/*) return 1 ;; esac
  said=$(timeout 10 "$path" version 2>/dev/null) || return 1
  said=${said#v}
  # The stashes that keep generated secrets exist since our own build's version.
  [ "$(printf '%s\n' "$said" "$(version pulumi)" | sort -V | head -n 1)" = "$(version pulumi)" ] || return 1
  echo "$path $said"
}

# has_plugins PULUMI: installs what is missing, and gives up within seconds where Pulumi's servers cannot be reached.
has_plugins() {
  local name list
  list=$(timeout 20 "$1" plugin ls --json 2>/dev/null) || return 1
  list=$(tr -d ' \n' <<<"$list")
  for name in hcloud docker cloudflare; do
    local wanted; wanted=$(version "$name")
    [[ $list != *"\"name\":\"$name\",\"kind\":\"resource\",\"version\":\"$wanted\""* ]] || continue
    curl -fsS -o /dev/null --connect-timeout 3 --max-time 10 -r 0-0 \
      "https://get.pulumi.com/releases/plugins/pulumi-resource-$name-v$wanted-linux-amd64.tar.gz" 2>/dev/null || return 1
    echo "engine: fetching Pulumi's $name provider $wanted" >&2
    timeout 300 "$1" plugin install resource "$name" "$wanted" >&2 || return 1
  done
}
