package dev.thalweg.graph;

/** An operation that changes a parameter, its first input, after everything else of a run. It has no output. */
public sealed interface ParameterChange extends Op permits Track, Update {}
