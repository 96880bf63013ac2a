/**
 * Rules by which gradient descent moves parameters, one file a rule. Each is an immutable record that knows its own
 * arithmetic; where and by how many threads it is applied is a backend's affair.
 */
package dev.thalweg.optim;
