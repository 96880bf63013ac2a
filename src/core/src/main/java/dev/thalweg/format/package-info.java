/**
 * Files in and out: safetensors with a model's architecture in its metadata, and the exception for every file that is
 * not what it should be. Knows models; nothing of training.
 */
package dev.thalweg.format;
