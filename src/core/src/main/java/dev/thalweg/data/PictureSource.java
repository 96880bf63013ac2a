package dev.thalweg.data;

import dev.thalweg.files.Digests;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.util.List;

/** Where pictures come from when they are needed. */
sealed interface PictureSource {
    /** {@return a picture's bytes, {@code [C, H, W]}, read-only} */
    MemorySegment pixels(int place);

    /** Adds to a digest what tells a picture from others. */
    void fingerprint(MessageDigest digest, int place);

    /**
     * Pictures in memory.
     *
     * @param shape of one
     * @param perChunk how many lie in each chunk but the last
     * @param chunks one after another
     */
    record Held(Shape shape, int perChunk, List<MemorySegment> chunks) implements PictureSource {
        @Override
        public MemorySegment pixels(int place) {
            long size = shape.elements();
            return chunks.get(place / perChunk)
                    .asSlice(place % perChunk * size, size)
                    .asReadOnly();
        }

        @Override
        public void fingerprint(MessageDigest digest, int place) {
            digest.update(pixels(place).asByteBuffer());
        }
    }

    /**
     * Pictures that are read each time.
     *
     * @param name for messages
     * @param shape of one
     * @param writer reads them
     * @param identities say which pictures these are; empty where nothing is known of them
     */
    record Read(String name, Shape shape, PixelWriter writer, List<String> identities) implements PictureSource {
        @Override
        public MemorySegment pixels(int place) {
            MemorySegment read = MemorySegment.ofArray(new byte[shape.arrayLength()]);
            PixelSink sink = new PixelSink(shape, read);
            writer.write(place, sink);
            sink.end(name, place);
            return read.asReadOnly();
        }

        @Override
        public void fingerprint(MessageDigest digest, int place) {
            Digests.update(digest, identities.isEmpty() ? "" : identities.get(place));
        }
    }
}
