/**
 * How several processes act as one: what {@link dev.thalweg.collective.Collective} says they do together, by whatever
 * carries it. Here is no transport and no training; those who train ask it to add up numbers and to share them.
 */
@NullMarked
package dev.thalweg.collective;

import org.jspecify.annotations.NullMarked;
