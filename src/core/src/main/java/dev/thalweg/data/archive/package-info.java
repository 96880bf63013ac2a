/**
 * Archives of files and tables of pictures, as services that the modules {@code dev.thalweg.pictures} and {@code
 * dev.thalweg.parquet} provide. Only {@code dev.thalweg.data}, which asks for them, and these modules may enter.
 */
@NullMarked
package dev.thalweg.data.archive;

import org.jspecify.annotations.NullMarked;
