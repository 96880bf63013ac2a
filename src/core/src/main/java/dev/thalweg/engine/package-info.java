/**
 * The one way from a network to something that runs: a description becomes a graph, the graph is rewritten,
 * differentiated and compiled, and its parameters are laid down. Training, inference, Grad-CAM and the learning-rate
 * range test all go it. This package is not exported: whoever is outside of the library uses {@code dev.thalweg.Model}.
 */
@NullMarked
package dev.thalweg.engine;

import org.jspecify.annotations.NullMarked;
