#!/usr/bin/env bash
# Runs the tests of oneDNN's GPU engine on two devices that PoCL simulates, in a Debian 13 root that is made once under
# target/.
# Needs root (chroot), debootstrap, and the project built (mvn verify). Usage: native/gpu-sim/run.sh [JUnit class ...]
. "$(dirname "$0")/../root.sh"
root=$project/target/gpu-sim-root
layer=$project/target/native/release/libgpu-sim.so
[ -f "$layer" ] || { echo "there is no $layer: install opencl-headers and run mvn verify" >&2; exit 1; }

if [ ! -f "$root/made" ]; then
    debootstrap --variant=minbase --include=ocl-icd-libopencl1,pocl-opencl-icd,libgomp1,libstdc++6 trixie "$root"
    touch "$root/made"
fi
find_classpath
furnish "$root"

classes=("$@")
[ $# -gt 0 ] || classes=(dev.thalweg.onednn.GpuEngineTest dev.thalweg.backend.DeviceTest dev.thalweg.backend.OpsTest
    dev.thalweg.backend.DeviceFaultsTest dev.thalweg.backend.TwoDevicesTest)
run_java "$root" OPENCL_LAYERS="$layer" POCL_DEVICES="cpu cpu" \
    -- -Dthalweg.test.device=gpu:0 -Dthalweg.test.devices=2 -Dthalweg.test.layer="$layer" \
    "${launcher[@]}" --details=tree $(printf -- '--select-class=%s ' "${classes[@]}")
