/**
 * The oneDNN backend: lowers each operation of a graph to primitives, lets them choose their layouts, puts reorders where
 * layouts differ, places everything in one arena and runs the flat list. Only {@link dev.thalweg.backend.Backends} enters.
 */
package dev.thalweg.backend.onednn;
