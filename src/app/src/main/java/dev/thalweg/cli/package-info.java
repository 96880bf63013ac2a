/**
 * The program {@code thalweg}: a thin layer of commands over the library's public classes, and over
 * those that other modules {@linkplain dev.thalweg.cli.CommandProvider provide}.
 */
@NullMarked
package dev.thalweg.cli;

import org.jspecify.annotations.NullMarked;
