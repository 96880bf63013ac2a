package dev.thalweg.picture;

import java.io.EOFException;
import java.io.IOException;
import javax.imageio.ImageReadParam;

/** The scans of a JPEG file, which are looked through before they are decoded: the decoder makes up what is missing. */
final class JpegScans {
    /** Progressive encoders make about ten; each costs the decoder a pass over the whole picture. */
    private static final int MOST_SCANS = 100;

    private JpegScans() {
    }

    static Decoded decode(JpegFile header, FileRanges file) throws IOException {
        header.segments().add(header.scans(), end(file, header.scans()) - header.scans());
        return Decoded.of(JdkDecoder.read(JdkDecoder.reader("jpeg"), header.segments().of(file),
                reader -> reader.readRaster(0, (ImageReadParam) null)), header.layout());
    }

    /** {@return where the picture ends} */
    private static long end(FileRanges file, long scans) throws IOException {
        file.seek(scans);
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
                if (marker == JpegFile.SOS && ++found > MOST_SCANS) {
                    throw new IOException("more than " + MOST_SCANS + " scans");
                }
                // Within a scan, a marker's segment can hold bytes that look like one.
                file.seek(file.getStreamPosition() + file.readUnsignedShort());
            }
        } catch (EOFException e) {
            throw new EOFException("the picture is cut off: the file ends at byte " + file.length() + " before its end marker");
        }
    }
}
