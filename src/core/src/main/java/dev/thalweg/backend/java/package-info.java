/**
 * The pure-Java backend: every operation in plain, multi-threaded loops, {@code [N, C, H, W]} throughout. It runs
 * wherever Java runs, is the baseline of the benches and the second opinion of the tests. Hot loops work on heap arrays
 * with one store and equal indices, the form that HotSpot turns into vector instructions; memory between kernels is off
 * the heap. {@link dev.thalweg.backend.Backends} finds it as a service; nobody else enters.
 */
@NullMarked
package dev.thalweg.backend.java;

import org.jspecify.annotations.NullMarked;
