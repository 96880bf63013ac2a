/**
 * The models that are served: found in files, opened, tried, replaced while they answer. Knows nothing of HTTP.
 */
@NullMarked
package dev.thalweg.serve.models;

import org.jspecify.annotations.NullMarked;
