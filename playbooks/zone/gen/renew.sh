#!/bin/sh
# Renews playbooks/zone/data from its two sources. Run it by `go generate ./playbooks/zone`
# on a machine with apt, zic, npm and Go. Every input is pinned by version and checksum:
# to move on, change the four lines below, run it, run the tests, read the diff of the tests.
set -eu
tzdata=2026f-0+deb12u1
tzdata_sum=1708f2c388c5b602defbc56eba3237a9615f8cd28dbbf2f58d7534ff434af5a6 # of tzdata.zi
cldr=48.2.0
cldr_sum=fa1ee8731ff106b66c003b55af19313a2498bd34ab4ae6261fb937c0b34f21d1 # of windowsZones.json

here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get download -qq "tzdata=$tzdata"
dpkg -x tzdata_*.deb deb
zi=deb/usr/share/zoneinfo/tzdata.zi
echo "$tzdata_sum  $zi" | sha256sum -c -
zic -b slim -d zoneinfo "$zi"

npm pack --silent "cldr-core@$cldr"
tar -xzf cldr-core-*.tgz
windows=package/supplemental/windowsZones.json
echo "$cldr_sum  $windows" | sha256sum -c -
cp package/LICENSE "$here/data/LICENSE.unicode"

version=$(sed -n '1s/^# version //p' "$zi")
cd "$here"
go run ./gen -zoneinfo "$work/zoneinfo" -version "$version" -windows "$work/$windows" -out data
