package dev.thalweg.interop.onnx;

import java.util.List;

/** What a node says of itself. */
public sealed interface OnnxAttribute {
    /** {@return what it is, for messages} */
    default String told() {
        return switch (this) {
            case Real(float value) -> "the number " + value;
            case Whole(long value) -> "the whole number " + value;
            case Text(String value) -> "the word " + value;
            case Constant(OnnxTensor value) -> "a tensor of extents " + value.dims();
            case Reals(List<Float> values) -> "the numbers " + values;
            case Wholes(List<Long> values) -> "the whole numbers " + values;
            case Texts(List<String> values) -> "the words " + values;
            case Unread(String kind) -> kind;
        };
    }

    /**
     * A number.
     *
     * @param value single precision
     */
    record Real(float value) implements OnnxAttribute {}

    /**
     * A whole number.
     *
     * @param value signed
     */
    record Whole(long value) implements OnnxAttribute {}

    /**
     * A word.
     *
     * @param value in UTF-8
     */
    record Text(String value) implements OnnxAttribute {}

    /**
     * A constant.
     *
     * @param value the tensor
     */
    record Constant(OnnxTensor value) implements OnnxAttribute {}

    /**
     * Numbers.
     *
     * @param values single precision
     */
    record Reals(List<Float> values) implements OnnxAttribute {}

    /**
     * Whole numbers.
     *
     * @param values signed
     */
    record Wholes(List<Long> values) implements OnnxAttribute {}

    /**
     * Words.
     *
     * @param values in UTF-8
     */
    record Texts(List<String> values) implements OnnxAttribute {}

    /**
     * What is not read: a graph within the graph, a sparse tensor.
     *
     * @param kind what it is
     */
    record Unread(String kind) implements OnnxAttribute {}
}
