/**
 * The oneDNN backend: lowers each operation of a graph to primitives, lets them choose their layouts, puts reorders
 * where layouts differ, places everything in one arena and runs the flat list. Whether the CPU or a GPU does so is
 * known to a {@code Processor} alone. Only {@link dev.thalweg.backend.Backends} enters.
 */
package dev.thalweg.backend.onednn;
