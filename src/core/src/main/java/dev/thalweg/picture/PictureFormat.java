package dev.thalweg.picture;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The formats that are read, each recognized by how its files begin; those without a reader here by {@linkplain
 * PicturePlugin plug-ins}.
 */
enum PictureFormat {
    PNG(PngFile::read, "\u0089PNG\r\n\u001a\n"),
    JPEG(JpegFile::read, "\u00ff\u00d8\u00ff"),
    GIF(GifFile::read, "GIF87a", "GIF89a"),
    /** Two letters are little: the length of the header behind them is looked at too. */
    BMP(BmpFile::read, BmpFile.BEGINNINGS),
    TIFF(TiffFile::read, "II*\0", "MM\0*"),
    WEBP("RIFF????WEBP"),
    NETPBM(NetpbmFile::read, NetpbmFile.BEGINNINGS);

    /** How many bytes decide. */
    static final int HEAD = 18;

    /** Empty where that takes a plug-in. */
    private final Optional<HeaderReader> reader;

    private final List<String> beginnings;

    PictureFormat(HeaderReader reader, String... beginnings) {
        this.reader = Optional.of(reader);
        this.beginnings = List.of(beginnings);
    }

    PictureFormat(String beginning) {
        this.reader = Optional.empty();
        this.beginnings = List.of(beginning);
    }

    /** Reads what a file says of itself. */
    @FunctionalInterface
    interface HeaderReader {
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

    /** {@return who reads the headers of such files; nobody where that takes a plug-in which is absent} */
    Optional<HeaderReader> reader() {
        return reader.or(() -> Plugins.ALL.stream()
                .filter(plugin -> plugin.format().equals(name()))
                .findFirst()
                .map(plugin -> plugin::read));
    }

    /** Looked for once, when the first picture needs one. */
    private static final class Plugins {
        static final List<PicturePlugin> ALL = PicturesArtifact.providers(PicturePlugin.class);
    }
}
