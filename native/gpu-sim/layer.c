/*
 * An OpenCL layer that presents the CPU device of PoCL to oneDNN as an Intel GPU, so that oneDNN's GPU engine can be
 * tested on a machine without one. For tests only. Use: OPENCL_LAYERS=<this library>, with ocl-icd 2.3 or later.
 * GPU_SIM_ARCHITECTURE=12 in the environment presents another architecture than 9.
 */
#define _POSIX_C_SOURCE 200809L
#include "faults.h"
#include <CL/cl_layer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine_code.h"

/* OpenCL C that PoCL lacks or names otherwise; made of prelude.cl when this is built. */
extern const char gpu_sim_prelude[];

/* Of cl_intel_device_attribute_query; headers name them only in some versions. */
enum {
    DEVICE_IP_VERSION = 0x4250,
    DEVICE_ID = 0x4251,
    DEVICE_SLICES = 0x4252,
    DEVICE_SUB_SLICES_PER_SLICE = 0x4253,
    DEVICE_EUS_PER_SUB_SLICE = 0x4254,
    DEVICE_THREADS_PER_EU = 0x4255,
    DEVICE_FEATURES = 0x4256,
    DEVICE_ATOMICS_FIRST = 0x4231,
    DEVICE_ATOMICS_LAST = 0x4233
};

/*
 * Of Gen9 oneDNN knows nothing, and takes its OpenCL C reference kernels. Of 12 it knows the sub-groups' sizes, so that
 * it computes recurrent cells (for Gen9 it divides by zero), and takes more kernels that are made for Intel's.
 */
static cl_uint ip_version(void) {
    const char *architecture = getenv("GPU_SIM_ARCHITECTURE");
    return (architecture ? (cl_uint) strtoul(architecture, NULL, 10) : 9) << 22;
}

static struct _cl_icd_dispatch layer;
static const struct _cl_icd_dispatch *next;

static cl_int answer(const void *value, size_t bytes, size_t room, void *out, size_t *size) {
    if (size) {
        *size = bytes;
    }
    if (out) {
        if (room < bytes) {
            return CL_INVALID_VALUE;
        }
        memcpy(out, value, bytes);
    }
    return CL_SUCCESS;
}

static cl_int answer_text(const char *text, size_t room, void *out, size_t *size) {
    return answer(text, strlen(text) + 1, room, out, size);
}

static cl_int answer_uint(cl_uint value, size_t room, void *out, size_t *size) {
    return answer(&value, sizeof value, room, out, size);
}

static cl_int CL_API_CALL device_info(cl_device_id device, cl_device_info what, size_t room, void *out, size_t *size) {
    const cl_device_type gpu = CL_DEVICE_TYPE_GPU;
    const cl_ulong none = 0;
    if ((what >= DEVICE_ATOMICS_FIRST && what <= DEVICE_ATOMICS_LAST) || what == DEVICE_FEATURES) {
        return answer(&none, sizeof none, room, out, size);
    }
    switch (what) {
    case CL_DEVICE_TYPE: return answer(&gpu, sizeof gpu, room, out, size);
    case CL_DEVICE_VENDOR_ID: return answer_uint(0x8086, room, out, size);
    case CL_DEVICE_VENDOR: return answer_text("Intel(R) Corporation", room, out, size);
    case CL_DEVICE_NAME: return answer_text("PoCL presented as an Intel GPU", room, out, size);
    case DEVICE_IP_VERSION: return answer_uint(ip_version(), room, out, size);
    /* As many as the device that is presented has: oneDNN divides by how many groups of them there are. */
    case CL_DEVICE_MAX_COMPUTE_UNITS: return answer_uint(96, room, out, size);
    case DEVICE_ID: return answer_uint(0x9a49, room, out, size);
    case DEVICE_SLICES: return answer_uint(1, room, out, size);
    case DEVICE_SUB_SLICES_PER_SLICE: return answer_uint(6, room, out, size);
    case DEVICE_EUS_PER_SUB_SLICE: return answer_uint(16, room, out, size);
    case DEVICE_THREADS_PER_EU: return answer_uint(7, room, out, size);
    default: return next->clGetDeviceInfo(device, what, room, out, size);
    }
}

static cl_int CL_API_CALL platform_info(cl_platform_id platform, cl_platform_info what, size_t room, void *out,
        size_t *size) {
    switch (what) {
    case CL_PLATFORM_NAME: return answer_text("Intel(R) OpenCL Graphics", room, out, size);
    case CL_PLATFORM_VENDOR: return answer_text("Intel(R) Corporation", room, out, size);
    default: return next->clGetPlatformInfo(platform, what, room, out, size);
    }
}

static cl_int CL_API_CALL device_ids(cl_platform_id platform, cl_device_type type, cl_uint room, cl_device_id *devices,
        cl_uint *count) {
    if (type != CL_DEVICE_TYPE_ALL && type != CL_DEVICE_TYPE_DEFAULT) {
        if (!(type & CL_DEVICE_TYPE_GPU)) {
            return CL_DEVICE_NOT_FOUND;
        }
        type = CL_DEVICE_TYPE_CPU;
    }
    return next->clGetDeviceIDs(platform, type, room, devices, count);
}

static cl_program CL_API_CALL create_program(cl_context context, cl_uint count, const char **texts,
        const size_t *lengths, cl_int *status) {
    const char **all = malloc(sizeof *all * (count + 1));
    size_t *sizes = malloc(sizeof *sizes * (count + 1));
    if (!all || !sizes) {
        free(all);
        free(sizes);
        if (status) {
            *status = CL_OUT_OF_HOST_MEMORY;
        }
        return NULL;
    }
    all[0] = gpu_sim_prelude;
    sizes[0] = strlen(gpu_sim_prelude);
    for (cl_uint i = 0; i < count; i++) {
        all[i + 1] = texts[i];
        sizes[i + 1] = lengths && lengths[i] ? lengths[i] : strlen(texts[i]);
    }
    cl_program program = next->clCreateProgramWithSource(context, count + 1, all, sizes, status);
    free(all);
    free(sizes);
    return program;
}

/* A kernel that PoCL cannot build is only a status to oneDNN; what the compiler says goes to the standard error. */
static cl_int CL_API_CALL build_program(cl_program program, cl_uint count, const cl_device_id *devices,
        const char *options,
        void(CL_CALLBACK *done)(cl_program, void *), void *user) {
    cl_int failed = gpu_sim_fault_of_build();
    if (failed != CL_SUCCESS) {
        return failed;
    }
    /* PoCL has OpenCL C 1.2 and 3.0, of which the latter holds what oneDNN asks of 2.0. */
    char *newer = options ? strdup(options) : NULL;
    char *standard = newer ? strstr(newer, "-cl-std=CL2.0") : NULL;
    if (standard) {
        standard[strlen("-cl-std=CL")] = '3';
    }
    cl_int status = next->clBuildProgram(program, count, devices, newer, done, user);
    free(newer);
    if (status != CL_SUCCESS) {
        static char log[16384];
        cl_device_id device = NULL;
        next->clGetProgramInfo(program, CL_PROGRAM_DEVICES, sizeof device, &device, NULL);
        next->clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, sizeof log, log, NULL);
        fprintf(stderr, "gpu-sim: a program could not be built (%d): %.8000s\n", status, log);
    }
    return status;
}

CL_API_ENTRY cl_int CL_API_CALL clGetLayerInfo(cl_layer_info what, size_t room, void *out, size_t *size) {
    const cl_layer_api_version version = CL_LAYER_API_VERSION_100;
    switch (what) {
    case CL_LAYER_API_VERSION: return answer(&version, sizeof version, room, out, size);
    case CL_LAYER_NAME: return answer_text("thalweg gpu-sim", room, out, size);
    default: return CL_INVALID_VALUE;
    }
}

CL_API_ENTRY cl_int CL_API_CALL clInitLayer(cl_uint count, const cl_icd_dispatch *target, cl_uint *entries,
        const cl_icd_dispatch **table) {
    size_t bytes = sizeof(void *) * count;
    next = target;
    memcpy(&layer, target, bytes < sizeof layer ? bytes : sizeof layer);
    layer.clGetDeviceInfo = device_info;
    layer.clGetPlatformInfo = platform_info;
    layer.clGetDeviceIDs = device_ids;
    layer.clCreateProgramWithSource = create_program;
    layer.clBuildProgram = build_program;
    gpu_sim_install_faults(&layer, next);
    gpu_sim_refuse_machine_code(&layer, next);
    *entries = sizeof layer / sizeof(void *);
    *table = &layer;
    return CL_SUCCESS;
}
