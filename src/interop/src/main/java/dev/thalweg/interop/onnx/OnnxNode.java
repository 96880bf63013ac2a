package dev.thalweg.interop.onnx;

import java.util.List;
import java.util.Map;

/**
 * One operator at work.
 *
 * @param name for messages; may be empty
 * @param domain whose operator it is; empty for ONNX's own
 * @param opType which operator
 * @param inputs names of values; empty where an optional one is left out
 * @param outputs names of values; empty where one is not wanted
 * @param attributes by name
 */
public record OnnxNode(
        String name,
        String domain,
        String opType,
        List<String> inputs,
        List<String> outputs,
        Map<String, OnnxAttribute> attributes) {}
