package dev.thalweg.picture;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The formats that are read, each recognized by how its files begin. */
enum PictureFormat {
    PNG(PngFile::read, "\u0089PNG\r\n\u001a\n"),
    JPEG(JpegFile::read, "\u00ff\u00d8\u00ff"),
    GIF(GifFile::read, "GIF87a", "GIF89a"),
    /** Two letters are little: the length of the header behind them is looked at too. */
    BMP(BmpFile::read, BmpFile.BEGINNINGS),
    TIFF(TiffFile::read, "II*\0", "MM\0*"),
    WEBP(WebpFile::read, "RIFF????WEBP"),
    NETPBM(NetpbmFile::read, NetpbmFile.BEGINNINGS);

    /** How many bytes decide. */
    static final int HEAD = 18;

    private final HeaderReader reader;
    private final List<String> beginnings;

    PictureFormat(HeaderReader reader, String... beginnings) {
        this.reader = reader;
        this.beginnings = List.of(beginnings);
    }

    @FunctionalInterface
    private interface HeaderReader {
        PictureHeader read(FileRanges file) throws IOException;
    }

    /**
     * {@return the format of a file, if it is known}
     *
     * @param head its first bytes, {@value #HEAD} where it has as many
     */
    static Optional<PictureFormat> of(byte[] head) {
        return Arrays.stream(values())
                .filter(format -> format.beginnings.stream().anyMatch(b -> begins(head, b)))
                .findFirst();
    }

    /** In the beginning, each character is a byte, and {@code ?} any byte. */
    private static boolean begins(byte[] head, String beginning) {
        if (head.length < beginning.length()) {
            return false;
        }
        for (int i = 0; i < beginning.length(); i++) {
            if (beginning.charAt(i) != '?' && beginning.charAt(i) != (head[i] & 0xff)) {
                return false;
            }
        }
        return true;
    }

    /** Reads a file's header. */
    PictureHeader read(FileRanges file) throws IOException {
        return reader.read(file);
    }
}
