/**
 * What is asked of OpenCL, made safe: whether there is a loader library, what a device is, its memory, programs and
 * kernels; every status becomes an exception. The loader and the drivers behind it are the user's own, found at run
 * time. Only the oneDNN wrapper and its backend enter, and only here the bindings generated for OpenCL are used.
 */
@NullMarked
package dev.thalweg.opencl;

import org.jspecify.annotations.NullMarked;
