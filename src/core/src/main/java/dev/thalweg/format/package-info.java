/**
 * Files in and out: safetensors with a model's architecture in its metadata. Knows models; nothing of training.
 */
@NullMarked
package dev.thalweg.format;

import org.jspecify.annotations.NullMarked;
