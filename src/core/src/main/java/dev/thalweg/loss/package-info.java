/**
 * Losses as fragments of graphs: each adds the operations that turn predictions and targets into one number. Knows
 * graphs only.
 */
@NullMarked
package dev.thalweg.loss;

import org.jspecify.annotations.NullMarked;
