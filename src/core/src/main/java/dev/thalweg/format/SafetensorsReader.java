package dev.thalweg.format;

import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.Scope;
import dev.thalweg.tensor.Shape;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An open {@link Safetensors safetensors} file, whose header is read and checked: shapes can be compared before values,
 * which may be many, are read.
 */
public final class SafetensorsReader implements AutoCloseable {
    private static final int CHUNK_BYTES = 1 << 16;

    private final Path file;
    private final FileChannel channel;
    private final SafetensorsHeader header;
    private final long dataBegin;

    private SafetensorsReader(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        long size = channel.size();
        if (size < Long.BYTES) {
            throw new BadFileException(
                    file,
                    0,
                    "got " + size + " bytes, expected a safetensors file, which begins with a length of 8 bytes");
        }
        long length = read(ByteBuffer.allocate(Long.BYTES), 0).getLong();
        long most = Math.min(Safetensors.MOST_HEADER_BYTES, size - Long.BYTES);
        if (length < 2 || length > most) {
            throw new BadFileException(
                    file,
                    0,
                    "got a header length of " + length + ", expected 2 to " + most
                            + ": not a safetensors file, or cut off");
        }
        dataBegin = Long.BYTES + length;
        header = SafetensorsHeader.read(
                file, read(ByteBuffer.allocate((int) length), Long.BYTES).array(), size - dataBegin);
    }

    /**
     * Opens a file and reads its header.
     *
     * @param file which
     * @return the open file
     * @throws IOException if it cannot be read
     * @throws BadFileException if it is no safetensors file, or is cut off
     */
    public static SafetensorsReader open(Path file) throws IOException {
        if (Files.notExists(file)) {
            throw new BadFileException(
                    file, "there is no such file or directory, expected a safetensors file, as models are saved in");
        }
        if (Files.isDirectory(file)) {
            throw new BadFileException(file, "is a folder, expected a safetensors file");
        }
        try (Scope opening = new Scope()) {
            SafetensorsReader reader =
                    new SafetensorsReader(file, opening.own(FileChannel.open(file, StandardOpenOption.READ)));
            opening.handOver();
            return reader;
        }
    }

    /**
     * {@return which file it is}
     */
    public Path file() {
        return file;
    }

    /**
     * {@return free text by key}
     */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    /**
     * {@return the names of the tensors, in the header's order}
     */
    public Set<String> names() {
        return Collections.unmodifiableSet(header.tensors().keySet());
    }

    /**
     * {@return the extents of a tensor; empty if there is none of that name}
     *
     * @param name of a tensor
     */
    public Optional<Shape> shape(String name) {
        return Optional.ofNullable(header.tensors().get(name)).map(SafetensorsHeader.Place::shape);
    }

    /**
     * {@return how the numbers of a tensor stand in the file; empty if there is none of that name}
     *
     * @param name of a tensor
     */
    public Optional<DType> dtype(String name) {
        return Optional.ofNullable(header.tensors().get(name)).map(SafetensorsHeader.Place::dtype);
    }

    /**
     * Checks that there is a tensor of a shape.
     *
     * @param name of a tensor
     * @param expected its extents
     * @throws BadFileException if there is none, or its numbers are no weights
     */
    public void check(String name, Shape expected) throws BadFileException {
        checkShape(name, expected);
        checkFloating(name, dtype(name).orElseThrow());
    }

    private void checkShape(String name, Shape expected) throws BadFileException {
        Optional<Shape> got = shape(name);
        if (!got.equals(Optional.of(expected))) {
            throw new BadFileException(
                    file,
                    "expected a tensor " + PrintableText.excerpt(name) + " " + expected
                            + ", got "
                            + got.map(Shape::toString).orElseGet(() -> "only " + PrintableText.excerpt(names())));
        }
    }

    private void checkFloating(String name, DType dtype) throws BadFileException {
        if (!dtype.isFloating()) {
            throw new BadFileException(
                    file,
                    "tensor " + PrintableText.excerpt(name) + ": got data type " + dtype
                            + ", expected F32, or F64, F16 or BF16");
        }
    }

    /**
     * Reads a tensor.
     *
     * @param name of a tensor that is there
     * @return its numbers, row-major, rounded to single precision where they are longer
     * @throws IOException if it cannot be read
     * @throws BadFileException if the numbers are no weights, or the file was cut off meanwhile
     */
    public float[] values(String name) throws IOException {
        SafetensorsHeader.Place place = header.tensors().get(name);
        if (place == null) {
            throw new IllegalArgumentException("the file has no tensor " + name);
        }
        checkFloating(name, place.dtype());
        return read(place);
    }

    /**
     * Checks that there is a tensor of signed bytes of a shape.
     *
     * @param name of a tensor
     * @param expected its extents
     * @throws BadFileException if there is none, or its numbers are others
     */
    public void checkSignedBytes(String name, Shape expected) throws BadFileException {
        checkShape(name, expected);
        DType got = dtype(name).orElseThrow();
        if (got != DType.I8) {
            throw new BadFileException(
                    file, "tensor " + PrintableText.excerpt(name) + ": got data type " + got + ", expected I8");
        }
    }

    /**
     * Reads a tensor of signed bytes, see {@link #checkSignedBytes}.
     *
     * @param name of a tensor that is there
     * @return its numbers, row-major
     * @throws IOException if it cannot be read
     * @throws BadFileException if the numbers are others, or the file was cut off meanwhile
     */
    public byte[] signedBytes(String name) throws IOException {
        SafetensorsHeader.Place place = header.tensors().get(name);
        if (place == null) {
            throw new IllegalArgumentException("the file has no tensor " + name);
        }
        checkSignedBytes(name, place.shape());
        byte[] values = new byte[place.shape().arrayLength()];
        read(ByteBuffer.wrap(values), dataBegin + place.begin());
        return values;
    }

    private float[] read(SafetensorsHeader.Place place) throws IOException {
        float[] values = new float[place.shape().arrayLength()];
        int bytes = place.dtype().bytes();
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, (long) values.length * bytes));
        for (int i = 0; i < values.length; i += chunk.limit() / bytes) {
            chunk.clear().limit((int) Math.min(chunk.capacity(), (values.length - i) * (long) bytes));
            read(chunk, dataBegin + place.begin() + i * (long) bytes);
            place.dtype().read(chunk, values, i, i + chunk.limit() / bytes);
        }
        return values;
    }

    private ByteBuffer read(ByteBuffer buffer, long offset) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                throw new BadFileException(file, offset + buffer.position(), "the file ends here");
            }
        }
        return buffer.flip().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
