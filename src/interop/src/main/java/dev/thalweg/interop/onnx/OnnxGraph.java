package dev.thalweg.interop.onnx;

import java.util.List;
import java.util.Map;

/**
 * What an ONNX model computes.
 *
 * @param name for messages; may be empty
 * @param nodes each after those it takes from
 * @param initializers constants by name: the weights
 * @param inputs what flows in; in old files the initializers too
 * @param outputs what flows out
 */
public record OnnxGraph(
        String name,
        List<OnnxNode> nodes,
        Map<String, OnnxTensor> initializers,
        List<OnnxValue> inputs,
        List<OnnxValue> outputs) {}
