/**
 * Model files: networks, losses, how pictures become numbers and where they are from, as JSON in the metadata of the
 * weights' safetensors. Knows models and what they know of their data; nothing of training. {@code Model} and the
 * checkpoints of {@code train} enter.
 */
@NullMarked
package dev.thalweg.saving;

import org.jspecify.annotations.NullMarked;
