package dev.thalweg.interop.onnx.network;

import dev.thalweg.Model;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.Resize;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.format.StrictJson;
import dev.thalweg.io.BadFileException;
import dev.thalweg.model.Port;
import dev.thalweg.tensor.TargetKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a file says of pictures and classes beside its graph, where this library wrote it: JSON under
 * {@code class_names}, {@code target_kind}, {@code picture} and {@code normalization}. What others mean by such keys is
 * left out.
 *
 * @param file which
 * @param entries its metadata
 */
public record PictureMetadata(Path file, Map<String, String> entries) {
    /** Of a byte to 1. */
    private static final double BYTES = 255;

    /**
     * How bytes become what flows in: {@code (byte · scale − mean) / std}.
     *
     * @param scale of a byte
     * @param mean of each channel
     * @param std of each channel
     * @param inside whether the graph does so, and takes bytes
     */
    record Scaling(double scale, List<Double> mean, List<Double> std, boolean inside) {
        Normalization normalization() {
            double factor = inside ? BYTES : 1 / (BYTES * scale);
            return new Normalization(
                    mean.stream()
                            .map(value -> inside ? 0f : (float) (value * factor))
                            .toList(),
                    std.stream()
                            .map(value -> inside ? (float) (1 / BYTES) : (float) (value * factor))
                            .toList());
        }
    }

    /**
     * What pictures flow in.
     *
     * @param channels how many
     * @param height in pixels
     * @param width in pixels
     * @param resize how pictures come to that size
     */
    record Picture(int channels, int height, int width, String resize) {}

    /**
     * Takes over what is told.
     *
     * @param model of the file's graph
     * @return the model
     */
    public Model into(Model model) {
        entry("normalization", Scaling.class)
                .map(Scaling::normalization)
                .filter(found -> found.mean().size()
                        == model.network().pictures().shape().dim(0))
                .ifPresent(model::normalization);
        entry("picture", Picture.class)
                .flatMap(picture -> constant(Resize.class, picture.resize()))
                .ifPresent(model::resize);
        List<Port> outputs = model.network().outputs();
        for (int i = 0; i < outputs.size(); i++) {
            String suffix = outputs.size() == 1 ? "" : "." + outputs.get(i).name();
            List<String> names =
                    entry("class_names" + suffix, String[].class).map(List::of).orElse(List.of());
            Optional<TargetKind> kind =
                    entry("target_kind" + suffix, String.class).flatMap(text -> constant(TargetKind.class, text));
            boolean fits =
                    names.isEmpty() || names.size() == outputs.get(i).shape().dim(0);
            if (fits && (kind.isPresent() || !names.isEmpty())) {
                model.targets(outputs.get(i).name(), new TargetSpec(kind.orElse(TargetKind.CLASSES), names));
            }
        }
        return model;
    }

    private <T> Optional<T> entry(String key, Class<T> type) {
        String json = entries.get(key);
        if (json == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(StrictJson.read(file, key, json, type));
        } catch (BadFileException e) {
            // Somebody else's, who means something else by that key.
            return Optional.empty();
        }
    }

    private static <E extends Enum<E>> Optional<E> constant(Class<E> type, String name) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(name)) {
                return Optional.of(constant);
            }
        }
        return Optional.empty();
    }
}
