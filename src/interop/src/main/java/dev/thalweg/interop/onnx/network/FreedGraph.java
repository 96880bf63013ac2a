package dev.thalweg.interop.onnx.network;

import java.util.Map;

/**
 * A graph that holds in every batch.
 *
 * @param graph which
 * @param growing extents that its steps take, by name, beside what the file holds
 */
record FreedGraph(CheckedGraph graph, Map<String, GrowingExtents> growing) {}
