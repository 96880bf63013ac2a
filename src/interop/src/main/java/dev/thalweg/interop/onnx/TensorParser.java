package dev.thalweg.interop.onnx;

import dev.thalweg.io.BadFileException;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Reads a {@code TensorProto}, whose elements stand in one of several fields, or in a file beside the model. */
final class TensorParser {
    private static final int EXTERNAL = 1;

    private final Path file;
    private final List<Long> dims = new ArrayList<>();
    private final Map<String, String> external = new LinkedHashMap<>();
    /** The elements of a typed field, as bits. */
    private final LongStream.Builder typed = LongStream.builder();

    private String name = "";
    private long type;
    private long location;
    private byte @Nullable [] raw;

    private TensorParser(Path file) {
        this.file = file;
    }

    /**
     * A tensor and what it is called.
     *
     * @param name may be empty
     * @param tensor the elements
     */
    record Named(String name, OnnxTensor tensor) {}

    /**
     * Reads a tensor.
     *
     * @param file the model, for messages, and to find what stands beside it
     * @param message at the field
     * @throws BadFileException if it has elements that are not read, or more or fewer than its extents say
     */
    static Named read(Path file, ProtoMessage message) throws IOException {
        TensorParser parser = new TensorParser(file);
        message.message(parser::take);
        return parser.tensor();
    }

    private boolean take(ProtoMessage message, int field) throws IOException {
        switch (field) {
            case 1 -> message.wholes(dims::add);
            case 2 -> type = message.whole();
            case 4 -> message.reals(value -> typed.add(Float.floatToRawIntBits((float) value)));
            case 5, 7, 11 -> message.wholes(typed::add);
            case 8 -> name = message.text();
            case 9 -> raw = message.bytes();
            case 10 -> message.doubles(value -> typed.add(Double.doubleToRawLongBits(value)));
            case 13 -> OnnxParser.readEntry(message, external);
            case 14 -> location = message.whole();
            default -> {
                return false;
            }
        }
        return true;
    }

    private BadFileException bad(String problem) {
        return new BadFileException(file, "tensor " + PrintableText.excerpt(name) + ": " + problem);
    }

    private Named tensor() throws IOException {
        ElementType known = ElementType.of(type)
                .orElseThrow(() ->
                        bad("got data type number " + type + ", expected one of " + List.of(ElementType.values())));
        long elements = elements();
        long bytes = elements * known.bytes();
        ByteBuffer data;
        if (location == EXTERNAL) {
            data = ExternalData.read(file, external, bytes);
        } else if (raw != null) {
            data = ByteBuffer.wrap(raw);
        } else {
            data = packed(known);
        }
        if (data.remaining() != bytes) {
            throw bad("got " + data.remaining() + " bytes of " + known + ", expected " + bytes + " for extents "
                    + PrintableText.excerpt(dims));
        }
        return new Named(name, new OnnxTensor(known, List.copyOf(dims), data.order(ByteOrder.LITTLE_ENDIAN)));
    }

    private long elements() throws BadFileException {
        if (dims.contains(0L)) {
            return 0;
        }
        try {
            return Shape.of(dims.stream().mapToInt(Math::toIntExact).toArray()).arrayLength();
        } catch (ShapeException | ArithmeticException e) {
            throw bad("got extents " + PrintableText.excerpt(dims) + ": " + e.getMessage());
        }
    }

    /** The lowest bytes of each, the lowest of them first. */
    private ByteBuffer packed(ElementType known) throws BadFileException {
        long[] bits = typed.build().toArray();
        if (bits.length > Integer.MAX_VALUE / known.bytes()) {
            throw bad("has " + bits.length + " elements outside of its raw data, more than one array can hold");
        }
        ByteBuffer data = ByteBuffer.allocate(bits.length * known.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (long each : bits) {
            switch (known.bytes()) {
                case Byte.BYTES -> data.put((byte) each);
                case Short.BYTES -> data.putShort((short) each);
                case Integer.BYTES -> data.putInt((int) each);
                default -> data.putLong(each);
            }
        }
        return data.flip();
    }
}
