/**
 * What people look at while and after a model trains.
 */
package dev.thalweg.report;
