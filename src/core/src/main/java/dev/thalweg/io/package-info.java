/**
 * What users meet of files: the exception for every file that is not what it should be, and the names by which files
 * know what users have added. Knows nothing of what else is in them, so every room may enter.
 */
@NullMarked
package dev.thalweg.io;

import org.jspecify.annotations.NullMarked;
