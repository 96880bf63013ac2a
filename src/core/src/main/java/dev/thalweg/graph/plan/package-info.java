/**
 * What is decided over a finished graph before it is compiled: which results take the memory of an input, and where in
 * one block of memory each lies. Both backends obey.
 */
@NullMarked
package dev.thalweg.graph.plan;

import org.jspecify.annotations.NullMarked;
