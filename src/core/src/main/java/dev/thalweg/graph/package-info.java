/**
 * A model as data: {@link dev.thalweg.graph.Op operations} between {@link dev.thalweg.graph.Value values}, checked for
 * shape when the {@link dev.thalweg.graph.GraphBuilder} adds them and differentiated symbolically by
 * {@link dev.thalweg.graph.Gradients}. A graph computes nothing; a backend compiles it. Layouts are the backend's own:
 * here pictures are {@code [N, C, H, W]} and convolution weights {@code [O, I / groups, H, W]}.
 */
@NullMarked
package dev.thalweg.graph;

import org.jspecify.annotations.NullMarked;
