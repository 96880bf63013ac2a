/*
 * Why recurrent cells run in unified shared memory on Intel's driver, and not in buffers: a kernel is told by
 * clSetKernelArgMemPointerINTEL that an argument is missing, as oneDNN tells it, after it had one that is released by
 * then. A driver that still has the old argument ends the process at the next launch, or reads what is no longer there.
 *   stale-argument buffer   the argument that it had was a buffer, passed by clSetKernelArg
 *   stale-argument usm      it was unified shared memory, passed by the same function as the missing one
 * Ends with 0 if the kernel without the argument was launched.
 */
#define CL_TARGET_OPENCL_VERSION 300
#include <CL/cl.h>
#include <CL/cl_ext.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES = 4096 };

static const char source[] = "kernel void write(global float *to, global float *optional) {"
                             "    if (optional) to[get_global_id(0)] = 7;"
                             "}";

static void *opencl;

static void *function(const char *name) {
    void *found = dlsym(opencl, name);
    if (found == NULL) {
        fprintf(stderr, "OpenCL has no %s\n", name);
        exit(2);
    }
    return found;
}

/* The loader library is that of the system where this runs; where it is built there may be none. */
#define CL(name) ((__typeof__(&(name)))function(#name))

static void check(cl_int status, const char *what) {
    if (status != CL_SUCCESS) {
        fprintf(stderr, "%s: status %d\n", what, status);
        exit(1);
    }
}

static void launch(cl_command_queue queue, cl_kernel kernel) {
    const size_t items = 64;
    check(CL(clEnqueueNDRangeKernel)(queue, kernel, 1, NULL, &items, NULL, 0, NULL, NULL), "launch");
    check(CL(clFinish)(queue), "finish");
}

int main(int count, char **arguments) {
    if (count != 2 || (strcmp(arguments[1], "buffer") != 0 && strcmp(arguments[1], "usm") != 0)) {
        fprintf(stderr, "usage: %s buffer|usm\n", arguments[0]);
        return 2;
    }
    const int unified = strcmp(arguments[1], "usm") == 0;
    opencl = dlopen("libOpenCL.so.1", RTLD_NOW);
    if (opencl == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 2;
    }
    cl_int status;
    cl_platform_id platform;
    cl_device_id device;
    check(CL(clGetPlatformIDs)(1, &platform, NULL), "platforms");
    check(CL(clGetDeviceIDs)(platform, CL_DEVICE_TYPE_GPU, 1, &device, NULL), "devices");
    cl_context context = CL(clCreateContext)(NULL, 1, &device, NULL, NULL, &status);
    check(status, "context");
    cl_command_queue queue = CL(clCreateCommandQueueWithProperties)(context, device, NULL, &status);
    check(status, "queue");
    const char *text = source;
    cl_program program = CL(clCreateProgramWithSource)(context, 1, &text, NULL, &status);
    check(status, "program");
    check(CL(clBuildProgram)(program, 1, &device, "", NULL, NULL), "build");
    cl_kernel kernel = CL(clCreateKernel)(program, "write", &status);
    check(status, "kernel");

    clSetKernelArgMemPointerINTEL_fn set_pointer =
        (clSetKernelArgMemPointerINTEL_fn)CL(clGetExtensionFunctionAddressForPlatform)(
            platform, "clSetKernelArgMemPointerINTEL");
    clDeviceMemAllocINTEL_fn allocate =
        (clDeviceMemAllocINTEL_fn)CL(clGetExtensionFunctionAddressForPlatform)(platform, "clDeviceMemAllocINTEL");
    clMemBlockingFreeINTEL_fn release =
        (clMemBlockingFreeINTEL_fn)CL(clGetExtensionFunctionAddressForPlatform)(platform, "clMemBlockingFreeINTEL");
    if (set_pointer == NULL || allocate == NULL || release == NULL) {
        fprintf(stderr, "the platform has no unified shared memory\n");
        return 2;
    }
    cl_mem to = CL(clCreateBuffer)(context, CL_MEM_READ_WRITE, BYTES, NULL, &status);
    check(status, "buffer");
    check(CL(clSetKernelArg)(kernel, 0, sizeof to, &to), "argument");

    check(set_pointer(kernel, 1, NULL), "missing argument");
    if (unified) {
        void *optional = allocate(context, device, NULL, BYTES, 0, &status);
        check(status, "unified memory");
        check(set_pointer(kernel, 1, optional), "argument");
        launch(queue, kernel);
        check(set_pointer(kernel, 1, NULL), "missing argument");
        check(release(context, optional), "release");
    } else {
        cl_mem optional = CL(clCreateBuffer)(context, CL_MEM_READ_WRITE, BYTES, NULL, &status);
        check(status, "buffer");
        check(CL(clSetKernelArg)(kernel, 1, sizeof optional, &optional), "argument");
        launch(queue, kernel);
        check(set_pointer(kernel, 1, NULL), "missing argument");
        check(CL(clReleaseMemObject)(optional), "release");
    }
    launch(queue, kernel);
    puts("launched without the argument");
    return 0;
}
