# System packages: what must be there (a command, or a file), and the Debian or Ubuntu package that brings it.
needs="
bash bash
git git
curl curl
/etc/ssl/certs/ca-certificates.crt ca-certificates
npm npm
unzip unzip
go golang-go
openssl openssl
docker docker.io
dockerd docker.io
debootstrap debootstrap
ssh openssh-client
ssh-keygen openssh-client
iptables iptables
nft nftables
ip iproute2
rsync rsync
mkfs.ext4 e2fsprogs
mkfs.xfs xfsprogs
losetup mount
flock util-linux
"

# missing prints the packages that are to be installed, each once.
missing() {
  local thing package
  while read -r thing package; do
    [ -n "$thing" ] || continue
    case $thing in
      /*) [ -e "$thing" ] || echo "$package" ;;
      *) command -v "$thing" >/dev/null || PATH=$PATH:/usr/sbin:/sbin command -v "$thing" >/dev/null || echo "$package" ;;
    esac
  done <<<"$needs" | sort -u
}

title="installing system packages: $(missing | tr '\n' ' ')"

check() {
  case $(uname -sm) in
    "Linux x86_64" | "Linux aarch64") [ -z "$(missing)" ] ;;
    *) say "this machine is $(uname -sm); Etage runs on Linux on x86_64 or arm64"; exit 1 ;;
  esac
}

act() {
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    say "cannot install: that takes root on Debian or Ubuntu. Install by hand (names as in Debian): $(missing | tr '\n' ' ')"
    exit 1
  fi
  local packages
  packages=$(missing)
  export DEBIAN_FRONTEND=noninteractive
  logged apt-get update
  # Since Debian 13 the client is a package of its own.
  if grep -qx docker.io <<<"$packages" && apt-cache show docker-cli >/dev/null 2>&1; then packages+=" docker-cli"; fi
  # shellcheck disable=SC2086
  logged apt-get install -y --no-install-recommends $packages
}
