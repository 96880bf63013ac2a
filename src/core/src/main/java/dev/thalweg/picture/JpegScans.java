package dev.thalweg.picture;

import java.awt.image.Raster;
import java.io.EOFException;
import java.io.IOException;

/** The scans of a JPEG file, which are looked through before they are decoded: the decoder makes up what is missing. */
final class JpegScans {
    /** Progressive encoders make about ten. */
    private static final int MOST_SCANS = 100;
    /** Each scan costs the decoder a pass over all pixels, however little the file says in it. */
    private static final long MOST_PASSES = 2_000_000_000L;

    private JpegScans() {}

    static Decoded decode(JpegFile header, FileRanges file) throws IOException {
        header.segments().add(header.scans(), end(header, file) - header.scans());
        Raster samples = JdkDecoder.read("jpeg", header.segments().of(file), reader -> reader.readRaster(0, null));
        return Decoded.of(samples, header.layout());
    }

    /** {@return where the picture ends} */
    private static long end(JpegFile header, FileRanges file) throws IOException {
        file.seek(header.scans());
        long pixels = Math.multiplyFull(header.width(), header.height());
        int found = 0;
        try {
            while (true) {
                int marker = JpegFile.nextMarker(file);
                if (marker == JpegFile.EOI) {
                    return file.getStreamPosition();
                }
                if (marker >= JpegFile.RST0 && marker <= JpegFile.RST7) {
                    continue;
                }
                if (marker == JpegFile.SOS && (++found > MOST_SCANS || found * pixels > MOST_PASSES && found > 1)) {
                    throw new IOException(found + " scans, too many for " + pixels + " pixels");
                }
                // Within a scan, a marker's segment can hold bytes that look like one.
                file.seek(file.getStreamPosition() + file.readUnsignedShort());
            }
        } catch (EOFException e) {
            throw new EOFException(
                    "the picture is cut off: the file ends at byte " + file.length() + " before its end marker");
        }
    }
}
