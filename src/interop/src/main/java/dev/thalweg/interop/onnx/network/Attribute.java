package dev.thalweg.interop.onnx.network;

import dev.thalweg.interop.onnx.OnnxAttribute;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an operator says of itself, as model files hold it.
 *
 * @param name which attribute
 * @param kind what it is
 * @param wholes its whole numbers
 * @param reals its floating-point numbers
 * @param texts its words
 * @param constant its tensor, if it is one
 */
public record Attribute(
        String name,
        Kind kind,
        List<Long> wholes,
        List<Float> reals,
        List<String> texts,
        @Nullable Numbers constant) {
    /** What attributes there are. */
    public enum Kind {
        /** A whole number. */
        WHOLE,
        /** Whole numbers. */
        WHOLES,
        /** A floating-point number. */
        REAL,
        /** Floating-point numbers. */
        REALS,
        /** A word. */
        TEXT,
        /** Words. */
        TEXTS,
        /** A tensor. */
        CONSTANT
    }

    /** Copies the lists, and checks that it has what its kind says. */
    public Attribute {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        wholes = List.copyOf(wholes);
        reals = List.copyOf(reals);
        texts = List.copyOf(texts);
        boolean fits = switch (kind) {
            case WHOLE -> wholes.size() == 1;
            case REAL -> reals.size() == 1;
            case TEXT -> texts.size() == 1;
            case CONSTANT -> constant != null;
            case WHOLES, REALS, TEXTS -> true;
        };
        if (!fits) {
            throw new IllegalArgumentException("attribute " + name + " has no value of kind " + kind);
        }
    }

    /**
     * Reads an attribute of a node.
     *
     * @param name which
     * @param attribute its value
     * @return the attribute
     * @throws IllegalArgumentException if it is a graph or something else that was not read
     */
    static Attribute of(String name, OnnxAttribute attribute) {
        return switch (attribute) {
            case OnnxAttribute.Whole(long value) -> wholes(name, Kind.WHOLE, List.of(value));
            case OnnxAttribute.Wholes(List<Long> values) -> wholes(name, Kind.WHOLES, values);
            case OnnxAttribute.Real(float value) -> reals(name, Kind.REAL, List.of(value));
            case OnnxAttribute.Reals(List<Float> values) -> reals(name, Kind.REALS, values);
            case OnnxAttribute.Text(String value) -> texts(name, Kind.TEXT, List.of(value));
            case OnnxAttribute.Texts(List<String> values) -> texts(name, Kind.TEXTS, values);
            case OnnxAttribute.Constant(var tensor) ->
                new Attribute(name, Kind.CONSTANT, List.of(), List.of(), List.of(), Numbers.of(name, tensor));
            case OnnxAttribute.Unread(String kind) ->
                throw new IllegalArgumentException("attribute " + name + " is " + kind + ", which is not read");
        };
    }

    private static Attribute wholes(String name, Kind kind, List<Long> values) {
        return new Attribute(name, kind, values, List.of(), List.of(), null);
    }

    private static Attribute reals(String name, Kind kind, List<Float> values) {
        return new Attribute(
                name,
                kind,
                List.of(),
                values.stream().map(value -> Numbers.finite(name, value)).toList(),
                List.of(),
                null);
    }

    private static Attribute texts(String name, Kind kind, List<String> values) {
        return new Attribute(name, kind, List.of(), List.of(), values, null);
    }

    OnnxAttribute value() {
        return switch (kind) {
            case WHOLE -> new OnnxAttribute.Whole(wholes.getFirst());
            case WHOLES -> new OnnxAttribute.Wholes(wholes);
            case REAL -> new OnnxAttribute.Real(reals.getFirst());
            case REALS -> new OnnxAttribute.Reals(reals);
            case TEXT -> new OnnxAttribute.Text(texts.getFirst());
            case TEXTS -> new OnnxAttribute.Texts(texts);
            case CONSTANT ->
                new OnnxAttribute.Constant(
                        Objects.requireNonNull(constant, "constant").tensor(0));
        };
    }
}
