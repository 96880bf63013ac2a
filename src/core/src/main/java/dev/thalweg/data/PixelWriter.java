package dev.thalweg.data;

import dev.thalweg.picture.PictureBytes;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Gives the pictures of a data set: a function, arrays, or images. */
@FunctionalInterface
public interface PixelWriter {
    /**
     * Writes a picture, whole.
     *
     * @param index which picture, from 0
     * @param pixels receives its bytes, {@code [C, H, W]}
     */
    void write(int index, PixelSink pixels);

    /**
     * {@return how many pictures there are to be written, where that is known: a data set has as many targets then}
     */
    default OptionalInt count() {
        return OptionalInt.empty();
    }

    /**
     * Pictures in arrays.
     *
     * @param pictures unsigned bytes, each {@code [C, H, W]}; they are copied when they are written
     * @return what writes them
     */
    static PixelWriter ofBytes(byte[]... pictures) {
        return each(List.of(pictures), (picture, pixels) -> pixels.copyFrom(picture));
    }

    /**
     * Pictures in arrays of floats, which are rounded to the nearest of the 256 levels that a data set holds. Writing
     * one throws an {@link IllegalArgumentException} if a number is out of range.
     *
     * @param pictures each {@code [C, H, W]}, from 0 (black) to 1
     * @return what writes them
     */
    static PixelWriter ofFloats(float[]... pictures) {
        return each(List.of(pictures), (picture, pixels) -> {
            byte[] levels = new byte[picture.length];
            for (int p = 0; p < levels.length; p++) {
                if (!(picture[p] >= 0 && picture[p] <= 1)) {
                    throw new IllegalArgumentException(
                            "number " + p + " of a picture is " + picture[p] + ", expected 0 to 1");
                }
                levels[p] = (byte) Math.round(picture[p] * 255);
            }
            pixels.copyFrom(levels);
        });
    }

    /**
     * Images, brought to the data set's size as picture files are. Writing one throws an
     * {@link IllegalArgumentException} if the data set's pictures have other than 1 (grey) or 3 channels, or the
     * image's samples are no whole numbers of at most 16 bits.
     *
     * @param images of whatever sizes; what is transparent lies on white
     * @param resize what is done with those of another size
     * @return what writes them
     */
    static PixelWriter ofImages(List<BufferedImage> images, Resize resize) {
        Objects.requireNonNull(resize, "resize");
        return each(
                List.copyOf(images), (image, pixels) -> pixels.copyFrom(Pictures.of(image, pixels.shape(), resize)));
    }

    /**
     * Picture files wherever they lie, decoded and brought to the data set's size as those on disk are. Writing one
     * throws an {@link UncheckedIOException}, with a {@link dev.thalweg.io.BadFileException} for its cause, if it is
     * none or damaged.
     *
     * @param names what the files are called in messages, one for each
     * @param files gives the bytes of each, from 0
     * @param resize what is done with those of another size
     * @return what writes them
     */
    static PixelWriter ofFiles(List<String> names, IntFunction<byte[]> files, Resize resize) {
        Objects.requireNonNull(files, "files");
        Objects.requireNonNull(resize, "resize");
        List<Integer> indices = IntStream.range(0, names.size()).boxed().toList();
        return each(indices, (index, pixels) -> {
            PictureBytes bytes = PictureBytes.inMemory(names.get(index), files.apply(index));
            try {
                pixels.copyFrom(Pictures.read(bytes, pixels.shape(), resize));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static <T> PixelWriter each(List<T> pictures, BiConsumer<T, PixelSink> writer) {
        return new PixelWriter() {
            @Override
            public void write(int index, PixelSink pixels) {
                writer.accept(pictures.get(index), pixels);
            }

            @Override
            public OptionalInt count() {
                return OptionalInt.of(pictures.size());
            }
        };
    }
}
