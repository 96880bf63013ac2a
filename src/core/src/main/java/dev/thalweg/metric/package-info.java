/**
 * Measures of a classifier beyond loss and accuracy. Each looks at one picture after the other, so batches of any size,
 * the ragged last one too, give exactly what all pictures at once would.
 */
package dev.thalweg.metric;
