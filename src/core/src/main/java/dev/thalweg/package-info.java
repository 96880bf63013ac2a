/**
 * The front door: {@link dev.thalweg.Model} is built from layers, compiled, fitted, evaluated, saved and asked for
 * predictions. Everything it does is done by the packages below.
 */
@NullMarked
package dev.thalweg;

import org.jspecify.annotations.NullMarked;
