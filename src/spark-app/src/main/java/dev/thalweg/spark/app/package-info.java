/** The program on a Spark cluster: commands for {@code spark-submit}. */
@NullMarked
package dev.thalweg.spark.app;

import org.jspecify.annotations.NullMarked;
