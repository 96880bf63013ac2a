/**
 * Gradient descent over a data set: the {@link dev.thalweg.train.Trainer}, what it is told
 * ({@link dev.thalweg.train.Fit}), what it reports ({@link dev.thalweg.train.History}) and who listens
 * ({@link dev.thalweg.train.Callback}).
 */
@NullMarked
package dev.thalweg.train;

import org.jspecify.annotations.NullMarked;
