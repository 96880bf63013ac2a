/**
 * Files in and out: safetensors with a model's architecture in its metadata. Knows models; nothing of training.
 */
@NullUnmarked
package dev.thalweg.format;

import org.jspecify.annotations.NullUnmarked;
