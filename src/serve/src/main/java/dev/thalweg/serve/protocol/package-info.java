/**
 * The Open Inference Protocol, version 2, over REST: requests and answers as JSON, with its extension for tensors as
 * bytes. Knows tensors and JSON, and nothing of servers or models.
 */
@NullMarked
package dev.thalweg.serve.protocol;

import org.jspecify.annotations.NullMarked;
