/**
 * Rules by which gradient descent moves parameters, one file a rule, and the settings around them: schedules of the
 * learning rate, clipping, regularization, groups of parameters. Rules are immutable records that know their own
 * arithmetic; where and by how many threads it is applied is a backend's affair.
 */
@CheckReturnValue
@NullMarked
package dev.thalweg.optim;

import dev.thalweg.tensor.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
