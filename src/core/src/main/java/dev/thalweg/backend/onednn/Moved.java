package dev.thalweg.backend.onednn;

import dev.thalweg.graph.ParameterChange;

/** What happens to a parameter after the graph: an update by a gradient, or a moving average of a value. */
record Moved(ParameterChange how, Location by, String name) {}
