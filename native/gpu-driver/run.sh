#!/usr/bin/env bash
# Shows that Intel's own OpenCL driver and compiler take all that we give them, on a machine without an Intel GPU: the
# driver is told which product it has, compiles and submits everything, and computes nothing. In a Debian root with
# the driver, which is made once under target/. Needs root, debootstrap and the project built (mvn verify).
# Usage: native/gpu-driver/run.sh [info | list | sample | all | sources] [product ...]
#   info     the device is found, and what the driver does with a missing argument is what we work around
#   list     and oneDNN's implementations for it are those recorded (OPTIONS=-Dthalweg.test.record=true records them)
#   sample   and some of the cases run, and every update rule; the default
#   all      and all cases run
#   sources  our own kernels compile without a warning
# Ends with 3 where the root cannot be made.
. "$(dirname "$0")/../root.sh"

# Debian's unstable has one version of each. Where these are gone, the script says what there is: put that here, run
# it with "all" and with "sources", record the implementations, and commit all that together.
driver=(intel-opencl-icd=26.27.39122.14-1 intel-ocloc=26.27.39122.14-1 libigc2=2.40.14-1
    libigdgmm12=22.10.2+ds1-1)

# What the driver takes (HardwareInfoOverride): slices, sub-slices of each, execution units of each of those.
declare -A sizes=([tgllp]=1x6x16 [adlp]=1x6x16 [dg1]=1x6x16 [mtl]=1x8x16 [arl]=1x8x16 [dg2]=2x4x16 [pvc]=1x8x8
    [lnl]=1x4x8 [ptl]=1x4x8 [nvls]=1x4x8 [bmg]=1x4x8)
# Products that the compiler names otherwise.
declare -A compiled=([adlp]=adl-p [arl]=arl-h [nvls]=nvl-s)
# Seconds that a product may take where no kernel has been compiled before; for sources, a file of them.
declare -A limits=([info]=120 [list]=600 [sample]=300 [all]=7200 [sources]=120)

extent=${1:-sample}
shift $(($# > 0 ? 1 : 0))
products=("$@")
[ $# -gt 0 ] || products=(tgllp adlp dg1 mtl arl dg2 pvc lnl ptl nvls bmg)
for product in "${products[@]}"; do
    : "${sizes[$product]:?"$product is none of ${!sizes[*]}"}"
done
limit=${limits[$extent]:?"is none of ${!limits[*]}"}
root=$project/target/gpu-driver-root
work=$project/target/gpu-driver

not_made() {
    echo "the root with Intel's driver cannot be made: $1" >&2
    exit 3
}

in_root() {
    timeout -k 10 900 chroot "$root" env DEBIAN_FRONTEND=noninteractive "$@"
}

make_root() {
    local package there
    rm -rf --one-file-system "$root"
    timeout -k 10 1800 debootstrap --variant=minbase --include=libgomp1,libstdc++6 trixie "$root" \
        || not_made "debootstrap failed"
    echo 'deb http://deb.debian.org/debian sid main' > "$root/etc/apt/sources.list.d/sid.list"
    printf 'Package: *\nPin: release a=unstable\nPin-Priority: 100\n' > "$root/etc/apt/preferences.d/sid"
    # A mirror may lag behind; signatures are checked all the same.
    in_root apt-get -qq -o Acquire::Check-Valid-Until=false update || not_made "apt-get update failed"
    for package in "${driver[@]}"; do
        there=$(in_root apt-cache madison "${package%=*}" | awk '{ print $3 }' | paste -sd ' ')
        case " $there " in
            *" ${package#*=} "*) ;;
            *) not_made "Debian has ${package%=*} $there, and no ${package#*=} any more; $0 says what to do" ;;
        esac
    done
    in_root apt-get -qq install -y --no-install-recommends -t sid "${driver[@]}" ocl-icd-libopencl1 >/dev/null \
        || not_made "apt-get install failed"
    echo "${driver[@]}" > "$root/made"
}

# drive PRODUCT: sets driven to what the driver's environment is, so that it takes the machine for one with two of that
# product. All keys are the driver's own and for its developers: it simulates the devices, needs no library that would
# compute, and is to wait in the way that ends when nothing is computed.
drive() {
    driven=(NEOReadDebugKeys=1 SetCommandStreamReceiver=1 UseAubStream=0
        ProductFamilyOverride="$1" HardwareInfoOverride="${sizes[$1]}" CreateMultipleRootDevices=2
        EnableTimestampWaitForQueues=0 EnableTimestampWaitForEvents=0
        DoCpuCopyOnReadBuffer=1 DoCpuCopyOnWriteBuffer=1
        NEO_CACHE_PERSISTENT=1 NEO_CACHE_DIR="$work/kernels" NEO_CACHE_MAX_SIZE=4294967296)
}

# run_product NAME: the tests, and whether what they made is fit to be fast.
run_product() {
    drive "$1"
    # With the log of what oneDNN makes; what it only lists, GpuDriverTest looks at.
    run_java "$root" "${driven[@]}" ONEDNN_VERBOSE=profile_create timeout -k 10 "$limit" \
        -- -Dthalweg.test.driver="$extent" -Dthalweg.test.product="$1" ${OPTIONS:-} \
        "${launcher[@]}" --details=testfeed --select-class=dev.thalweg.backend.GpuDriverTest || return
    grep -q ', computes in \[FLOAT32' "$work/$1-$extent.log" || { echo "no test has found the device"; return 1; }
    no_reference_kernels "$1" || return
    [ "$extent" != info ] || missing_arguments
}

# On Meteor Lake, oneDNN's matrix product takes no gradients of weights in short floats that come of a batch of one.
declare -A exceptions=([mtl]='inner_product,ocl:ref:any,backward_weights,.*:(bf16|f16).*,mb1ic[0-9]')

# no_reference_kernels PRODUCT: by what oneDNN has logged, no convolution or product that it made is one, itself or in
# another primitive.
no_reference_kernels() {
    local made heavy='(de)?convolution|inner_product|matmul|gemm'
    made=$(grep -E "^onednn_verbose,v1,primitive,create:[^,]*,gpu:[0-9]+,($heavy)," \
        "$work/$1-$extent.log" | cut -d, -f6-) || true
    if [ "$extent" = sample ] || [ "$extent" = all ]; then
        [ "$(grep -c '^convolution,jit:' <<<"$made")" -gt 0 ] || { echo "oneDNN has logged no convolution"; return 1; }
    fi
    ! grep -E '^[a-z_]+,([a-z]+:)*(ref|naive)\b' <<<"$made" | grep -vE "^${exceptions[$1]:-none}" | sort -u \
        || { echo "these are reference kernels"; return 1; }
}

# What gpu-driver/stale_argument.c shows: why recurrent cells run in unified shared memory alone.
missing_arguments() {
    local program=$project/target/native/release/stale-argument kind status
    [ -f "$program" ] || { echo "there is no $program: install opencl-headers and run mvn verify"; return 1; }
    for kind in usm buffer; do
        status=0
        chroot "$root" env "${driven[@]}" timeout -k 10 60 "$program" "$kind" || status=$?
        echo "a missing argument after one in $kind: $status"
        case $kind-$status in
            usm-0 | buffer-134) ;;
            buffer-0) echo "the driver is mended: recurrent cells can be tried in buffers" ;;
            *) return 1 ;;
        esac
    done
}

# compile_sources PRODUCT: by the compiler's own program, which takes warnings for errors.
compile_sources() {
    local source
    for source in "$work/sources"/*.cl; do
        timeout -k 10 "$limit" chroot "$root" ocloc compile -file "$source" -device "${compiled[$1]:-$1}" \
            -options -Werror -out_dir "$work/compiled" || return
    done
}

mkdir -p "$work/kernels"
[ "$(cat "$root/made" 2>/dev/null)" = "${driver[*]}" ] || make_root
find_classpath
furnish "$root"
check=run_product
if [ "$extent" = sources ]; then
    check=compile_sources
    rm -rf "$work/sources"
    mkdir "$work/sources"
    run_java "$root" timeout -k 10 60 -- dev.thalweg.backend.onednn.OpenClSources "$work/sources"
fi

failed=()
for product in "${products[@]}"; do
    start=$SECONDS
    log=$work/$product-$extent.log
    status=0
    $check "$product" >"$log" 2>&1 || status=$?
    if [ $status = 0 ]; then
        echo "$product: $extent passed in $((SECONDS - start)) s"
    else
        # 124: it took too long; 134 and 139: the driver has ended the process.
        echo "$product: $extent ended with $status after $((SECONDS - start)) s; $log ends so:" >&2
        tail -40 "$log" >&2
        failed+=("$product")
    fi
done
[ ${#failed[@]} = 0 ] || { echo "failed: ${failed[*]}" >&2; exit 1; }
