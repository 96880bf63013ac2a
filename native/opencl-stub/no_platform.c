/* An OpenCL loader with no driver behind it, for the test that oneDNN then finds no GPU and the process goes on. */
#include <stddef.h>

enum { PLATFORM_NOT_FOUND = -1001 };

int clGetPlatformIDs(unsigned room, void *platforms, unsigned *count);

int clGetPlatformIDs(unsigned room, void *platforms, unsigned *count) {
    (void)room;
    (void)platforms;
    if (count != NULL) {
        *count = 0;
    }
    return PLATFORM_NOT_FOUND;
}
