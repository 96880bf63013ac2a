/**
 * Files as such: written whole or not at all, claimed by one writer, named in any script, and the exception for every
 * file that is not what it should be. Knows nothing of what is in them, so every room may enter.
 */
@NullMarked
package dev.thalweg.io;

import org.jspecify.annotations.NullMarked;
