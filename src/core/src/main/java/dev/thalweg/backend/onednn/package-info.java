/**
 * The oneDNN backend: lowers each operation of a graph to primitives, lets them choose their layouts, puts reorders
 * where layouts differ, places everything in one arena and runs the flat list. Whether the CPU or a GPU does so is
 * known to a {@code Processor} alone. {@link dev.thalweg.backend.Backends} finds it as a service; nobody else enters.
 */
@NullMarked
package dev.thalweg.backend.onednn;

import org.jspecify.annotations.NullMarked;
