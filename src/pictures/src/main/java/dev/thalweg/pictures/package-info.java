/**
 * What the JDK cannot read, read by other libraries: WebP pictures by TwelveMonkeys, archives by Apache Commons
 * Compress. Each is a service of {@code dev.thalweg}, found by {@link java.util.ServiceLoader}; nobody else enters.
 */
@NullMarked
package dev.thalweg.pictures;

import org.jspecify.annotations.NullMarked;
