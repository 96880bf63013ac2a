/** Makes a container image of the server. */
@NullMarked
package dev.thalweg.container;

import org.jspecify.annotations.NullMarked;
