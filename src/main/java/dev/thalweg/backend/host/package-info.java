/**
 * What both backends need on the host beside kernels: a team of threads and the optimizer's pass over parameters. Only
 * the backends enter.
 */
package dev.thalweg.backend.host;
