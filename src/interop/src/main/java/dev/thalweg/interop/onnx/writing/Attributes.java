package dev.thalweg.interop.onnx.writing;

import dev.thalweg.interop.onnx.OnnxAttribute;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** What a node is told, put together. */
final class Attributes {
    private final Map<String, OnnxAttribute> all = new HashMap<>();

    Attributes whole(String name, long value) {
        all.put(name, new OnnxAttribute.Whole(value));
        return this;
    }

    Attributes wholes(String name, long... values) {
        all.put(name, new OnnxAttribute.Wholes(Arrays.stream(values).boxed().toList()));
        return this;
    }

    Attributes real(String name, float value) {
        all.put(name, new OnnxAttribute.Real(value));
        return this;
    }

    Attributes text(String name, String value) {
        all.put(name, new OnnxAttribute.Text(value));
        return this;
    }

    Map<String, OnnxAttribute> all() {
        return Map.copyOf(all);
    }
}
