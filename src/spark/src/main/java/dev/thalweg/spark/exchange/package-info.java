/**
 * How the replicas of a training exchange numbers: messages between executors over Spark's own network library, and the
 * sums that they make of them. Nothing here knows of training.
 */
@NullMarked
package dev.thalweg.spark.exchange;

import org.jspecify.annotations.NullMarked;
