#!/usr/bin/env bash
# Runs tests on an emulated 64-bit ARM processor, in a Debian 13 arm64 root that is made once under target/.
# Needs root, debootstrap, qemu-user-static and the project compiled (mvn test-compile).
# Usage: native/arm64/run.sh [quick | full | what JUnit's console launcher is to select: --select-class=..., ...]
#   quick  each operation in Java and through oneDNN's arm64 library, its wrapper, and one training; the default
#   full   also every other test of core that computes: all of the Java backend's
# QEMU_CPU is the processor; oneDNN takes other kernels on each:
#   neoverse-n1  with Advanced SIMD, as most have (asimd); the default
#   max,sme=off  with SVE too, as wide as it comes (sve_512)
#   max          with SME too, of which oneDNN 3.13 believes that it can do nothing else (Primitive says more)
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

quick=(--select-class=dev.thalweg.backend.OpsTest --select-class=dev.thalweg.train.LearningTest
    --select-class=dev.thalweg.onednn.NativeJarTest --select-class=dev.thalweg.onednn.WrapperTest)
full=()
for package in backend engine graph inference loss memory metric model onednn optim tensor train; do
    full+=(--select-package="dev.thalweg.$package")
done
for class in CloseRaces LimitLeaks Model ModelSettings ModelThreads SeveralPorts TargetsTraining; do
    full+=(--select-class="dev.thalweg.${class}Test")
done
# AbiTest holds the bindings against what the C compiler of the machine found.
full+=(--exclude-classname='.*\.AbiTest')
# What a run allocates is counted after tens of thousands of runs have warmed up the compiler, which is off here.
full+=(--exclude-methodname='.*CompiledGraphsTest#(aRunAllocatesNothing|neitherDoTheOperationsOfDeepNetworks).*')
case "${1:-quick}" in
    quick) selected=("${quick[@]}") ;;
    full) selected=("${full[@]}") ;;
    *) selected=("$@") ;;
esac
# The second compiler of the JVM and several collectors' threads cost more than they gain under emulation, which takes
# some fifty times as long: fewer graphs are drawn and fewer gradients probed than elsewhere, and no test is stopped for
# the time that it takes.
chroot "$root" env HOME=/root QEMU_CPU="${QEMU_CPU:-neoverse-n1}" \
    java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx2g \
    --enable-native-access=ALL-UNNAMED -Djava.awt.headless=true -Dthalweg.test.root="$project" \
    -Dthalweg.test.graphs=20 -Dthalweg.test.probes=20 \
    -cp "$project/src/core/target/test-classes:$project/src/core/target/classes:$(cat "$classpath")" \
    org.junit.platform.console.ConsoleLauncher execute --details=testfeed --disable-banner "${selected[@]}" \
    --config=junit.jupiter.execution.timeout.mode=disabled \
    --reports-dir="$project/target/arm64-reports"
