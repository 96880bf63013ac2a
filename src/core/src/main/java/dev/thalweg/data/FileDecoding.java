package dev.thalweg.data;

import dev.thalweg.files.FileNames;
import dev.thalweg.io.BadFileException;
import dev.thalweg.picture.PictureBytes;
import dev.thalweg.tensor.Shape;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Decodes files to pictures of one size, and notes which of them cannot be decoded instead of stopping at the first.
 */
final class FileDecoding {
    private final List<PictureBytes> files;
    private final Shape shape;
    private final Resize resize;
    private final SortedMap<Integer, String> bad = new ConcurrentSkipListMap<>();

    FileDecoding(List<PictureBytes> files, Shape shape, Resize resize) {
        this.files = List.copyOf(files);
        this.shape = shape;
        this.resize = resize;
    }

    /** Decodes all into memory. Those that cannot be decoded stay black. */
    ImageDataset hold(String name, Targets targets, List<String> names) {
        return ImageDataset.of(
                PictureStore.held("data set " + name, shape, targets, this::tryToWrite, AllProcessors::forEach, names),
                targets);
    }

    /** Decodes each when it is needed; one that cannot be decoded is an exception then. */
    ImageDataset stream(String name, Targets targets, List<String> identities, List<String> names) {
        return ImageDataset.of(
                PictureStore.read("data set " + name, shape, targets, this::write, identities, names), targets);
    }

    private void write(int index, PixelSink pixels) {
        try {
            pixels.copyFrom(Pictures.read(files.get(index), shape, resize));
        } catch (BadFileException e) {
            throw new UncheckedIOException(new BadFileException(
                    files.get(index).path(),
                    problem(files.get(index).path(), e)
                            + "; --on-bad-file skip finds such files before the first epoch and goes on without them",
                    e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Decodes all and keeps nothing but which cannot be decoded. */
    void check() {
        AllProcessors.forEach(files.size(), this::tryToRead);
    }

    /** {@return what is wrong with files that cannot be decoded, by their places in the list} */
    SortedMap<Integer, String> bad() {
        return bad;
    }

    private void tryToWrite(int index, PixelSink pixels) {
        tryToRead(index).ifPresentOrElse(pixels::copyFrom, () -> pixels.fill((byte) 0));
    }

    private Optional<byte[]> tryToRead(int index) {
        try {
            return Optional.of(Pictures.read(files.get(index), shape, resize));
        } catch (ClosedByInterruptException e) {
            // Says something of this thread, not of the file.
            throw new UncheckedIOException(e);
        } catch (IOException e) {
            bad.put(index, problem(files.get(index).path(), e));
            return Optional.empty();
        }
    }

    /** What an exception says of a file, without its name. */
    static String problem(Path file, Exception e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no such file";
            case AccessDeniedException denied -> "permission denied";
            default -> {
                String message = e.getMessage() == null ? e.toString() : e.getMessage();
                String name = PrintableText.printable(FileNames.text(file));
                yield message.startsWith(name)
                        ? message.substring(name.length()).replaceFirst("^:? ", "")
                        : message;
            }
        };
    }
}
