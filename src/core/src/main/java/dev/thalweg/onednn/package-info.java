/**
 * oneDNN's C API made safe: every status becomes an exception, every handle is closed deterministically, and a closed
 * one throws instead of crashing. The names are oneDNN's. This is the only package that uses the bindings generated for
 * oneDNN; only the oneDNN backend enters.
 */
@NullMarked
package dev.thalweg.onednn;

import org.jspecify.annotations.NullMarked;
