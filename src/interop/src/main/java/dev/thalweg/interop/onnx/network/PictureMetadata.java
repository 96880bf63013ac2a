package dev.thalweg.interop.onnx.network;

import dev.thalweg.Model;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.Resize;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.format.StrictJson;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.OnnxModel;
import dev.thalweg.interop.onnx.OnnxValue;
import dev.thalweg.io.BadFileException;
import dev.thalweg.model.Port;
import dev.thalweg.tensor.TargetKind;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a file says of pictures and classes beside its graph, where this library wrote it: JSON under
 * {@code class_names}, {@code target_kind}, {@code picture} and {@code normalization}. What others mean by such keys is
 * left out. A graph of others that takes whole numbers says by that that bytes flow in as they are.
 *
 * @param file which
 * @param source what it holds
 */
public record PictureMetadata(Path file, OnnxModel source) {
    /** Of a byte to 1. */
    private static final double BYTES = 255;
    /** Whole numbers that hold a byte. */
    private static final Set<ElementType> WHOLES = EnumSet.of(
            ElementType.UINT8,
            ElementType.INT16,
            ElementType.UINT16,
            ElementType.INT32,
            ElementType.UINT32,
            ElementType.INT64,
            ElementType.UINT64);

    /**
     * How bytes become what flows in: {@code (byte · scale − mean) / std}.
     *
     * @param scale of a byte
     * @param mean of each channel
     * @param std of each channel
     * @param inside whether the graph does so, and takes bytes
     */
    record Scaling(double scale, List<Double> mean, List<Double> std, boolean inside) {
        /** Bytes as they are. */
        static Scaling none(int channels) {
            return new Scaling(1, Collections.nCopies(channels, 0.0), Collections.nCopies(channels, 1.0), true);
        }

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
        int channels = model.network().pictures().shape().dim(0);
        entry("normalization", Scaling.class)
                .or(() -> takesBytes(model) ? Optional.of(Scaling.none(channels)) : Optional.empty())
                .map(Scaling::normalization)
                .filter(found -> found.mean().size() == channels)
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

    /** Whether the graph takes whole numbers for pictures: nothing between 0 and 1 can flow in. */
    private boolean takesBytes(Model model) {
        int pictures = model.network().inputs().indexOf(model.network().pictures());
        return source.graph().inputs().stream()
                .filter(input -> !source.graph().initializers().containsKey(input.name()))
                .skip(pictures)
                .findFirst()
                .flatMap(OnnxValue::type)
                .filter(WHOLES::contains)
                .isPresent();
    }

    private <T> Optional<T> entry(String key, Class<T> type) {
        String json = source.metadata().get(key);
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
