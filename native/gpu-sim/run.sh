#!/usr/bin/env bash
# Runs the tests of oneDNN's GPU engine on a device that PoCL simulates, in a Debian 13 root that is made once under
# target/.
# Needs root (chroot), debootstrap, and the project built (mvn verify). Usage: native/gpu-sim/run.sh [JUnit class ...]
set -euo pipefail
[ -n "${IN_NAMESPACE:-}" ] || exec env IN_NAMESPACE=1 unshare --mount "$0" "$@"
cd "$(dirname "$0")/../.."
project=$PWD
root=$project/target/gpu-sim-root
# JAVA_HOME, else the newest JDK that is installed: 22 or later.
java_home=${JAVA_HOME:-$(grep -H '^JAVA_VERSION=' /usr/lib/jvm/*/release | tr -d '"' | sort -t= -k2 -V | tail -1 \
    | sed 's,/release:.*,,')}
java_home=$(readlink -f "$java_home")
layer=$project/target/native/release/libgpu-sim.so
mvn -q -B -pl src/core -am generate-test-resources dependency:build-classpath \
    -Dmdep.outputFile="$project/target/gpu-sim-classpath" -Dmdep.includeScope=test
[ -f "$layer" ] || { echo "there is no $layer: install opencl-headers and run mvn verify" >&2; exit 1; }

if [ ! -f "$root/made" ]; then
    debootstrap --variant=minbase --include=ocl-icd-libopencl1,pocl-opencl-icd,libgomp1,libstdc++6 trixie "$root"
    touch "$root/made"
fi

# In a mount namespace of their own (below), mounts end with this script.
mkdir -p "$root/proc" "$root/sys"
mount -t proc proc "$root/proc"
# PoCL asks here how many processors and how much memory there are.
mount -t sysfs sysfs "$root/sys"
for place in "$project" "$java_home" "${MAVEN_REPOSITORY:-$HOME/.m2/repository}"; do
    mkdir -p "$root$place"
    mount --bind "$place" "$root$place"
done

classpath=$project/src/core/target/test-classes:$project/src/core/target/classes
classpath=$classpath:$(cat "$project/target/gpu-sim-classpath")
classes=("$@")
[ $# -gt 0 ] || classes=(dev.thalweg.onednn.GpuEngineTest dev.thalweg.backend.DeviceTest dev.thalweg.backend.OpsTest)
chroot "$root" env HOME=/root OPENCL_LAYERS="$layer" "$java_home/bin/java" \
    --enable-native-access=ALL-UNNAMED -Dthalweg.test.device=gpu:0 -cp "$classpath" \
    org.junit.platform.console.ConsoleLauncher execute --details=tree --disable-banner \
    $(printf -- '--select-class=%s ' "${classes[@]}")
