/**
 * Files in and out: safetensors with a model's architecture in its metadata. Knows models; nothing of training.
 */
package dev.thalweg.format;
