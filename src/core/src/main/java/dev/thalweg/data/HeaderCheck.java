package dev.thalweg.data;

import dev.thalweg.files.FileNames;
import dev.thalweg.picture.PictureBytes;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a file is by its header.
 *
 * @param header of a picture; empty where there is none
 * @param problem why there is none
 * @param bad whether the file claims to be a picture all the same
 */
record HeaderCheck(Optional<Pictures.Header> header, String problem, boolean bad) {
    private static final Set<String> SUFFIXES = Set.of(
            "png", "jpg", "jpeg", "jpe", "jfif", "gif", "bmp", "webp", "tif", "tiff", "ppm", "pgm", "pbm", "pnm");

    static HeaderCheck of(PictureBytes file) {
        try {
            Optional<Pictures.Header> header = Pictures.header(file);
            if (header.isPresent()) {
                return new HeaderCheck(header, "", false);
            }
            String name = FileNames.text(file.path().getFileName());
            boolean claims = claimsPicture(name);
            return new HeaderCheck(header, claims ? "is no picture, though its name says so" : "no picture", claims);
        } catch (IOException e) {
            return new HeaderCheck(Optional.empty(), FileDecoding.problem(file.path(), e), true);
        }
    }

    /** {@return whether a file is meant to be a picture, by its name} */
    static boolean claimsPicture(String name) {
        return SUFFIXES.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }
}
