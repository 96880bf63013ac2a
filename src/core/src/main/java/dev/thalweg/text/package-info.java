/**
 * What may be shown of text that strangers wrote: names in files, JSON, whatever a message quotes; what is said
 * of an index that is out of range; and numbers of things in words. Knows nothing; every room may enter.
 */
@NullMarked
package dev.thalweg.text;

import org.jspecify.annotations.NullMarked;
