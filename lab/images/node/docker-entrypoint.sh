#!/bin/sh
# As the official image: `docker run node:24 script.js` and `docker run node:24 --version` both reach node.
set -e
if [ "${1#-}" != "${1}" ] || [ -z "$(command -v "${1}")" ] || { [ -f "${1}" ] && ! [ -x "${1}" ]; }; then
  set -- node "$@"
fi
exec "$@"
