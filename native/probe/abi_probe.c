/*
 * Writes as JSON what the C compiler and oneDNN's library say of everything that the generated Java bindings name: the
 * value of every constant, size, alignment and offsets of every struct, and whether the library exports every function.
 * A test compares it with the Java side.
 *
 *     abi_probe <oneDNN library> <output file>
 */
#include <dlfcn.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <oneapi/dnnl/dnnl.h>
#include <oneapi/dnnl/dnnl_ocl_types.h>

#ifdef PROBE_OPENCL
#define CL_TARGET_OPENCL_VERSION 300
#include <CL/cl.h>
#endif

static FILE *out;
static const char *separator;

static void begin(const char *section) {
    fprintf(out, "%s\n  \"%s\": {", separator, section);
    separator = "";
}

static void end(void) {
    fprintf(out, "\n  }");
    separator = ",";
}

static void number(const char *name, long long value) {
    fprintf(out, "%s\n    \"%s\": %lld", separator, name, value);
    separator = ",";
}

static void structure(const char *name, size_t size, size_t alignment) {
    fprintf(out, "%s\n    \"%s\": {\"size\": %zu, \"alignment\": %zu", separator, name, size, alignment);
    separator = ",";
}

/* A list of names is expanded three times, each time with all macros but one empty. */
#define IGNORE(name)

#define STRUCT(type) structure(#type, sizeof(type), alignof(type))
#define FIELD(type, field) fprintf(out, ", \"%s\": %zu", #field, offsetof(type, field))
#define END_STRUCT() fprintf(out, "}")

static void constants(void) {
    begin("constants");
#define DNNL_CONSTANT(name) number(#name, (long long)(intptr_t)(name));
#define DNNL_FUNCTION IGNORE
#define DNNL_MISSING IGNORE
#include "onednn_names.inc"
#undef DNNL_CONSTANT
#undef DNNL_FUNCTION
#undef DNNL_MISSING
    end();
}

static void structs(void) {
    begin("structs");
    STRUCT(dnnl_exec_arg_t);
    FIELD(dnnl_exec_arg_t, arg);
    FIELD(dnnl_exec_arg_t, memory);
    END_STRUCT();
    STRUCT(dnnl_version_t);
    FIELD(dnnl_version_t, major);
    FIELD(dnnl_version_t, minor);
    FIELD(dnnl_version_t, patch);
    FIELD(dnnl_version_t, hash);
    FIELD(dnnl_version_t, cpu_runtime);
    FIELD(dnnl_version_t, gpu_runtime);
    END_STRUCT();
    end();
}

static void symbols(void *library) {
    begin("symbols");
#define DNNL_CONSTANT IGNORE
#define DNNL_FUNCTION(name) number(#name, dlsym(library, #name) != NULL);
#define DNNL_MISSING IGNORE
#include "onednn_names.inc"
#undef DNNL_CONSTANT
#undef DNNL_FUNCTION
#undef DNNL_MISSING
    end();
}

static void missing(void) {
    begin("missing");
#define DNNL_CONSTANT IGNORE
#define DNNL_FUNCTION IGNORE
#define DNNL_MISSING(name) number(#name, 1);
#include "onednn_names.inc"
#undef DNNL_CONSTANT
#undef DNNL_FUNCTION
#undef DNNL_MISSING
#ifdef PROBE_OPENCL
#define OPENCL_CONSTANT IGNORE
#define OPENCL_FUNCTION IGNORE
#define OPENCL_MISSING(name) number(#name, 1);
#include "opencl_names.inc"
#undef OPENCL_CONSTANT
#undef OPENCL_FUNCTION
#undef OPENCL_MISSING
#endif
    end();
}

#ifdef PROBE_OPENCL
static void opencl(void) {
    begin("opencl constants");
#define OPENCL_CONSTANT(name) number(#name, (long long)(intptr_t)(name));
#define OPENCL_FUNCTION IGNORE
#define OPENCL_MISSING IGNORE
#include "opencl_names.inc"
#undef OPENCL_CONSTANT
#undef OPENCL_FUNCTION
#undef OPENCL_MISSING
    end();
}
#endif

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: %s <oneDNN library> <output file>\n", argv[0]);
        return 2;
    }
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    out = fopen(argv[2], "w");
    if (out == NULL) {
        perror(argv[2]);
        return 1;
    }
    fprintf(out, "{");
    separator = "";
    constants();
    structs();
    symbols(library);
    missing();
#ifdef PROBE_OPENCL
    opencl();
#endif
    fprintf(out, "\n}\n");
    return fclose(out) == 0 ? 0 : 1;
}
