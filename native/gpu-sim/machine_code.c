/*
 * oneDNN tries whether a device of an architecture that it knows takes machine code, and has no engine for it if the
 * driver takes none. Here it is taken, as a kernel that then tells nothing of its arguments; so oneDNN does without
 * machine code, and goes on with its OpenCL C kernels for that architecture.
 */
#define CL_TARGET_OPENCL_VERSION 300
#include "machine_code.h"

#include <string.h>

#define REFUSED "gpu_sim_refused"

static const struct _cl_icd_dispatch *next;

static cl_program CL_API_CALL program_of_binary(cl_context context, cl_uint count, const cl_device_id *devices,
        const size_t *sizes, const unsigned char **binaries, cl_int *statuses, cl_int *status) {
    (void) count, (void) devices, (void) sizes, (void) binaries, (void) statuses;
    const char *text = "__kernel void " REFUSED "(void) {}\n";
    return next->clCreateProgramWithSource(context, 1, &text, NULL, status);
}

static cl_kernel CL_API_CALL kernel_of(cl_program program, const char *name, cl_int *status) {
    cl_int found = CL_SUCCESS;
    cl_kernel kernel = next->clCreateKernel(program, name, &found);
    if (found == CL_INVALID_KERNEL_NAME) {
        kernel = next->clCreateKernel(program, REFUSED, &found);
    }
    if (status) {
        *status = found;
    }
    return kernel;
}

static cl_int CL_API_CALL kernel_info(cl_kernel kernel, cl_kernel_info what, size_t room, void *out, size_t *size) {
    char name[sizeof REFUSED];
    int refused = next->clGetKernelInfo(kernel, CL_KERNEL_FUNCTION_NAME, sizeof name, name, NULL) == CL_SUCCESS
            && strcmp(name, REFUSED) == 0;
    return refused ? CL_INVALID_KERNEL : next->clGetKernelInfo(kernel, what, room, out, size);
}

void gpu_sim_refuse_machine_code(struct _cl_icd_dispatch *layer, const struct _cl_icd_dispatch *target) {
    next = target;
    layer->clCreateProgramWithBinary = program_of_binary;
    layer->clCreateKernel = kernel_of;
    layer->clGetKernelInfo = kernel_info;
}
