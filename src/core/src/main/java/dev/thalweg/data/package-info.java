/**
 * Labelled pictures: readers for IDX, CIFAR and folders of pictures, a data set that draws itself, and the loader that
 * prepares batches in the background while a model trains on the one before.
 */
package dev.thalweg.data;
