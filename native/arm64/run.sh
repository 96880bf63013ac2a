#!/usr/bin/env bash
# Runs tests on an emulated 64-bit ARM processor, in a Debian 13 arm64 root that is made once under target/: the Java
# backend's and the operations' tests through oneDNN's arm64 library, and a training.
# Needs root, debootstrap, qemu-user-static and the project compiled (mvn test-compile); takes long.
# Usage: native/arm64/run.sh [JUnit class ...]
set -euo pipefail
[ -n "${IN_NAMESPACE:-}" ] || exec env IN_NAMESPACE=1 unshare --mount "$0" "$@"
cd "$(dirname "$0")/../.."
project=$PWD
root=$project/target/arm64-root
repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository}
qemu=$(command -v qemu-aarch64-static) \
    || { echo "there is no qemu-aarch64-static: install qemu-user-static" >&2; exit 1; }

# The kernel hands ARM programs to qemu, whose file it opens now (F) and so finds again in the root.
[ -e /proc/sys/fs/binfmt_misc/register ] || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
entry=/proc/sys/fs/binfmt_misc/qemu-aarch64
if [ ! -e "$entry" ]; then
    magic='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00'
    mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
    printf '%s' ":qemu-aarch64:M::$magic:$mask:$qemu:F" > /proc/sys/fs/binfmt_misc/register
    trap 'echo -1 > "$entry"' EXIT
fi

if [ ! -f "$root/made" ]; then
    debootstrap --foreign --arch=arm64 --variant=minbase --include=openjdk-25-jre-headless,libgomp1,libstdc++6 \
        trixie "$root"
    chroot "$root" /debootstrap/debootstrap --second-stage
    touch "$root/made"
fi

classpath=$project/target/arm64-classpath
mvn -q -B -Donednn.platform=linux-arm64 -pl src/core -am dependency:build-classpath \
    -Dmdep.outputFile="$classpath" -Dmdep.includeScope=test

# In a mount namespace of their own (above), mounts end with this script.
mkdir -p "$root/proc" "$root/sys"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
for place in "$project" "$repository"; do
    mkdir -p "$root$place"
    mount --bind "$place" "$root$place"
done

classes=("$@")
[ $# -gt 0 ] || classes=(dev.thalweg.backend.OpsTest dev.thalweg.backend.CompiledGraphsTest
    dev.thalweg.backend.PassNumbersTest dev.thalweg.backend.ThreadsTest dev.thalweg.backend.DropoutTest
    dev.thalweg.ModelTest)
chroot "$root" env HOME=/root java --enable-native-access=ALL-UNNAMED -Djava.awt.headless=true \
    -cp "$project/src/core/target/test-classes:$project/src/core/target/classes:$(cat "$classpath")" \
    org.junit.platform.console.ConsoleLauncher execute --details=tree --disable-banner \
    $(printf -- '--select-class=%s ' "${classes[@]}")
