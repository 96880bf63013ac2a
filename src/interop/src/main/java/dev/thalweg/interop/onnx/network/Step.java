package dev.thalweg.interop.onnx.network;

import dev.thalweg.interop.onnx.OnnxAttribute;
import dev.thalweg.interop.onnx.OnnxNode;
import java.util.List;

/**
 * A node in its place.
 *
 * @param index of the node in its graph
 * @param node which
 * @param inputs names of what it takes, without detours over nodes that do nothing; empty where one is left out
 */
record Step(int index, OnnxNode node, List<String> inputs) {
    /** Whether it is one of ONNX's own operators. */
    boolean is(String... types) {
        return node.domain().isEmpty() && List.of(types).contains(node.opType());
    }

    /** The same with other names for its results. */
    Step withOutputs(List<String> outputs) {
        return new Step(
                index,
                new OnnxNode(node.name(), node.domain(), node.opType(), node.inputs(), outputs, node.attributes()),
                inputs);
    }

    String output() {
        return node.outputs().getFirst();
    }

    /** The name of an operand, empty if it is left out. */
    String input(int operand) {
        return operand < inputs.size() ? inputs.get(operand) : "";
    }

    /** Whether somebody may ask for another result than the first. */
    boolean hasOneOutput() {
        return node.outputs().stream().skip(1).allMatch(String::isEmpty);
    }

    boolean has(String attribute) {
        return node.attributes().containsKey(attribute);
    }

    long whole(String attribute, long otherwise) {
        return node.attributes().get(attribute) instanceof OnnxAttribute.Whole(long value) ? value : otherwise;
    }

    float real(String attribute, float otherwise) {
        return node.attributes().get(attribute) instanceof OnnxAttribute.Real(float value) ? value : otherwise;
    }

    String text(String attribute, String otherwise) {
        return node.attributes().get(attribute) instanceof OnnxAttribute.Text(String value) ? value : otherwise;
    }

    List<Long> wholes(String attribute, List<Long> otherwise) {
        return node.attributes().get(attribute) instanceof OnnxAttribute.Wholes(List<Long> values) ? values : otherwise;
    }

    /** A graph has one node at each place. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Step that && index == that.index;
    }

    @Override
    public int hashCode() {
        return index;
    }
}
