/**
 * Training and inference on the executors of an Apache Spark cluster: what the driver asks for, and what the executors
 * do. How executors talk to each other is {@code dev.thalweg.spark.exchange}'s.
 */
@NullMarked
package dev.thalweg.spark;

import org.jspecify.annotations.NullMarked;
