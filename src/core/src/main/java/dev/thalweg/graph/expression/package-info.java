/**
 * A small language in which an update rule says what becomes of one element of a parameter: expressions of floats and
 * assignments of them. A backend runs them over whole parameters, in loops on the host or as a kernel on a device; they
 * know nothing of it, nor of graphs.
 */
@NullMarked
package dev.thalweg.graph.expression;

import org.jspecify.annotations.NullMarked;
