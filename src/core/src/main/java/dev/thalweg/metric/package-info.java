/**
 * Measures of a model beyond its loss: of classifiers, of models that give labels, and of models that give numbers.
 * Each looks at one picture after the other, so batches of any size, the ragged last one too, give exactly what all
 * pictures at once would.
 *
 * @serial exclude
 */
@NullMarked
package dev.thalweg.metric;

import org.jspecify.annotations.NullMarked;
