package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.graph.Value;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.tensor.ShapeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** What an operator takes or yields. */
public sealed interface Operand {
    /**
     * {@return the elements' type as ONNX sees it}
     */
    ElementType type();

    /**
     * {@return the extents as ONNX sees them: none for a scalar; one may be 0}
     */
    List<Integer> dims();

    /**
     * {@return the number of axes}
     */
    default int rank() {
        return dims().size();
    }

    /**
     * {@return the number of elements}
     *
     * @throws ShapeException if no array is so long
     */
    default int elements() {
        return Extents.elements(dims());
    }

    /**
     * What is known when the graph is built: constants, shapes, indices, and whatever has no elements.
     *
     * @param tensor the elements
     */
    record Known(OnnxTensor tensor) implements Operand {
        /** Refuses null. */
        public Known {
            Objects.requireNonNull(tensor, "tensor");
        }

        @Override
        public ElementType type() {
            return tensor.type();
        }

        @Override
        public List<Integer> dims() {
            return tensor.dims().stream().map(Extents::checked).toList();
        }

        /** Numbers of a type, each cut to its bits. */
        static Known of(ElementType type, List<Integer> dims, long... numbers) {
            ByteBuffer data = room(type, numbers.length);
            for (long number : numbers) {
                if (type.isFloating()) {
                    put(type, data, number);
                } else {
                    switch (type.bytes()) {
                        case Byte.BYTES -> data.put((byte) number);
                        case Short.BYTES -> data.putShort((short) number);
                        case Integer.BYTES -> data.putInt((int) number);
                        default -> data.putLong(number);
                    }
                }
            }
            return of(type, dims, data);
        }

        /** Numbers of a type, cut towards 0 where that holds whole numbers. */
        static Known of(ElementType type, List<Integer> dims, double... numbers) {
            if (!type.isFloating()) {
                long[] cut = new long[numbers.length];
                for (int i = 0; i < cut.length; i++) {
                    cut[i] = type == ElementType.BOOL ? (numbers[i] == 0 ? 0 : 1) : (long) numbers[i];
                }
                return of(type, dims, cut);
            }
            ByteBuffer data = room(type, numbers.length);
            for (double number : numbers) {
                put(type, data, number);
            }
            return of(type, dims, data);
        }

        /** A list of whole numbers, as shapes and axes come. */
        static Known of(List<Integer> numbers) {
            return of(
                    ElementType.INT64,
                    List.of(numbers.size()),
                    numbers.stream().mapToLong(Integer::longValue).toArray());
        }

        /** The elements at some places of this one's; zeros at −1. */
        Known at(List<Integer> dims, int[] places) {
            int bytes = type().bytes();
            ByteBuffer from = tensor.data().duplicate();
            ByteBuffer data = room(type(), places.length);
            for (int i = 0; i < places.length; i++) {
                if (places[i] >= 0) {
                    data.put(i * bytes, from, from.position() + places[i] * bytes, bytes);
                }
            }
            return of(type(), dims, data);
        }

        /** The same elements under other extents. */
        Known reshaped(List<Integer> dims) {
            return new Known(new OnnxTensor(type(), longs(dims), tensor.data()));
        }

        /** The elements in double precision. */
        double[] doubles() {
            if (type().isFloating()) {
                float[] floats = tensor.floats();
                return IntStream.range(0, floats.length)
                        .mapToDouble(i -> floats[i])
                        .toArray();
            }
            long[] wholes = tensor.wholes();
            return IntStream.range(0, wholes.length).mapToDouble(i -> wholes[i]).toArray();
        }

        static Known of(ElementType type, List<Integer> dims, ByteBuffer data) {
            return new Known(new OnnxTensor(type, longs(dims), data.rewind().order(ByteOrder.LITTLE_ENDIAN)));
        }

        private static List<Long> longs(List<Integer> dims) {
            return dims.stream().map(Integer::longValue).toList();
        }

        private static ByteBuffer room(ElementType type, int elements) {
            return ByteBuffer.allocate(Math.multiplyExact(type.bytes(), Extents.onHost(elements)))
                    .order(ByteOrder.LITTLE_ENDIAN);
        }

        private static void put(ElementType type, ByteBuffer data, double number) {
            switch (type) {
                case FLOAT16 -> data.putShort(Float.floatToFloat16((float) number));
                case BFLOAT16 -> data.putShort(bfloat16((float) number));
                case DOUBLE -> data.putDouble(number);
                default -> data.putFloat((float) number);
            }
        }

        /** Rounds half to even, as oneDNN does. */
        private static short bfloat16(float number) {
            int bits = Float.floatToRawIntBits(number);
            if (Float.isNaN(number)) {
                return (short) (bits >> Short.SIZE | 0x40);
            }
            return (short) (bits + 0x7FFF + (bits >> Short.SIZE & 1) >> Short.SIZE);
        }
    }

    /**
     * What is computed when the graph runs.
     *
     * @param value in the graph, in single precision; a scalar has extent 1 there
     * @param dims the extents as ONNX sees them; none is 0
     * @param type the type that ONNX gives the elements
     */
    record Flowing(Value value, List<Integer> dims, ElementType type) implements Operand {
        /** Refuses a value of another number of elements. */
        public Flowing {
            Objects.requireNonNull(value, "value");
            Objects.requireNonNull(type, "type");
            dims = List.copyOf(dims);
            if (!value.shape().equals(Extents.shape(dims))) {
                throw new ShapeException("got extents " + dims + " of " + value);
            }
        }

        /**
         * Floats of the value's own extents.
         *
         * @param value in the graph
         */
        public Flowing(Value value) {
            this(value, Extents.of(value.shape()), ElementType.FLOAT);
        }
    }
}
