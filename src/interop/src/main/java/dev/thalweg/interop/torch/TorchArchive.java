package dev.thalweg.interop.torch;

import dev.thalweg.format.DType;
import dev.thalweg.interop.torch.Pickled.Dict;
import dev.thalweg.interop.torch.Pickled.Storage;
import dev.thalweg.interop.torch.Pickled.Tensor;
import dev.thalweg.interop.torch.Pickled.Text;
import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.Scope;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.text.PrintableText;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * An open file of {@code torch.save}, as PyTorch writes it since version 1.6: a zip archive, uncompressed, of a pickle
 * {@code data.pkl} and a file of little-endian numbers for each storage.
 */
public final class TorchArchive implements NamedTensors {
    /** What checkpoints call the state dict that they keep beside other things. */
    private static final List<String> INNER = List.of("state_dict", "model_state_dict", "model", "net");

    private static final String PICKLE = "/data.pkl";
    private static final int MOST_PICKLE_BYTES = 1 << 26;
    private static final int CHUNK_BYTES = 1 << 16;

    @FunctionalInterface
    private interface Reading {
        boolean read(InputStream in) throws IOException;
    }

    private final Path file;
    private final ZipFile zip;
    private final String root;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    private TorchArchive(Path file, ZipFile zip) throws IOException {
        this.file = file;
        this.zip = zip;
        ZipEntry pickle = zip.stream()
                .filter(entry -> entry.getName().endsWith(PICKLE))
                .findFirst()
                .orElseThrow(() -> new BadFileException(
                        file,
                        "is a zip archive without " + PICKLE.substring(1) + ", expected one that torch.save wrote"));
        this.root = pickle.getName().substring(0, pickle.getName().length() - PICKLE.length());
        ZipEntry order = zip.getEntry(root + "/byteorder");
        if (order != null && !new String(bytes(order), StandardCharsets.US_ASCII).equals("little")) {
            throw new BadFileException(file, "its numbers are not little-endian: save it on another machine");
        }
        Dict found = stateDict(Unpickler.read(file, bytes(pickle)));
        for (Map.Entry<Pickled, Pickled> each : found.entries().entrySet()) {
            if (each.getKey() instanceof Text(String name) && each.getValue() instanceof Tensor tensor) {
                numbers(name, tensor.storage());
                tensors.put(name, tensor);
            }
        }
    }

    /**
     * Opens a file and reads its pickle.
     *
     * @param file which
     * @return the open file
     * @throws IOException if it cannot be read
     * @throws BadFileException if it is no zip archive of tensors by name
     */
    public static TorchArchive open(Path file) throws IOException {
        try (Scope opening = new Scope()) {
            TorchArchive archive = new TorchArchive(file, opening.own(new ZipFile(file.toFile())));
            opening.handOver();
            return archive;
        } catch (ZipException | EOFException e) {
            throw new BadFileException(
                    file,
                    "begins as a zip archive of torch.save, but does not go on as one (" + e.getMessage()
                            + "): it was cut off or damaged, copy or download it again",
                    e);
        }
    }

    private Dict stateDict(Pickled content) throws BadFileException {
        if (content instanceof Dict dict) {
            if (holdsTensors(dict)) {
                return dict;
            }
            for (String key : INNER) {
                if (dict.get(key).orElse(null) instanceof Dict inner && holdsTensors(inner)) {
                    return inner;
                }
            }
            throw new BadFileException(
                    file,
                    "holds no tensors by name, nor a dictionary of them under one of " + INNER + "; got the keys "
                            + PrintableText.excerpt(dict.entries().keySet()));
        }
        throw new BadFileException(
                file, "holds " + PrintableText.excerpt(content) + ", expected a dictionary of tensors by name");
    }

    private static boolean holdsTensors(Dict dict) {
        return dict.entries().values().stream().anyMatch(Tensor.class::isInstance);
    }

    private byte[] bytes(ZipEntry entry) throws IOException {
        checkStored(entry);
        if (entry.getSize() > MOST_PICKLE_BYTES) {
            throw new BadFileException(
                    file,
                    entry.getName() + " has " + entry.getSize() + " bytes, expected at most " + MOST_PICKLE_BYTES);
        }
        byte[] bytes = new byte[(int) entry.getSize()];
        readFully(entry, in -> in.readNBytes(bytes, 0, bytes.length) == bytes.length);
        return bytes;
    }

    /** Reads an entry: whether there was enough of it is what the reading tells. */
    private void readFully(ZipEntry entry, Reading reading) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            if (!reading.read(in)) {
                throw new EOFException();
            }
        } catch (EOFException e) {
            throw new BadFileException(file, PrintableText.excerpt(entry.getName()) + " ends in the middle", e);
        } catch (ZipException e) {
            throw new BadFileException(
                    file, PrintableText.excerpt(entry.getName()) + " cannot be read: " + e.getMessage(), e);
        }
    }

    private void checkStored(ZipEntry entry) throws BadFileException {
        if (entry.getMethod() != ZipEntry.STORED) {
            throw new BadFileException(
                    file, entry.getName() + " is compressed, expected it as torch.save writes it, uncompressed");
        }
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    @Override
    public Optional<DType> dtype(String name) {
        return Optional.ofNullable(tensors.get(name))
                .map(tensor -> tensor.storage().dtype());
    }

    @Override
    public Optional<Shape> shape(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    Shape.of(tensor.size().stream().mapToInt(Math::toIntExact).toArray()));
        } catch (ShapeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    @Override
    public float[] values(String name) throws IOException {
        Shape shape = shape(name).orElseThrow(() -> new IllegalArgumentException("the file has no tensor " + name));
        Tensor tensor = Objects.requireNonNull(tensors.get(name));
        float[] values = new float[shape.arrayLength()];
        if (tensor.isContiguous()) {
            read(name, tensor.storage(), tensor.offset(), values);
        } else {
            float[] all = new float[Shape.extent(tensor.span())];
            read(name, tensor.storage(), tensor.offset(), all);
            gather(all, tensor, values);
        }
        return values;
    }

    /** Goes through the extents like the digits of a counter, the last one quickest. */
    private static void gather(float[] all, Tensor tensor, float[] values) {
        int rank = tensor.size().size();
        long[] at = new long[rank];
        int from = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = all[from];
            for (int axis = rank - 1; axis >= 0; axis--) {
                from += Math.toIntExact(tensor.stride().get(axis));
                if (++at[axis] < tensor.size().get(axis)) {
                    break;
                }
                from -= Math.toIntExact(at[axis] * tensor.stride().get(axis));
                at[axis] = 0;
            }
        }
    }

    /** Where a tensor's numbers lie. */
    private ZipEntry numbers(String name, Storage storage) throws BadFileException {
        String place = root + "/data/" + storage.key();
        ZipEntry entry = zip.getEntry(place);
        int bytes = storage.dtype().bytes();
        if (entry == null || entry.getSize() % bytes != 0 || entry.getSize() / bytes != storage.elements()) {
            throw new BadFileException(
                    file,
                    "tensor " + PrintableText.excerpt(name) + ": expected " + storage.elements() + " numbers of type "
                            + storage.dtype() + " in " + PrintableText.excerpt(place) + ", got "
                            + (entry == null ? "no such entry" : entry.getSize() + " bytes"));
        }
        checkStored(entry);
        return entry;
    }

    private void read(String name, Storage storage, long first, float[] values) throws IOException {
        ZipEntry entry = numbers(name, storage);
        int bytes = storage.dtype().bytes();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        readFully(entry, in -> {
            in.skipNBytes(first * bytes);
            for (int i = 0; i < values.length; i += chunk.limit() / bytes) {
                chunk.clear().limit((int) Math.min(CHUNK_BYTES, (values.length - i) * (long) bytes));
                if (in.readNBytes(chunk.array(), 0, chunk.limit()) < chunk.limit()) {
                    return false;
                }
                storage.dtype().read(chunk, values, i, i + chunk.limit() / bytes);
            }
            return true;
        });
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
