/**
 * Winograd's minimal filtering of 3×3 convolutions, in plain Java: what goes into its products and what comes out of
 * them. The products are a backend's; nobody else enters.
 */
@NullMarked
package dev.thalweg.backend.winograd;

import org.jspecify.annotations.NullMarked;
