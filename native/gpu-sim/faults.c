/*
 * Faults of the simulated GPU: a test says which call of which function of OpenCL is to fail, with what status, and
 * whether the device is lost from then on. It calls the functions at the end, in the process that loaded the layer.
 */
#include "faults.h"
#include <CL/cl_ext.h>
#include <pthread.h>
#include <string.h>

/* What can fail: what uses the device, and what frees its objects. */
#define USES(X) \
    X(clCreateBuffer) X(clEnqueueNDRangeKernel) X(clEnqueueReadBuffer) X(clEnqueueWriteBuffer) \
    X(clEnqueueFillBuffer) X(clEnqueueCopyBuffer) X(clFinish) X(clBuildProgram)
/* The same of unified shared memory, for whose functions each platform is asked by name. */
#define UNIFIED(X) \
    X(clDeviceMemAllocINTEL) X(clEnqueueMemcpyINTEL) X(clEnqueueMemFillINTEL) X(clMemBlockingFreeINTEL)
#define RELEASES(X) \
    X(clReleaseMemObject, cl_mem) X(clReleaseKernel, cl_kernel) X(clReleaseProgram, cl_program) \
    X(clReleaseCommandQueue, cl_command_queue) X(clReleaseContext, cl_context)

enum function {
#define NUMBER(name, ...) OF_##name,
    USES(NUMBER) UNIFIED(NUMBER) RELEASES(NUMBER) FUNCTIONS
};

static const char *const names[] = {
#define NAME(name, ...) #name,
    USES(NAME) UNIFIED(NAME) RELEASES(NAME)
};

static const struct _cl_icd_dispatch *next;
#define FOUND(name) static name##_fn next_##name;
UNIFIED(FOUND)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned calls[FUNCTIONS];
static unsigned failures;
/* So many calls of that function until one fails, 0 for none. */
static unsigned left;
static int failing;
static cl_int failure;
static int loses;
static int lost;

/* Counts a call; with what status it fails, CL_SUCCESS if it does not. */
static cl_int fault(enum function function) {
    cl_int status = CL_SUCCESS;
    pthread_mutex_lock(&lock);
    calls[function]++;
    if (left > 0 && (int) function == failing && --left == 0) {
        lost = loses;
        status = failure;
    } else if (lost) {
        status = failure;
    }
    failures += status != CL_SUCCESS;
    pthread_mutex_unlock(&lock);
    return status;
}

static cl_mem CL_API_CALL create_buffer(cl_context context, cl_mem_flags flags, size_t bytes, void *host,
        cl_int *status) {
    cl_int failed = fault(OF_clCreateBuffer);
    if (failed == CL_SUCCESS) {
        return next->clCreateBuffer(context, flags, bytes, host, status);
    }
    if (status) {
        *status = failed;
    }
    return NULL;
}

#define OR_FAIL(function, ...) \
    cl_int failed = fault(OF_##function); \
    return failed != CL_SUCCESS ? failed : next->function(__VA_ARGS__)

static cl_int CL_API_CALL enqueue_kernel(cl_command_queue queue, cl_kernel kernel, cl_uint dimensions,
        const size_t *offset, const size_t *items, const size_t *group, cl_uint count, const cl_event *events,
        cl_event *event) {
    OR_FAIL(clEnqueueNDRangeKernel, queue, kernel, dimensions, offset, items, group, count, events, event);
}

static cl_int CL_API_CALL enqueue_read(cl_command_queue queue, cl_mem buffer, cl_bool blocks, size_t offset,
        size_t bytes, void *to, cl_uint count, const cl_event *events, cl_event *event) {
    OR_FAIL(clEnqueueReadBuffer, queue, buffer, blocks, offset, bytes, to, count, events, event);
}

static cl_int CL_API_CALL enqueue_write(cl_command_queue queue, cl_mem buffer, cl_bool blocks, size_t offset,
        size_t bytes, const void *from, cl_uint count, const cl_event *events, cl_event *event) {
    OR_FAIL(clEnqueueWriteBuffer, queue, buffer, blocks, offset, bytes, from, count, events, event);
}

static cl_int CL_API_CALL enqueue_fill(cl_command_queue queue, cl_mem buffer, const void *pattern, size_t size,
        size_t offset, size_t bytes, cl_uint count, const cl_event *events, cl_event *event) {
    OR_FAIL(clEnqueueFillBuffer, queue, buffer, pattern, size, offset, bytes, count, events, event);
}

static cl_int CL_API_CALL enqueue_copy(cl_command_queue queue, cl_mem from, cl_mem to, size_t offset,
        size_t to_offset, size_t bytes, cl_uint count, const cl_event *events, cl_event *event) {
    OR_FAIL(clEnqueueCopyBuffer, queue, from, to, offset, to_offset, bytes, count, events, event);
}

static cl_int CL_API_CALL finish(cl_command_queue queue) {
    OR_FAIL(clFinish, queue);
}

cl_int gpu_sim_fault_of_build(void) {
    return fault(OF_clBuildProgram);
}

/* What is freed is freed all the same: a lost device must not be a leak. */
#define RELEASE(function, type) \
    static cl_int CL_API_CALL of_##function(type object) { \
        cl_int failed = fault(OF_##function); \
        cl_int status = next->function(object); \
        return failed != CL_SUCCESS ? failed : status; \
    }
RELEASES(RELEASE)

static void *CL_API_CALL allocate_unified(cl_context context, cl_device_id device,
        const cl_mem_properties_intel *properties, size_t bytes, cl_uint alignment, cl_int *status) {
    cl_int failed = fault(OF_clDeviceMemAllocINTEL);
    if (failed == CL_SUCCESS) {
        return next_clDeviceMemAllocINTEL(context, device, properties, bytes, alignment, status);
    }
    if (status) {
        *status = failed;
    }
    return NULL;
}

static cl_int CL_API_CALL copy_unified(cl_command_queue queue, cl_bool blocks, void *to, const void *from,
        size_t bytes, cl_uint count, const cl_event *events, cl_event *event) {
    cl_int failed = fault(OF_clEnqueueMemcpyINTEL);
    return failed != CL_SUCCESS ? failed
                                : next_clEnqueueMemcpyINTEL(queue, blocks, to, from, bytes, count, events, event);
}

static cl_int CL_API_CALL fill_unified(cl_command_queue queue, void *place, const void *pattern, size_t size,
        size_t bytes, cl_uint count, const cl_event *events, cl_event *event) {
    cl_int failed = fault(OF_clEnqueueMemFillINTEL);
    return failed != CL_SUCCESS ? failed
                                : next_clEnqueueMemFillINTEL(queue, place, pattern, size, bytes, count, events, event);
}

static cl_int CL_API_CALL free_unified(cl_context context, void *place) {
    cl_int failed = fault(OF_clMemBlockingFreeINTEL);
    cl_int status = next_clMemBlockingFreeINTEL(context, place);
    return failed != CL_SUCCESS ? failed : status;
}

/* Notes a function, and answers with the one that may fail instead. */
#define INSTEAD(function, other) \
    if (strcmp(name, #function) == 0) { \
        next_##function = (function##_fn) found; \
        return (void *) other; \
    }

static void *CL_API_CALL extension_function(cl_platform_id platform, const char *name) {
    void *found = next->clGetExtensionFunctionAddressForPlatform(platform, name);
    if (found) {
        INSTEAD(clDeviceMemAllocINTEL, allocate_unified)
        INSTEAD(clEnqueueMemcpyINTEL, copy_unified)
        INSTEAD(clEnqueueMemFillINTEL, fill_unified)
        INSTEAD(clMemBlockingFreeINTEL, free_unified)
    }
    return found;
}

void gpu_sim_install_faults(struct _cl_icd_dispatch *layer, const struct _cl_icd_dispatch *target) {
    next = target;
    layer->clCreateBuffer = create_buffer;
    layer->clEnqueueNDRangeKernel = enqueue_kernel;
    layer->clEnqueueReadBuffer = enqueue_read;
    layer->clEnqueueWriteBuffer = enqueue_write;
    layer->clEnqueueFillBuffer = enqueue_fill;
    layer->clEnqueueCopyBuffer = enqueue_copy;
    layer->clFinish = finish;
    layer->clGetExtensionFunctionAddressForPlatform = extension_function;
#define INSTALL(function, type) layer->function = of_##function;
    RELEASES(INSTALL)
}

static int number(const char *function) {
    for (int i = 0; i < FUNCTIONS; i++) {
        if (strcmp(names[i], function) == 0) {
            return i;
        }
    }
    return -1;
}

/* How often a function was called since the process began; failed calls count. ~0 for one that cannot fail. */
unsigned gpu_sim_calls(const char *function) {
    int of = number(function);
    pthread_mutex_lock(&lock);
    unsigned count = of < 0 ? ~0u : calls[of];
    pthread_mutex_unlock(&lock);
    return count;
}

/*
 * From now on all works, until that call of a function which is the nth from now, 1 for the next: it fails; where the
 * device is to be lost by that, so does every call after it. With nth = 0 none fails. How many calls have failed
 * since this was called before.
 */
unsigned gpu_sim_fail(const char *function, unsigned nth, cl_int status, int device_lost) {
    pthread_mutex_lock(&lock);
    unsigned before = failures;
    failures = 0;
    failing = number(function);
    left = nth;
    failure = status;
    loses = device_lost;
    lost = 0;
    pthread_mutex_unlock(&lock);
    return before;
}
