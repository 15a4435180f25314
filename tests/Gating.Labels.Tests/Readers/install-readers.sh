#!/usr/bin/env bash
# Installs the independent readers that the tests hold our labels against, where they are missing and may be installed (Debian, root). Says what it does; never fails a build.
set -uo pipefail

missing=()
for pair in exiftool:libimage-exiftool-perl ffprobe:ffmpeg mediainfo:mediainfo exiv2:exiv2 qpdf:qpdf; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
perl -MArchive::Zip -e1 2>/dev/null || missing+=(libarchive-zip-perl)
/usr/bin/python3 -c 'import mutagen' 2>/dev/null || missing+=(python3-mutagen)
((${#missing[@]} == 0)) && exit 0

if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
  echo "Not installed, and may not be installed here: ${missing[*]}. Tests say which reader they skip."
  exit 0
fi

echo "Installing readers for the label tests: ${missing[*]} (about 20 seconds, 200 MB) …"
export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=120 update -qq && apt-get -o DPkg::Lock::Timeout=120 install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || echo "They could not be installed."
exit 0
