#!/usr/bin/env bash
# Writes src/core/src/generated/java anew. Needs jextract 22 (on the PATH or in JEXTRACT_HOME), oneDNN's headers
# as Maven unpacks them (`mvn -pl src/core -am generate-test-resources`) and the OpenCL 3.0 headers
# (Debian: opencl-headers).
set -euo pipefail
cd "$(dirname "$0")/../.."

jextract="${JEXTRACT_HOME:+$JEXTRACT_HOME/bin/}jextract"
if ! command -v "$jextract" >/dev/null; then
    echo "jextract 22 is not installed: put it on the PATH or set JEXTRACT_HOME to its directory" >&2
    exit 1
fi
if ! "$jextract" --version 2>&1 | grep -q '^jextract 22'; then
    echo "jextract 22 is needed (later versions call methods that Java 22 lacks), got:" \
        "$("$jextract" --version 2>&1 | head -n 1)" >&2
    exit 1
fi
dnnl=$(echo target/onednn/org/bytedeco/dnnl/*/include)
if [ ! -d "$dnnl" ]; then
    echo "oneDNN's headers are not unpacked: run mvn -pl src/core -am generate-test-resources first" >&2
    exit 1
fi
opencl="${OPENCL_INCLUDE:-/usr/include}"
if [ ! -f "$opencl/CL/cl.h" ]; then
    echo "the OpenCL headers are not installed: no $opencl/CL/cl.h (Debian: opencl-headers, or set OPENCL_INCLUDE)" >&2
    exit 1
fi

rm -rf src/core/src/generated/java
"$jextract" -I "$dnnl" -t dev.thalweg.onednn.c --header-class-name Dnnl --output src/core/src/generated/java \
    @native/jextract/onednn.includes native/jextract/onednn.h
"$jextract" -DCL_TARGET_OPENCL_VERSION=300 -t dev.thalweg.opencl.c --header-class-name OpenCl \
    --output src/core/src/generated/java \
    @native/jextract/opencl.includes "$opencl/CL/cl.h"
