/**
 * Trained networks that answer: {@link dev.thalweg.inference.Inference}, frozen, for many threads at once, and what
 * comes out, {@link dev.thalweg.inference.Predictions}.
 */
@NullMarked
package dev.thalweg.inference;

import org.jspecify.annotations.NullMarked;
