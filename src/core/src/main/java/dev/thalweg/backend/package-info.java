/**
 * What computes graphs: {@link dev.thalweg.backend.Backend} compiles a graph into an
 * {@link dev.thalweg.backend.Executable} over {@link dev.thalweg.backend.Parameters}, and
 * {@link dev.thalweg.backend.Backends} chooses one. The backends themselves live in packages of their own, here or
 * elsewhere: each is a {@link dev.thalweg.backend.BackendProvider}, found as a service, and is reached through these
 * interfaces alone.
 */
@NullMarked
package dev.thalweg.backend;

import org.jspecify.annotations.NullMarked;
