package dev.thalweg.picture;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/** The JDK's own decoders, whatever plug-ins the class path holds. */
final class JdkDecoder {
    /** As the IJG's decoder and the JDK's GIF decoder say it. */
    private static final List<String> DAMAGE = List.of("premature end", "Out-of-sequence code", "bad Huffman code");

    private JdkDecoder() {}

    /** Decodes the first picture of a stream. */
    static Decoded decode(String format, FileRanges stream) throws IOException {
        return Decoded.of(read(format, stream, reader -> reader.read(0)));
    }

    /** Lets the decoder of a format read a stream. */
    static <T> T read(String format, FileRanges stream, ImageIoDecoder.Reading<T> reading) throws IOException {
        return ImageIoDecoder.read(reader(format), stream, DAMAGE, reading);
    }

    private static ImageReader reader(String format) {
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
}
