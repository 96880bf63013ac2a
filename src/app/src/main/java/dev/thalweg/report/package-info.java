/**
 * What people look at while and after a model trains.
 */
@NullMarked
package dev.thalweg.report;

import org.jspecify.annotations.NullMarked;
