package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.interop.onnx.OnnxAttribute;
import dev.thalweg.interop.onnx.OnnxNode;
import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.text.PrintableText;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An operator at work.
 *
 * @param graph what does not fold is added to it
 * @param node which operator, and its attributes
 * @param opset the version of ONNX's operators
 * @param operands the node's inputs; empty where an optional one is left out
 */
public record Call(GraphBuilder graph, OnnxNode node, long opset, List<Optional<Operand>> operands) {
    /** Copies the list. */
    public Call {
        operands = List.copyOf(operands);
    }

    UnsupportedOperatorException refusal(String problem) {
        return new UnsupportedOperatorException(node, opset, problem);
    }

    Optional<Operand> optional(int input) {
        return input < operands.size() ? operands.get(input) : Optional.empty();
    }

    Operand operand(int input) {
        return optional(input)
                .orElseThrow(() -> refusal("got no input " + input + " among " + operands.size() + ", expected one"));
    }

    /** All inputs, none of which may be left out. */
    List<Operand> all() {
        return operands.stream()
                .map(operand -> operand.orElseThrow(() -> refusal("got no operand for an input that it needs")))
                .toList();
    }

    /** An input that must be known now. */
    Operand.Known known(int input) {
        if (operand(input) instanceof Operand.Known known) {
            return known;
        }
        throw refusal("input " + input + " is computed when the graph runs, expected what is known beforehand");
    }

    /** An input that must be one known number. */
    Operand.Known one(int input) {
        Operand.Known known = known(input);
        if (known.elements() != 1) {
            throw refusal("input " + input + " has extents " + known.dims() + ", expected one number");
        }
        return known;
    }

    /** The same of a whole number. */
    long whole(int input) {
        return one(input).tensor().wholes()[0];
    }

    /** The same of an input that may be left out. */
    Optional<Operand.Known> optionalKnown(int input) {
        return optional(input).map(given -> known(input));
    }

    /** An input in the graph, where a scalar has extent 1. */
    Value value(int input) {
        return new Arrangement(graph).value(operand(input));
    }

    /** An output that the node wants. */
    boolean wants(int output) {
        return output < node.outputs().size() && !node.outputs().get(output).isEmpty();
    }

    private UnsupportedOperatorException wrong(String attribute, OnnxAttribute got, String expected) {
        return refusal(
                "attribute " + attribute + " is " + PrintableText.excerpt(got.told()) + ", expected " + expected);
    }

    boolean has(String attribute) {
        return node.attributes().containsKey(attribute);
    }

    long whole(String attribute, long otherwise) {
        return switch (node.attributes().get(attribute)) {
            case null -> otherwise;
            case OnnxAttribute.Whole(long value) -> value;
            case OnnxAttribute other -> throw wrong(attribute, other, "a whole number");
        };
    }

    long whole(String attribute) {
        if (!has(attribute)) {
            throw refusal("has no attribute " + attribute + ", which it needs");
        }
        return whole(attribute, 0);
    }

    boolean flag(String attribute) {
        return whole(attribute, 0) != 0;
    }

    float real(String attribute, double otherwise) {
        return switch (node.attributes().get(attribute)) {
            case null -> (float) otherwise;
            case OnnxAttribute.Real(float value) -> value;
            case OnnxAttribute other -> throw wrong(attribute, other, "a number");
        };
    }

    String text(String attribute, String otherwise) {
        return switch (node.attributes().get(attribute)) {
            case null -> otherwise;
            case OnnxAttribute.Text(String value) -> value;
            case OnnxAttribute other -> throw wrong(attribute, other, "a word");
        };
    }

    Optional<List<Long>> wholes(String attribute) {
        return switch (node.attributes().get(attribute)) {
            case null -> Optional.empty();
            case OnnxAttribute.Wholes(List<Long> values) -> Optional.of(values);
            case OnnxAttribute other -> throw wrong(attribute, other, "whole numbers");
        };
    }

    /** Whole numbers that older versions take as an attribute and newer ones as an input. */
    Optional<List<Long>> wholes(String attribute, int input) {
        return wholes(attribute)
                .or(() -> optionalKnown(input)
                        .map(given ->
                                Arrays.stream(given.tensor().wholes()).boxed().toList()));
    }

    Optional<List<Float>> reals(String attribute) {
        return switch (node.attributes().get(attribute)) {
            case null -> Optional.empty();
            case OnnxAttribute.Reals(List<Float> values) -> Optional.of(values);
            case OnnxAttribute other -> throw wrong(attribute, other, "numbers");
        };
    }

    Optional<OnnxTensor> constant(String attribute) {
        return switch (node.attributes().get(attribute)) {
            case null -> Optional.empty();
            case OnnxAttribute.Constant(OnnxTensor value) -> Optional.of(value);
            case OnnxAttribute other -> throw wrong(attribute, other, "a tensor");
        };
    }
}
