/**
 * Picture files become 8-bit samples as a person sees them: upright, sRGB or grey, on white, at a wanted size. Every
 * format goes the same way: its header is read here and judged before anything is allocated, its decoder gets only
 * what it needs, and what the decoder gives is made the same by one chain of steps. Only {@code dev.thalweg.data} may
 * enter.
 */
@NullMarked
package dev.thalweg.picture;

import org.jspecify.annotations.NullMarked;
