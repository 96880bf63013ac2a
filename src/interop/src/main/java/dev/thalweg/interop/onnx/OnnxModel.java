package dev.thalweg.interop.onnx;

import java.util.Map;

/**
 * An ONNX file.
 *
 * @param opsets versions of the operators, by domain; ONNX's own is empty
 * @param graph what it computes
 * @param metadata free text by key
 */
public record OnnxModel(Map<String, Long> opsets, OnnxGraph graph, Map<String, String> metadata) {
    /** {@return the version of ONNX's own operators} */
    public long opset() {
        return opsets.getOrDefault("", 1L);
    }
}
