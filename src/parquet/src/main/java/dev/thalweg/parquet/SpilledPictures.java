package dev.thalweg.parquet;

import dev.thalweg.io.BadFileException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Pictures on disk that lie compressed in a table, each with many others: to read one where it lies would be to
 * decompress all these each time. They are written to a temporary file, which is there only if there are any. It has no
 * name where the system allows that, so that it is gone with the process however that ends; before that it goes as the
 * last picture does that is read from it.
 */
final class SpilledPictures implements AutoCloseable {
    private final Path table;
    private @Nullable FileChannel channel;
    private long size;

    SpilledPictures(Path table) {
        this.table = table;
    }

    /** {@return where in the temporary file the picture is from now on} */
    long add(byte[] picture) throws BadFileException {
        try {
            if (channel == null) {
                channel = open();
            }
            ByteBuffer bytes = ByteBuffer.wrap(picture);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new BadFileException(
                    table,
                    "its pictures are compressed and cannot be put into a temporary file: " + e
                            + "; -Djava.io.tmpdir names a directory that has room for them",
                    e);
        }
        long place = size;
        size += picture.length;
        return place;
    }

    private static FileChannel open() throws IOException {
        Path file = Files.createTempFile("thalweg-", ".pictures");
        try {
            return FileChannel.open(
                    file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (Throwable e) {
            Files.delete(file);
            throw e;
        }
    }

    /** {@return all of them, one behind the other, for as long as anybody holds this} */
    MemorySegment all() throws IOException {
        return channel == null
                ? MemorySegment.NULL
                : channel.map(FileChannel.MapMode.READ_ONLY, 0, size, Arena.ofAuto());
    }

    /** What was mapped stays. */
    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
