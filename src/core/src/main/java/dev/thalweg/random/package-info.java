/**
 * Seeds of what is random, drawn from one seed and an index, so that each epoch, picture and batch has numbers of its
 * own. Knows nothing; every room may enter.
 */
@NullMarked
package dev.thalweg.random;

import org.jspecify.annotations.NullMarked;
