#!/usr/bin/env bash
# Runs the tests of oneDNN's GPU engine on two devices that PoCL simulates, in a Debian 13 root that is made once under
# target/.
# Needs root (chroot), debootstrap, and the project built (mvn verify). Usage: native/gpu-sim/run.sh [JUnit class ...]
# Without classes all that is meant for it; with classes those, for GPU_SIM_ARCHITECTURE (9), with java's OPTIONS.
# Ends with 3 where the root cannot be made.
. "$(dirname "$0")/../root.sh"
root=$project/target/gpu-sim-root
layer=$project/target/native/release/libgpu-sim.so
[ -f "$layer" ] || { echo "there is no $layer: install opencl-headers and run mvn verify" >&2; exit 1; }

if [ ! -f "$root/made" ]; then
    rm -rf --one-file-system "$root"
    timeout -k 10 1800 debootstrap --variant=minbase \
        --include=ocl-icd-libopencl1,pocl-opencl-icd,libgomp1,libstdc++6 trixie "$root" \
        || { echo "the root with PoCL cannot be made: debootstrap failed" >&2; exit 3; }
    touch "$root/made"
fi
find_classpath
furnish "$root"

# on_device ARCHITECTURE [what java takes ...]: runs tests on a device that is presented as of that architecture.
on_device() {
    local architecture=$1
    shift
    run_java "$root" OPENCL_LAYERS="$layer" GPU_SIM_ARCHITECTURE="$architecture" POCL_DEVICES="cpu cpu" \
        timeout -k 10 1800 -- -Dthalweg.test.device=gpu:0 -Dthalweg.test.devices=2 -Dthalweg.test.layer="$layer" "$@"
}

# junit CLASS ...: sets arguments to what java takes to run them.
junit() {
    arguments=("${launcher[@]}" --details=tree --fail-if-no-tests $(printf -- '--select-class=%s ' "$@"))
}

# Recurrent cells are refused where oneDNN does not know the architecture.
refused='-Dthalweg.test.refused=.*(LSTM|GRU).*'

if [ $# -gt 0 ]; then
    junit "$@"
    architecture=${GPU_SIM_ARCHITECTURE:-9}
    [ "$architecture" != 9 ] || arguments=("$refused" "${arguments[@]}")
    on_device "$architecture" ${OPTIONS:-} "${arguments[@]}"
    exit
fi
junit dev.thalweg.onednn.GpuEngineTest dev.thalweg.backend.DeviceTest dev.thalweg.backend.OpsTest \
    dev.thalweg.backend.TwoDevicesTest dev.thalweg.backend.DeviceFaultsTest
on_device 9 -Dthalweg.opencl.memory=usm "$refused" "${arguments[@]}"
junit dev.thalweg.backend.DeviceTest dev.thalweg.backend.DeviceFaultsTest dev.thalweg.backend.OpsTest
on_device 9 -Dthalweg.opencl.memory=buffer "$refused" "${arguments[@]}"
junit dev.thalweg.backend.OpsTest
on_device 12 -Dthalweg.opencl.memory=usm -Dthalweg.test.cases='.*(LSTM|GRU).*' "${arguments[@]}"
