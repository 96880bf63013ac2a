/**
 * Pictures and what a network shall say of them: from arrays, images, streams, folders, the files of published data
 * sets, or drawn. Views choose among them without copies; samplers, augmentations and normalization make of them the
 * batches that are prepared in the background while a model trains on the one before. This room knows memory, shapes
 * and files, and nothing of graphs or models.
 */
@NullMarked
package dev.thalweg.data;

import org.jspecify.annotations.NullMarked;
