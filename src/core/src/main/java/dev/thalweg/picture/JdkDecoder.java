package dev.thalweg.picture;

import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/** The JDK's own decoders, whatever plug-ins the class path holds. */
final class JdkDecoder {
    private JdkDecoder() {}

    @FunctionalInterface
    interface Reading<T> {
        T with(ImageReader reader) throws IOException;
    }

    /** Decodes the first picture of a stream. */
    static Decoded decode(String format, FileRanges stream) throws IOException {
        return Decoded.of(read(reader(format), stream, reader -> reader.read(0)));
    }

    /** {@return the JDK's decoder of a format} */
    static ImageReader reader(String format) {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (reader.getClass().getModule() == ImageIO.class.getModule()) {
                return reader;
            }
            reader.dispose();
        }
        throw new IllegalStateException("this JDK has no decoder for " + format);
    }

    /** Lets a decoder read a stream; what it merely warns of that makes pictures wrong is an error. */
    static <T> T read(ImageReader reader, FileRanges stream, Reading<T> reading) throws IOException {
        try {
            DamageListener damage = new DamageListener();
            reader.addIIOReadWarningListener(damage);
            stream.seek(0);
            reader.setInput(stream, true, true);
            T result = reading.with(reader);
            damage.check();
            return result;
        } finally {
            reader.dispose();
        }
    }
}
