/**
 * The user's vocabulary for models: layers as records with Keras' names, the {@link dev.thalweg.model.Network} they
 * form, and how weights start. A layer knows how to add itself to a graph and nothing of how
 * that is computed.
 */
@NullMarked
package dev.thalweg.model;

import org.jspecify.annotations.NullMarked;
