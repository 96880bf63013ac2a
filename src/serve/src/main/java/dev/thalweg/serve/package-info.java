/**
 * A server of models: {@link dev.thalweg.serve.InferenceServer}. It answers the Open Inference Protocol, and shows a
 * page to try them on.
 */
@NullMarked
package dev.thalweg.serve;

import org.jspecify.annotations.NullMarked;
