/**
 * Which of many trainings are worth going on with.
 */
@NullMarked
package dev.thalweg.tune;

import org.jspecify.annotations.NullMarked;
