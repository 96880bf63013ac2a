package dev.thalweg.interop.keras;

import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.Scope;
import dev.thalweg.text.PrintableText;
import io.jhdf.ObjectHeader;
import io.jhdf.Superblock;
import io.jhdf.SymbolTableEntry;
import io.jhdf.object.datatype.FloatingPoint;
import io.jhdf.object.message.AttributeMessage;
import io.jhdf.object.message.DataLayoutMessage;
import io.jhdf.object.message.DataLayoutMessage.CompactDataLayoutMessage;
import io.jhdf.object.message.DataLayoutMessage.ContiguousDataLayoutMessage;
import io.jhdf.object.message.DataSpaceMessage;
import io.jhdf.object.message.DataTypeMessage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * An open HDF5 file: its groups, their texts, and its arrays of floating-point numbers. jHDF reads the structures; what
 * it throws of a damaged file comes out as one exception that names the file.
 */
final class Hdf5File implements AutoCloseable {
    /** Who lets go of the file's bytes. */
    private interface Owner {
        void close();
    }

    private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

    private final Path file;
    private final Owner memory;
    private final MeteredStorage storage;
    private final Hdf5Texts texts;
    private final ObjectHeader root;
    private final Map<Long, ObjectHeader> headers = new HashMap<>();
    private final Map<Long, Map<String, Long>> groups = new HashMap<>();
    private long unread;

    private Hdf5File(Path file, Owner memory, ByteBuffer bytes) throws BadFileException {
        this.file = file;
        this.memory = memory;
        this.unread = bytes.capacity();
        if (bytes.capacity() < SIGNATURE.length || !ByteBuffer.wrap(SIGNATURE).equals(bytes.slice(0, 8))) {
            throw new BadFileException(file, "does not begin as HDF5 does: expected a model that Keras saved");
        }
        this.storage = read(
                "superblock",
                () -> new MeteredStorage(
                        bytes, Superblock.readSuperblock(bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN))));
        this.texts = new Hdf5Texts(storage);
        this.root = read("root group", () -> ObjectHeader.readObjectHeader(storage, rootAddress(storage)));
    }

    private static long rootAddress(MeteredStorage storage) {
        return switch (storage.getSuperblock()) {
            case Superblock.SuperblockV0V1 old ->
                new SymbolTableEntry(storage, old.getRootGroupSymbolTableAddress() - old.getBaseAddressByte())
                        .getObjectHeaderAddress();
            case Superblock.SuperblockV2V3 recent -> recent.getRootGroupObjectHeaderAddress();
            default -> throw new IllegalStateException();
        };
    }

    /**
     * Opens a file.
     *
     * @throws BadFileException if it is no HDF5 file, or larger than 2 GiB
     */
    static Hdf5File open(Path file) throws IOException {
        try (Scope opening = new Scope();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            checkSize(file, channel.size());
            Arena arena = opening.own(Arena.ofShared());
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            Hdf5File opened = new Hdf5File(file, arena::close, bytes.asByteBuffer());
            opening.handOver();
            return opened;
        }
    }

    /** Opens what lies in memory; the file is for messages. */
    static Hdf5File open(Path file, byte[] content) throws BadFileException {
        return new Hdf5File(file, () -> {}, ByteBuffer.wrap(content).asReadOnlyBuffer());
    }

    /** Checks that views of a length can be made. */
    static void checkSize(Path file, long bytes) throws BadFileException {
        if (bytes > Integer.MAX_VALUE) {
            throw new BadFileException(
                    file, "its HDF5 part has " + bytes + " bytes, expected at most " + Integer.MAX_VALUE);
        }
    }

    Path file() {
        return file;
    }

    /** {@return whether there is a group or an array} */
    boolean has(String path) throws BadFileException {
        return header(path).isPresent();
    }

    /** {@return the names of what a group holds; empty where there is no such group} */
    Set<String> members(String path) throws BadFileException {
        return header(path).isEmpty()
                ? Set.of()
                : members(path, header(path).get()).keySet();
    }

    /** {@return a text that a group has as an attribute} */
    Optional<String> text(String path, String attribute) throws BadFileException {
        return attribute(path, attribute).filter(texts -> texts.size() == 1).map(List::getFirst);
    }

    /**
     * {@return texts that a group has as an attribute or, where they are too many for one, as several whose names end
     * in numbers from 0 on}
     */
    List<String> texts(String path, String attribute) throws BadFileException {
        Optional<List<String>> whole = attribute(path, attribute);
        if (whole.isPresent()) {
            return whole.get();
        }
        List<String> all = new ArrayList<>();
        for (int part = 0; ; part++) {
            Optional<List<String>> some = attribute(path, attribute + part);
            if (some.isEmpty()) {
                return all;
            }
            all.addAll(some.get());
        }
    }

    private Optional<List<String>> attribute(String path, String name) throws BadFileException {
        Optional<ObjectHeader> header = header(path);
        if (header.isEmpty()) {
            return Optional.empty();
        }
        for (AttributeMessage message : header.get().getMessagesOfType(AttributeMessage.class)) {
            if (message.getName().equals(name)) {
                return Optional.of(read("attribute " + name + " of " + path, () -> texts.read(message)));
            }
        }
        return Optional.empty();
    }

    /**
     * {@return an array of floating-point numbers}
     *
     * @throws BadFileException if there is none, or it is stored in pieces or compressed, which Keras does not do
     */
    Hdf5Array array(String path) throws BadFileException {
        ObjectHeader header = header(path)
                .orElseThrow(() -> new BadFileException(file, "there is no " + PrintableText.excerpt(path)));
        return read(path, () -> array(header));
    }

    private Hdf5Array array(ObjectHeader header) {
        if (!(header.getMessageOfType(DataTypeMessage.class).getDataType() instanceof FloatingPoint type)
                || !Hdf5Array.isRead(type)) {
            throw new IllegalStateException("expected numbers of half, single or double precision");
        }
        int[] dims =
                header.getMessageOfType(DataSpaceMessage.class).getDataSpace().getDimensions();
        long bytes = type.getSize();
        for (int dim : dims) {
            bytes = Math.multiplyExact(bytes, dim);
        }
        ByteBuffer data = switch (header.getMessageOfType(DataLayoutMessage.class)) {
            case CompactDataLayoutMessage compact -> compact.getDataBuffer();
            case ContiguousDataLayoutMessage contiguous -> storage.map(contiguous.getAddress(), bytes);
            default ->
                throw new IllegalStateException(
                        "expected numbers in one piece, uncompressed, as Keras" + " saves them, got them in chunks");
        };
        if (bytes != data.remaining()) {
            throw new IllegalStateException("expected " + bytes + " bytes, got " + data.remaining());
        }
        return new Hdf5Array(Arrays.stream(dims).boxed().toList(), type, data);
    }

    /**
     * {@return the numbers of an array}
     *
     * @throws BadFileException if arrays with more bytes than the file has were read: several would share them
     */
    float[] values(Hdf5Array array) throws BadFileException {
        unread -= array.data().remaining();
        if (unread < 0) {
            throw new BadFileException(file, "HDF5: its arrays have more bytes together than the file");
        }
        return array.values();
    }

    private Optional<ObjectHeader> header(String path) throws BadFileException {
        ObjectHeader header = root;
        for (String name : path.split("/", -1)) {
            if (!name.isEmpty()) {
                Long address = members(path, header).get(name);
                if (address == null) {
                    return Optional.empty();
                }
                header = headers.get(address);
                if (header == null) {
                    header = read(path, () -> ObjectHeader.readObjectHeader(storage, address));
                    headers.put(address, header);
                }
            }
        }
        return Optional.of(header);
    }

    private Map<String, Long> members(String path, ObjectHeader group) throws BadFileException {
        Map<String, Long> known = groups.get(group.getAddress());
        if (known == null) {
            known = read(path, () -> Hdf5Group.members(storage, group));
            groups.put(group.getAddress(), known);
        }
        return known;
    }

    /** jHDF trusts a file to be whole: what it stumbles over in another one is of any kind. */
    private <T> T read(String place, Supplier<T> reading) throws BadFileException {
        try {
            return reading.get();
        } catch (RuntimeException | StackOverflowError | InternalError e) {
            Throwable first = e;
            while (first.getCause() != null && first.getCause() != first) {
                first = first.getCause();
            }
            String said =
                    first instanceof StackOverflowError ? "its structures go round in circles" : first.getMessage();
            throw new BadFileException(
                    file,
                    "HDF5, " + PrintableText.excerpt(place) + ": " + PrintableText.excerpt(String.valueOf(said)),
                    e);
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
