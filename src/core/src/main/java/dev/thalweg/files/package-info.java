/**
 * Files as such: written whole or not at all, claimed by one writer, named in any script. Knows nothing of what is in
 * them, so every room may enter.
 */
@NullMarked
package dev.thalweg.files;

import org.jspecify.annotations.NullMarked;
