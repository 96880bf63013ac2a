package dev.thalweg.files;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Names of files as text, in any script and under any locale. */
public final class FileNames {
    private static final String REPLACEMENT = "\uFFFD";

    private FileNames() {}

    /**
     * Gives a path as text. {@link Path#toString} loses letters that the locale's character set lacks, all but ASCII
     * under
     * {@code LC_ALL=C}; here they are read from the path's bytes, as UTF-8, or as ISO 8859-1 where they are none.
     *
     * @param path found on disk
     * @return the text
     */
    public static String text(Path path) {
        if (!path.toString().contains(REPLACEMENT)) {
            return path.toString();
        }
        String separator = path.getFileSystem().getSeparator();
        String names = StreamSupport.stream(path.spliterator(), false)
                .map(FileNames::element)
                .collect(Collectors.joining(separator));
        return path.getRoot() == null ? names : path.getRoot() + names;
    }

    private static String element(Path name) {
        if (!name.toString().contains(REPLACEMENT)) {
            return name.toString();
        }
        // A URI keeps each byte of a name, as %xx.
        String path = name.toUri().getRawPath();
        String raw = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        byte[] bytes = decoded(raw.substring(raw.lastIndexOf('/') + 1));
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    private static byte[] decoded(String raw) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < raw.length(); i++) {
            if (raw.charAt(i) == '%') {
                bytes.write(Integer.parseInt(raw, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(raw.charAt(i));
            }
        }
        return bytes.toByteArray();
    }
}
