package dev.thalweg.pictures;

import dev.thalweg.picture.FileRanges;
import dev.thalweg.picture.PictureHeader;
import dev.thalweg.picture.PicturePlugin;
import java.io.IOException;

/** Reads WebP. */
public final class WebpPlugin implements PicturePlugin {
    /** As {@link java.util.ServiceLoader} makes it. */
    public WebpPlugin() {}

    @Override
    public String format() {
        return "WEBP";
    }

    @Override
    public PictureHeader read(FileRanges file) throws IOException {
        return WebpFile.read(file);
    }
}
