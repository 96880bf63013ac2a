#!/usr/bin/env bash
# Runs tests on an emulated 64-bit ARM processor, in a Debian 13 arm64 root that is made once under target/: those of
# the backends (each operation in Java and through oneDNN's arm64 library), of graphs and tensors, and one training.
# Needs root, debootstrap, qemu-user-static and the project compiled (mvn test-compile); takes long.
# Usage: native/arm64/run.sh [what JUnit's console launcher is to select: --select-class=..., --include-tag=...]
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

selected=("$@")
[ $# -gt 0 ] || selected=(--select-package=dev.thalweg.backend --select-package=dev.thalweg.graph
    --select-package=dev.thalweg.tensor --select-class=dev.thalweg.onednn.NativeJarTest
    --select-class=dev.thalweg.onednn.WrapperTest --select-class=dev.thalweg.optim.DescentTest)
# The second compiler of the JVM and several collectors' threads cost more than they gain under emulation.
chroot "$root" env HOME=/root java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx2g \
    --enable-native-access=ALL-UNNAMED -Djava.awt.headless=true -Dthalweg.test.root="$project" \
    -cp "$project/src/core/target/test-classes:$project/src/core/target/classes:$(cat "$classpath")" \
    org.junit.platform.console.ConsoleLauncher execute --details=testfeed --disable-banner "${selected[@]}" \
    --reports-dir="$project/target/arm64-reports"
