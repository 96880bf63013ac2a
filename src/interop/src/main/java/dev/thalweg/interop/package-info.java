/** Weights and models of other libraries, taken over into this one's. */
@NullMarked
package dev.thalweg.interop;

import org.jspecify.annotations.NullMarked;
