package dev.thalweg.data;

import dev.thalweg.files.Digests;
import dev.thalweg.tensor.Shape;
import dev.thalweg.text.Counted;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** What flows into a network beside the pictures of a data set: one example for each picture. Immutable. */
sealed interface SideInput {
    /** {@return the shape of one example} */
    Shape shape();

    /** {@return how many examples there are} */
    int size();

    /** {@return those of some pictures, in their order} */
    SideInput select(int... indices);

    /** Writes an example as a network sees it. */
    void write(int index, Normalizer normalizer, MemorySegment floats);

    /** Adds to a digest what tells the examples from others. */
    void fingerprint(MessageDigest digest);

    /**
     * Numbers as the network sees them.
     *
     * @param shape of one example
     * @param rows row-major, one for each picture
     */
    record Numbers(Shape shape, float[]... rows) implements SideInput {
        /** {@return a copy of rows that were checked} */
        static Numbers of(String name, Shape shape, float[]... rows) {
            float[][] copies = new float[rows.length][];
            for (int i = 0; i < rows.length; i++) {
                if (rows[i].length != shape.elements()) {
                    throw new IllegalArgumentException(
                            "input \"" + name + "\": expected " + Counted.of(shape.elements(), "number") + " " + shape
                                    + " for each picture, got " + rows[i].length + " for picture " + i);
                }
                for (float number : rows[i]) {
                    if (!Float.isFinite(number)) {
                        throw new IllegalArgumentException(
                                "input \"" + name + "\": expected finite numbers, got " + number + " for picture " + i);
                    }
                }
                copies[i] = rows[i].clone();
            }
            return new Numbers(shape, copies);
        }

        @Override
        public int size() {
            return rows.length;
        }

        @Override
        public Numbers select(int... indices) {
            return new Numbers(shape, TargetRows.select(rows, indices));
        }

        @Override
        public void write(int index, Normalizer normalizer, MemorySegment floats) {
            MemorySegment.copy(rows[index], 0, floats, ValueLayout.JAVA_FLOAT, 0, rows[index].length);
        }

        @Override
        public void fingerprint(MessageDigest digest) {
            Digests.update(digest, shape.toString());
            ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, shape.arrayLength()));
            for (float[] row : rows) {
                bytes.clear().asFloatBuffer().put(row);
                digest.update(bytes);
            }
        }
    }

    /**
     * Other pictures, normalized as the first ones.
     *
     * @param pictures a view
     */
    record OtherPictures(ImageDataset pictures) implements SideInput {
        @Override
        public Shape shape() {
            return pictures.imageShape();
        }

        @Override
        public int size() {
            return pictures.size();
        }

        @Override
        public OtherPictures select(int... indices) {
            return new OtherPictures(pictures.select(indices));
        }

        @Override
        public void write(int index, Normalizer normalizer, MemorySegment floats) {
            float[] numbers = new float[shape().arrayLength()];
            normalizer.apply(pictures.pixels(index).toArray(ValueLayout.JAVA_BYTE), numbers);
            MemorySegment.copy(numbers, 0, floats, ValueLayout.JAVA_FLOAT, 0, numbers.length);
        }

        @Override
        public void fingerprint(MessageDigest digest) {
            Digests.update(digest, pictures.fingerprint());
        }
    }
}
