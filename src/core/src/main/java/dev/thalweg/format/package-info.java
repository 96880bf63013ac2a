/**
 * What model files are made of: safetensors, and JSON that is read strictly. Knows files and shapes; nothing of models.
 */
@NullMarked
package dev.thalweg.format;

import org.jspecify.annotations.NullMarked;
