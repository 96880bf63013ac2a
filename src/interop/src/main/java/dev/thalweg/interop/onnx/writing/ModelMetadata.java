package dev.thalweg.interop.onnx.writing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thalweg.Model;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.model.Port;
import dev.thalweg.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a user of the file must know to ask the model about pictures. Values are JSON:
 * <ul>
 *   <li>{@code class_names}: a list of what the outputs stand for, if that is known; where the network has several
 *       outputs {@code class_names.OUTPUT} of each
 *   <li>{@code target_kind}: {@code "classes"}, {@code "multi_label"} or {@code "regression"}, likewise
 *   <li>{@code picture}: {@code channels}, {@code height} and {@code width} of what flows in, and {@code resize}, how
 *       pictures come to that size: {@code "crop"}, {@code "pad"} or {@code "stretch"}
 *   <li>{@code normalization}: bytes become {@code (byte * scale - mean) / std} for each channel; {@code inside} says
 *       whether the graph itself does that. Where whoever runs the model is to do it, and the model only assumes how,
 *       the file does not say it
 * </ul>
 */
final class ModelMetadata {
    /** 1 / 255. */
    private static final double SCALE = 1 / 255.0;

    private static final ObjectMapper JSON = new ObjectMapper();

    private ModelMetadata() {}

    static Map<String, String> of(Model model, boolean inside) {
        Map<String, String> entries = new TreeMap<>();
        List<Port> outputs = model.network().outputs();
        for (Port output : outputs) {
            TargetSpec targets = model.targets(output.name());
            if (!targets.equals(TargetSpec.UNKNOWN)) {
                String suffix = outputs.size() == 1 ? "" : "." + output.name();
                entries.put("target_kind" + suffix, json(lower(targets.kind())));
                entries.put("class_names" + suffix, json(targets.names()));
            }
        }
        Shape shape = model.network().pictures().shape();
        Normalization normalization = model.normalization();
        if (shape.rank() == 3 && shape.dim(0) == normalization.mean().size()) {
            Map<String, Object> picture = new LinkedHashMap<>();
            picture.put("channels", shape.dim(0));
            picture.put("height", shape.dim(1));
            picture.put("width", shape.dim(2));
            picture.put("resize", lower(model.provenance().resize()));
            entries.put("picture", json(picture));
            if (inside || !model.isNormalizationAssumed()) {
                Map<String, Object> scaling = new LinkedHashMap<>();
                scaling.put("scale", SCALE);
                scaling.put("mean", normalization.mean());
                scaling.put("std", normalization.std());
                scaling.put("inside", inside);
                entries.put("normalization", json(scaling));
            }
        }
        return entries;
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers are always JSON", e);
        }
    }
}
