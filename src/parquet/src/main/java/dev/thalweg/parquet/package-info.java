/**
 * Tables of pictures in Parquet files, read by Hardwood: a service of {@code dev.thalweg}, found by {@link
 * java.util.ServiceLoader}; nobody else enters.
 */
@NullMarked
package dev.thalweg.parquet;

import org.jspecify.annotations.NullMarked;
