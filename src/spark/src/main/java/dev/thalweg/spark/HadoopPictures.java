package dev.thalweg.spark;

import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.PixelWriter;
import dev.thalweg.data.Targets;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** Pictures of an index, read from whatever file system Hadoop knows. */
record HadoopPictures(PictureIndex index, Configuration configuration) {
    /** So many bytes of decoded pictures are held; of more, each is read when it is needed. */
    private static final long MOST_HELD = 1L << 28;

    /** {@return the pictures, to be closed} */
    ImageDataset open() {
        return shape().elements() * index.pictures().size() <= MOST_HELD
                ? remembered(ImageDataset.of(index.name(), shape(), targets(), writer()))
                : stream();
    }

    /** A model that is trained on them brings others to its size in the same way. */
    private ImageDataset remembered(ImageDataset pictures) {
        try (pictures) {
            return pictures.shareResizedBy(index.resize());
        }
    }

    /** {@return the pictures, each read when it is wanted; to be closed} */
    ImageDataset stream() {
        return remembered(ImageDataset.streamed(index.name(), shape(), targets(), identities(), writer()));
    }

    private Shape shape() {
        return Shape.of(index.channels(), index.height(), index.width());
    }

    private Targets targets() {
        return index.targets().targets();
    }

    private PixelWriter writer() {
        return PixelWriter.ofFiles(index.names(), this::bytes, index.resize());
    }

    private List<String> identities() {
        return index.pictures().stream().map(p -> p.name() + " " + p.length()).toList();
    }

    private byte[] bytes(int picture) {
        PictureIndex.Entry entry = index.pictures().get(picture);
        Path path = new Path(index.files().get(entry.file()));
        byte[] bytes = new byte[entry.length()];
        try (FSDataInputStream in = path.getFileSystem(configuration).open(path)) {
            in.readFully(entry.from(), bytes);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(path + ", " + entry.name() + ": " + e.getMessage(), e);
        }
    }
}
