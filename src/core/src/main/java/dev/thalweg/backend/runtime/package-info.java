/**
 * What the backends share beside kernels: where memory lives ({@link dev.thalweg.backend.runtime.Piece}), a team of
 * threads, and the optimizer's updates of parameters. Only the backends enter.
 */
@NullMarked
package dev.thalweg.backend.runtime;

import org.jspecify.annotations.NullMarked;
