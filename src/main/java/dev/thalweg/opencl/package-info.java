/**
 * What is asked of OpenCL, made safe: whether the user's machine has a loader library, and what a device is. The loader and
 * the drivers behind it are the user's own, found at run time. Only the oneDNN wrapper enters.
 */
package dev.thalweg.opencl;
