/**
 * What the server does with requests: one file for each kind of them, and filters that all pass. Knows the models and
 * the protocol; nobody but the server knows it.
 */
@NullMarked
package dev.thalweg.serve.http;

import org.jspecify.annotations.NullMarked;
