/**
 * The program {@code thalweg}: a thin layer of commands over the library's public classes.
 */
package dev.thalweg.cli;
