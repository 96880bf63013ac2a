/**
 * Archives of files, as a service that the module {@code dev.thalweg.pictures} provides. Only {@code dev.thalweg.data},
 * which asks for it, and that module may enter.
 */
@NullMarked
package dev.thalweg.data.archive;

import org.jspecify.annotations.NullMarked;
