package dev.thalweg.backend.java;

import dev.thalweg.graph.Node;
import dev.thalweg.graph.Quantization;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.UnavailableException;
import java.util.List;
import java.util.Optional;

/** What an operation reads and writes, where it lies; and how many threads compute. */
record Operands(Node node, ValueMemory values, int threads) {
    int count() {
        return node.inputs().size();
    }

    Shape shape(int input) {
        return node.input(input).shape();
    }

    Floats in(int input) {
        return floats(node.input(input));
    }

    /** An operand: floats, or bytes that are computed with as they are. */
    Numbers numbers(int input) {
        return numbers(node.input(input));
    }

    /** The first output, alike. */
    Numbers resultNumbers() {
        return numbers(node.output());
    }

    /** An operand's bytes less their zero point: what they stand for but for the scale. */
    Numbers centred(int input, Quantization quantization) {
        return new Bytes(values.segment(node.input(input)), quantization.type(), quantization.zeroPoint(), 1);
    }

    /** An operand: floats, or what bytes stand for. */
    Numbers real(int input, Optional<Quantization> quantization) {
        return real(node.input(input), quantization);
    }

    /** The first output, alike. */
    Numbers realResult(Optional<Quantization> quantization) {
        return real(node.output(), quantization);
    }

    private Numbers real(Value value, Optional<Quantization> quantization) {
        return quantization.isPresent() ? Bytes.of(values.segment(value), quantization.get()) : floats(value);
    }

    private Numbers numbers(Value value) {
        return value.type().bytes() == 1 ? new Bytes(values.segment(value), value.type(), 0, 1) : floats(value);
    }

    List<Floats> inputs() {
        return node.inputs().stream().map(this::floats).toList();
    }

    /** The first output's shape. */
    Shape result() {
        return node.output().shape();
    }

    Floats out(int output) {
        return floats(node.outputs().get(output));
    }

    List<Floats> outputs() {
        return node.outputs().stream().map(this::floats).toList();
    }

    private Floats floats(Value value) {
        if (value.type() != DataType.FLOAT32) {
            throw new UnavailableException("the java backend computes in FLOAT32, got " + value.type() + " for "
                    + node.op() + ": use the onednn backend");
        }
        return new Floats(values.segment(value));
    }
}
