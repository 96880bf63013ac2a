package dev.thalweg.picture;

import java.io.IOException;
import java.util.List;
import javax.imageio.ImageReader;

/** Lets decoders of the Image I/O API read, the JDK's own and those of plug-ins. */
public final class ImageIoDecoder {
    private ImageIoDecoder() {}

    /**
     * What is read.
     *
     * @param <T> its type
     */
    @FunctionalInterface
    public interface Reading<T> {
        /**
         * Reads.
         *
         * @param reader whose input is set
         * @return what was read
         * @throws IOException if it is damaged
         */
        T with(ImageReader reader) throws IOException;
    }

    /**
     * Lets a decoder read a file; what it merely warns of that makes pictures wrong is an error.
     *
     * @param reader the decoder; used up
     * @param file read from its beginning
     * @param damage what the decoder says in warnings of missing or undecodable samples
     * @param reading what is read
     * @param <T> its type
     * @return what was read
     * @throws IOException if it is damaged
     */
    public static <T> T read(ImageReader reader, FileRanges file, List<String> damage, Reading<T> reading)
            throws IOException {
        try {
            DamageListener listener = new DamageListener(damage);
            reader.addIIOReadWarningListener(listener);
            file.seek(0);
            reader.setInput(file, true, true);
            T result = reading.with(reader);
            listener.check();
            return result;
        } finally {
            reader.dispose();
        }
    }
}
