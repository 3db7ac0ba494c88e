# The Pulumi engine and its providers.
. "$root/engine/key.sh"
engine=$ETAGE_CACHE/engine-$(engine_key)
title="making the Pulumi engine ready"

check() {
  if [ -x "$engine/bin/pulumi" ]; then
    touch -c "$engine" # still in use: engine/build removes those that nobody used for a month
    [ ! -d "$engine/home/logs" ] || find "$engine/home/logs" -type f -mtime +7 -delete # Pulumi writes one an operation
  else
    [ "$(tail -n 1 "$engine.official" 2>/dev/null)" = yes ] && command -v pulumi >/dev/null
  fi
}

act() { "$root/engine/build" 8>&-; }
