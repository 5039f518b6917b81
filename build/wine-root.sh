#!/bin/bash
# Makes a Debian 13 in a folder, with its Wine 10, in which build/test-windows.sh runs on an older system. As root; a second call only mounts again.
#   build/wine-root.sh FOLDER        then GROUNDLING_WINE_ROOT=FOLDER build/test-windows.sh
#   build/wine-root.sh FOLDER undo   takes the mounts away, also from what still runs there; then the folder may be deleted
set -euo pipefail
root=$(realpath -m "${1:?which folder}")
tree=$(realpath "$(dirname "$0")/..")
folders=("$tree" "$(realpath -m "${GROUNDLING_WINDOWS:-$tree/artifacts/windows}")" /tmp /dev /proc)

if [[ ${2:-} == undo ]]; then
    for folder in "${folders[@]}"; do mountpoint -q "$root$folder" && umount -R -l "$root$folder" || true; done
    exit
fi
if [[ ! -x $root/usr/bin/wine ]]; then
    command -v debootstrap > /dev/null || apt-get install -y -qq --no-install-recommends debootstrap
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' 'Origin: Debian' 'Label: Debian' | head -1)
    debootstrap --variant=minbase trixie "$root" "$mirror"
    cp -rn /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/" # proxies, say
    chroot "$root" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get install -y -qq --no-install-recommends wine
fi
for folder in "${folders[@]}"; do
    mkdir -p "$folder" "$root$folder"
    mountpoint -q "$root$folder" || { mount --rbind "$folder" "$root$folder" && mount --make-rslave "$root$folder"; }
done
chroot "$root" wine --version 2> /dev/null | tail -1
