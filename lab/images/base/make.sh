#!/bin/bash
# Writes what Docker Hub calls debian:bookworm-slim to stdout, as a tar of the root file system.
# Arguments: work folder, Debian mirror ("": the one that debootstrap knows), CA bundle of this machine.
set -euo pipefail
work=$1 mirror=$2 bundle=$3
root=$work/root

# slim, as the official image: no documentation, no translations, also for what is installed later
mkdir -p "$root/etc/dpkg/dpkg.cfg.d"
cat > "$root/etc/dpkg/dpkg.cfg.d/slim" <<'SLIM'
path-exclude /usr/share/doc/*
path-exclude /usr/share/man/*
path-exclude /usr/share/info/*
path-exclude /usr/share/lintian/*
path-exclude /usr/share/locale/*
path-include /usr/share/locale/locale.alias
SLIM

debootstrap --variant=minbase --include=ca-certificates bookworm "$root" ${mirror:+"$mirror"} >&2
# debootstrap writes down where it took the packages from.
read -r _ mirror _ <"$root/etc/apt/sources.list"
mirror=${mirror%/}

cat > "$root/etc/apt/sources.list" <<SOURCES
deb $mirror bookworm main
deb $mirror bookworm-updates main
deb ${mirror%/debian}/debian-security bookworm-security main
SOURCES
cat > "$root/etc/apt/apt.conf.d/docker" <<'APT'
APT::Install-Recommends "false";
Acquire::Languages "none";
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };
APT
# nothing starts while packages are being installed
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"

# Authorities that this machine trusts and Debian does not (an intercepting proxy, a company's own): builds need them.
mkdir -p "$work/own"
csplit --quiet --elide-empty-files --prefix="$work/own/" --suffix-format='%04d.crt' "$bundle" '/-----BEGIN CERTIFICATE-----/' '{*}'
for certificate in "$work"/own/*.crt; do
  grep -q 'BEGIN CERTIFICATE' "$certificate" || continue
  body=$(sed -n '/BEGIN/,/END/p' "$certificate")
  grep -qF "$(sed -n 2p <<< "$body")" "$root/etc/ssl/certs/ca-certificates.crt" && continue
  echo "$body" > "$root/usr/local/share/ca-certificates/machine-$(basename "$certificate")"
done
chroot "$root" update-ca-certificates >&2

rm -rf "$root"/usr/share/{doc,man,info,lintian}/* "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/log/* "$root"/tmp/*
find "$root/usr/share/locale" -mindepth 1 -maxdepth 1 ! -name locale.alias -exec rm -rf {} +
rm -f "$root/etc/resolv.conf" "$root/etc/hostname" "$root/etc/machine-id"
tar --directory "$root" --numeric-owner --one-file-system --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' --create .
