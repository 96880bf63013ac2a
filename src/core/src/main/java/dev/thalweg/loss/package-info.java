/**
 * Losses as fragments of graphs: each adds the operations that turn predictions and targets into one number. Knows
 * graphs only.
 */
package dev.thalweg.loss;
